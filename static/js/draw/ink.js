// How a draft looks: borders once each, what is new over what was, what is wrong in red.

import { newEdges } from "../geo/differences.js";
import { inner } from "../geo/planar.js";
import { mercator } from "./sheet.js";

export const INK = {
  draft: "#aa3377",
  old: "#999",
  strong: "#333",
  weak: "#666",
  issue: "#cc3311",
  chosen: "#0077bb",
  theirs: "#7a5195",
};

const CLEAR = 1.0;

/** Turn a frame of the sheets into one that takes places, as the active sheet's pen does. */
export function penFor(frame) {
  const project = mercator(frame.zoom);
  return {
    ...frame,
    at: (place) => {
      const [x, y] = project(place);
      return [x - frame.corner.x, y - frame.corner.y];
    },
  };
}

export function trace({ context, at }, places, isClosed = false) {
  places.forEach((place, i) => {
    const [x, y] = at(place);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  if (isClosed) context.closePath();
}

export function stroke({ context }, colour, width, dash = []) {
  context.setLineDash(dash);
  context.lineJoin = "round";
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
  context.setLineDash([]);
}

function eachPolygon(geometry, visit) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : (geometry.coordinates ?? []);
  for (const rings of polygons) visit(rings);
}

/** Fill an area and leave its path for stroking. */
export function fillArea(pen, geometry, colour, alpha) {
  const { context } = pen;
  context.beginPath();
  eachPolygon(geometry, (rings) => {
    for (const ring of rings) trace(pen, ring, true);
  });
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fill("evenodd");
  context.globalAlpha = CLEAR;
}

/** Fill what an area has gained over what it was: both at once leave what is in one of them only. */
function fillGain(pen, after, before) {
  const { context } = pen;
  const paths = (...geometries) => {
    context.beginPath();
    for (const geometry of geometries) {
      if (!geometry) continue;
      eachPolygon(geometry, (rings) => {
        for (const ring of rings) trace(pen, ring, true);
      });
    }
  };
  context.save();
  paths(after);
  context.clip("evenodd");
  paths(after, before);
  context.globalAlpha = 0.15;
  context.fillStyle = INK.draft;
  context.fill("evenodd");
  context.restore();
}

const isVillageBorder = (features, [a, b]) =>
  b === undefined || features.get(a)?.properties.village !== features.get(b)?.properties.village;

/** Borders in three kinds: `{large, small, fresh}` as lists of lines of places. */
export function bordersOf(draft) {
  const { topology, features, published } = draft;
  const found = { large: [], small: [] };
  const touched = [];
  for (const { ids, faces } of topology.arcs) {
    const line = ids.map((id) => topology.place(id));
    found[isVillageBorder(features, faces) ? "large" : "small"].push(line);
    if (faces.some((code) => draft.isChanged(code))) touched.push(line);
  }
  const gone = [...published].filter(([code, geometry]) => geometry && draft.isGone(code));
  const fresh = newEdges(
    touched,
    gone.map(([, geometry]) => geometry),
  );
  return { ...found, fresh };
}

export function paintSheet(pen, draft, borders) {
  const { context, zoom } = pen;
  for (const { geometry, properties } of draft.features.values()) {
    if (draft.isChanged(properties.code)) fillGain(pen, geometry, draft.published.get(properties.code));
    if (properties.locked) fillArea(pen, geometry, "#777", 0.1);
  }
  const lines = (list) => {
    context.beginPath();
    for (const line of list) trace(pen, line);
  };
  lines(borders.small);
  stroke(pen, INK.weak, zoom < 13 ? 0.75 : 1.25, [6, 3]);
  lines(borders.large);
  stroke(pen, "rgba(255,255,255,.85)", 5);
  stroke(pen, INK.strong, zoom < 12 ? 1.25 : 2.25);
  for (const [code, geometry] of draft.published) {
    if (!geometry || !draft.isGone(code)) continue;
    context.beginPath();
    eachPolygon(geometry, (rings) => {
      for (const ring of rings) trace(pen, ring);
    });
    stroke(pen, INK.old, 1.5, [4, 4]);
  }
  lines(borders.fresh);
  stroke(pen, "rgba(255,255,255,.9)", 6);
  stroke(pen, INK.draft, 3);
}

/** A place circled, with its sentence. */
export function circlePlace(pen, place, text = "") {
  const { context, at } = pen;
  const [x, y] = at(place);
  context.beginPath();
  context.arc(x, y, 18, 0, Math.PI * 2);
  stroke(pen, "rgba(255,255,255,.9)", 6);
  stroke(pen, INK.issue, 3.5);
  if (text) writeLabel(pen, text.length > 28 ? `${text.slice(0, 27)}…` : text, x, y - 30, INK.issue);
}

export function writeLabel({ context }, text, x, y, colour = "#222", font = "600 13px") {
  context.font = `${font} "Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = "rgba(255,255,255,.94)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

export function handle(
  { context, at },
  place,
  radius,
  { colour = INK.chosen, fill = "#fff", isSquare = false } = {},
) {
  const [x, y] = at(place);
  context.beginPath();
  if (isSquare) context.rect(x - radius, y - radius, radius * 2, radius * 2);
  else context.arc(x, y, radius, 0, Math.PI * 2);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.stroke();
}

/** A place in any GeoJSON geometry to look at. */
export function placeOf(geometry) {
  if (!geometry) return null;
  const { type, coordinates } = geometry;
  if (type === "Point") return coordinates;
  if (type === "LineString" || type === "MultiPoint") return coordinates[Math.floor(coordinates.length / 2)];
  if (type === "Polygon") return inner(coordinates);
  if (type === "MultiPolygon") return inner(coordinates[0]);
  if (type === "MultiLineString") return placeOf({ type: "LineString", coordinates: coordinates[0] });
  if (type === "GeometryCollection") return placeOf(geometry.geometries[0]);
  return null;
}
