// The calm part of the map: water and roads to find one's way by, and the boundaries.

import { EXTENT } from "./decode.js";

const INK = { strong: "#333", weak: "#666", road: "#c9b28a", water: "#a9cbe0", void: "#b9b3a4" };
const ROAD_WIDTH = {
  trunk: 3,
  main: 3,
  primary: 3,
  county: 3,
  town: 2.25,
  village: 1.75,
  secondary: 2.25,
  lane: 1,
};

/** Paint one piece of a tile inside its own square, in the tile's own units. */
function inTile({ context, corner }, piece, paint) {
  const { west, north, size, holes } = piece;
  const x = west - corner.x;
  const y = north - corner.y;
  context.save();
  context.beginPath();
  context.rect(x, y, size, size);
  for (const hole of holes) context.rect(hole.west - corner.x, hole.north - corner.y, hole.size, hole.size);
  context.clip("evenodd");
  context.translate(x, y);
  const scale = size / EXTENT;
  context.scale(scale, scale);
  paint(scale);
  context.restore();
}

const inSight = ({ corner, size }, piece) =>
  piece.west < corner.x + size.x &&
  piece.west + piece.size > corner.x &&
  piece.north < corner.y + size.y &&
  piece.north + piece.size > corner.y;

const piecesIn = (frame, layer) => layer.drawable().filter((piece) => inSight(frame, piece));

/** Paint each tile of a layer inside its own square: `paint(tile, scale)`. */
export function eachTile(frame, layer, paint) {
  for (const piece of piecesIn(frame, layer)) inTile(frame, piece, (scale) => paint(piece.tile, scale));
}

/** The tiles of a layer that hold something for the ground of a frame. */
export function tilesIn(frame, layer) {
  return piecesIn(frame, layer)
    .map(({ tile }) => tile)
    .filter(({ isEmpty }) => !isEmpty);
}

export function paintReference(frame, layer) {
  const { context, zoom } = frame;
  const slim = zoom < 13 ? 0.5 : zoom < 15 ? 0.75 : 1;
  eachTile(frame, layer, ({ features }, scale) => {
    context.lineCap = "round";
    context.lineJoin = "round";
    context.fillStyle = INK.water;
    context.strokeStyle = INK.water;
    for (const { kind, path, properties } of features.water ?? []) {
      context.lineWidth = ((properties.kind === "river" ? 4 : 2) * slim) / scale;
      if (kind === "area") context.fill(path, "evenodd");
      else context.stroke(path);
    }
    context.strokeStyle = INK.road;
    for (const { path, properties } of features.road ?? []) {
      context.lineWidth = ((ROAD_WIDTH[properties.kind] ?? 1.5) * slim) / scale;
      context.stroke(path);
    }
  });
}

let hatch = null;

function hatchOf(context) {
  if (hatch) return hatch;
  const cell = document.createElement("canvas");
  cell.width = 8;
  cell.height = 8;
  const pen = cell.getContext("2d");
  pen.strokeStyle = INK.void;
  pen.lineWidth = 0.8;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  hatch = context.createPattern(cell, "repeat");
  return hatch;
}

function stroke(context, path, scale, colour, width, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = width / scale;
  context.setLineDash(dash.map((length) => length / scale));
  context.stroke(path);
}

export function paintGrids(frame, layer) {
  const { context, zoom } = frame;
  eachTile(frame, layer, ({ features, borders }, scale) => {
    context.lineJoin = "round";
    const pattern = hatchOf(context);
    pattern.setTransform(new DOMMatrix().scale(1 / scale));
    context.fillStyle = pattern;
    for (const { kind, path, properties } of features.grid ?? []) {
      if (kind === "area" && properties.kind === "void") context.fill(path, "evenodd");
    }
    const { small, large } = borders.grid ?? {};
    if (small && zoom >= 12) stroke(context, small, scale, INK.weak, zoom < 13 ? 0.75 : 1.25, [6, 3]);
    if (large) {
      stroke(context, large, scale, "rgba(255,255,255,.85)", 5);
      stroke(context, large, scale, INK.strong, zoom < 12 ? 1.25 : 2.25);
    }
  });
}

export function paintRegions(frame, layer) {
  const { context } = frame;
  eachTile(frame, layer, ({ borders }, scale) => {
    context.lineJoin = "round";
    for (const level of ["village", "town", "county"]) {
      const path = borders.region?.[level];
      if (!path) continue;
      if (level !== "village") stroke(context, path, scale, "rgba(255,255,255,.9)", 6);
      stroke(context, path, scale, INK.strong, level === "village" ? 1.25 : 3);
    }
  });
}

/** Fill grids of one level by `colourOf(code)`; null leaves one bare. */
export function paintFills(frame, layer, level, colourOf) {
  const { context } = frame;
  eachTile(frame, layer, ({ features }) => {
    for (const { kind, path, properties } of features.grid ?? []) {
      const colour = kind === "area" && properties.level === level && colourOf(properties.code);
      if (!colour) continue;
      context.fillStyle = colour;
      context.fill(path, "evenodd");
    }
  });
}

/** Fill and outline the areas that are pointed at or chosen. */
export function paintHighlights(frame, layers, { hovered, selected }) {
  const { context } = frame;
  for (const [layer, name] of layers) {
    eachTile(frame, layer, ({ features }, scale) => {
      for (const { kind, path, properties } of features[name] ?? []) {
        if (kind !== "area") continue;
        if (properties.code === hovered) {
          context.fillStyle = "rgba(51,51,51,.06)";
          context.fill(path, "evenodd");
        }
        if (properties.code !== selected) continue;
        context.fillStyle = "rgba(0,119,187,.08)";
        context.fill(path, "evenodd");
        context.lineJoin = "round";
        stroke(context, path, scale, "#0077bb", 4);
      }
    });
  }
}

const pen = document.createElement("canvas").getContext("2d");

/** The area at a pixel of the map's zoom: the smallest level that has one there, or null. */
export function areaAt(pixel, layer, name, levels) {
  const found = {};
  for (const { tile, west, north, size } of layer.drawable()) {
    const x = ((pixel.x - west) * EXTENT) / size;
    const y = ((pixel.y - north) * EXTENT) / size;
    if (x < 0 || y < 0 || x >= EXTENT || y >= EXTENT) continue;
    for (const { kind, path, properties } of tile.features[name] ?? []) {
      if (kind === "area" && pen.isPointInPath(path, x, y, "evenodd")) found[properties.level] = properties;
    }
  }
  return levels.map((level) => found[level]).find(Boolean) ?? null;
}
