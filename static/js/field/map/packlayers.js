// What was taken along, in the form that the office map's painters draw: pieces of ground with paths
// (`drawable`), and points in sight.

import Supercluster from "supercluster";
import { breath } from "../../ui/breath.js";
import { sectorOf } from "./sector.js";
import { insideOf, newParts, pathIn, ringsOf, squareAround, worldOf } from "./world.js";

/** Pieces of ground; stands where the office map has a layer of tiles. */
export class Pieces {
  #pieces = [];

  /** `zoomOf()`: the map's zoom now. */
  constructor(zoomOf) {
    this.zoomOf = zoomOf;
  }

  set(pieces) {
    this.#pieces = pieces;
  }

  drawable() {
    const scale = 256 * 2 ** this.zoomOf();
    return this.#pieces.map(({ tile, square }) => ({
      tile,
      west: square.x * scale,
      north: square.y * scale,
      size: square.side * scale,
      holes: [],
    }));
  }
}

const villageOf = ({ area, code }) => (area ?? code).slice(0, 12);

function grouped(records, keyOf) {
  const groups = new Map();
  for (const record of records) {
    const key = keyOf(record);
    if (groups.has(key)) groups.get(key).push(record);
    else groups.set(key, [record]);
  }
  return [...groups.values()];
}

/** One piece a village. */
export function gridPieces(grids) {
  return grouped(grids, villageOf).map((members) => {
    const shapes = members.map((grid) => ({ grid, rings: ringsOf(grid.geometry) }));
    const square = squareAround(shapes.flatMap(({ rings }) => rings));
    const borders = {};
    for (const level of ["small", "large"]) {
      const seen = new Set();
      const own = shapes.filter(({ grid }) => grid.level === level);
      const parts = own.flatMap(({ rings }) => newParts(rings, seen));
      if (parts.length) borders[level] = pathIn(square, parts, false);
    }
    const features = shapes.map(({ grid, rings }) => ({
      kind: "area",
      path: pathIn(square, rings, true),
      properties: { code: grid.code, name: grid.name, level: grid.level, kind: grid.kind },
    }));
    return { square, tile: { features: { grid: features }, borders: { grid: borders } } };
  });
}

/** Where the names of grids stand. */
export function gridLabels(grids) {
  return grids
    .filter(({ name }) => name)
    .map((grid) => ({
      world: insideOf(ringsOf(grid.geometry)),
      isLarge: grid.level === "large",
      properties: { code: grid.code, name: grid.name, level: grid.level },
    }));
}

// Roads and water in cells of this zoom: a square of the screen then has few to draw.
const CELL_ZOOM = 14;
const AT_A_TIME_MS = 8;

/** One piece a cell of ground; what lies in several is in each, cut at the edges. A town's are many: the page lives on in between. */
export async function referencePieces({ roads = [], water = [] }) {
  let restAt = performance.now() + AT_A_TIME_MS;
  const cells = new Map();
  const add = (name, one) => {
    const { lines, isArea } = shapeOf(one);
    for (const square of cellsOf(lines)) {
      const key = `${square.x} ${square.y}`;
      if (!cells.has(key))
        cells.set(key, { square, tile: { features: { road: [], water: [] }, borders: {} } });
      cells.get(key).tile.features[name].push({
        kind: isArea ? "area" : "line",
        path: pathIn(square, lines, isArea),
        properties: { kind: one.kind, name: one.name },
      });
    }
  };
  for (const [name, list] of Object.entries({ water, road: roads })) {
    for (const one of list) {
      add(name, one);
      if (performance.now() < restAt) continue;
      await breath();
      restAt = performance.now() + AT_A_TIME_MS;
    }
  }
  return [...cells.values()];
}

/** Lines or rings of a piece of road or water, as world points. */
function shapeOf({ geometry }) {
  const { type, coordinates } = geometry;
  if (type.endsWith("Polygon")) return { lines: ringsOf(geometry), isArea: true };
  const lines = type === "LineString" ? [coordinates] : coordinates;
  return { lines: lines.map((line) => line.map(worldOf)), isArea: false };
}

function cellsOf(lines) {
  const { x, y, side } = squareAround(lines);
  const count = 2 ** CELL_ZOOM;
  const cells = [];
  for (let i = Math.floor(x * count); i <= Math.floor((x + side) * count); i++) {
    for (let j = Math.floor(y * count); j <= Math.floor((y + side) * count); j++)
      cells.push({ x: i / count, y: j / count, side: 1 / count });
  }
  return cells;
}

/** What cameras look at: one piece each, where it is known. */
export function sectorPieces(cameras) {
  return cameras.flatMap((camera) => {
    const ring = sectorOf(camera);
    if (!ring) return [];
    const lines = [ring.map(worldOf)];
    const square = squareAround(lines);
    const feature = { path: pathIn(square, lines, true), properties: { state: camera.state } };
    return [{ square, tile: { features: { sector: [feature] }, borders: {} } }];
  });
}

/** Points that gather in clusters further out; each has `place` [longitude, latitude]. */
export class Points {
  #index = null;

  /** `lastCluster`: the nearest zoom with clusters; `countsOf(properties)`: what a cluster adds up. */
  constructor(lastCluster, countsOf) {
    this.lastCluster = lastCluster;
    this.countsOf = countsOf;
  }

  /** `points`: `[{place, properties}]`. */
  set(points) {
    const add = (sum, one) => {
      for (const [key, value] of Object.entries(one)) sum[key] = (sum[key] ?? 0) + value;
    };
    this.#index = new Supercluster({
      radius: 44,
      extent: 256,
      minZoom: 3,
      maxZoom: this.lastCluster,
      map: (properties) => ({ ...this.countsOf(properties) }),
      reduce: add,
    }).load(
      points
        .filter(({ place }) => place)
        .map(({ place, properties }) => ({
          type: "Feature",
          properties,
          geometry: { type: "Point", coordinates: place },
        })),
    );
  }

  /** Those in a frame, as the painters take them: `{single: [...], heaps: [...]}`. */
  inSight(frame, boundsOf) {
    const found = { single: [], heaps: [] };
    if (!this.#index) return found;
    for (const { properties, geometry } of this.#index.getClusters(boundsOf(frame), Math.floor(frame.zoom))) {
      const point = pixelOf(frame, worldOf(geometry.coordinates));
      if (properties.cluster)
        found.heaps.push({ ...point, properties: { ...properties, n: properties.point_count } });
      else found.single.push({ ...point, properties });
    }
    return found;
  }
}

/** A world point in the pixels of a frame. */
export function pixelOf({ corner, zoom }, [x, y]) {
  const scale = 256 * 2 ** zoom;
  return { x: x * scale - corner.x, y: y * scale - corner.y };
}
