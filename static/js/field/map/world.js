// The map's square of the world, 0…1 from the north-west corner, and Path2D on pieces of it.

import { EXTENT } from "../../map/decode.js";

/** [longitude, latitude] → [x, y] of the web's Mercator square. */
export function worldOf([longitude, latitude]) {
  const sin = Math.sin((latitude * Math.PI) / 180);
  return [longitude / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

/** The smallest upright square around rings or lines of world points, a hair larger. */
export function squareAround(lines) {
  let [west, north, east, south] = [1, 1, 0, 0];
  for (const line of lines) {
    for (const [x, y] of line) {
      west = Math.min(west, x);
      north = Math.min(north, y);
      east = Math.max(east, x);
      south = Math.max(south, y);
    }
  }
  const side = Math.max(east - west, south - north, 1e-9);
  // Borders are drawn a few pixels wide: they must not be cut at the piece's edge.
  const margin = side * 0.02;
  return { x: west - margin, y: north - margin, side: side + margin * 2 };
}

/** Lines of world points as one path in a piece's own units. */
export function pathIn({ x, y, side }, lines, isClosed) {
  const path = new Path2D();
  const scale = EXTENT / side;
  for (const line of lines) {
    line.forEach((point, i) => {
      path[i === 0 ? "moveTo" : "lineTo"]((point[0] - x) * scale, (point[1] - y) * scale);
    });
    if (isClosed) path.closePath();
  }
  return path;
}

/** Rings of a GeoJSON polygon or multipolygon, as world points. */
export function ringsOf({ type, coordinates }) {
  const polygons = type === "Polygon" ? [coordinates] : type === "MultiPolygon" ? coordinates : [];
  return polygons.flat().map((ring) => ring.map(worldOf));
}

/**
 * The parts of rings that no ring before has drawn: a border between two areas once, so that its
 * dashes do not fill each other's gaps. `seen` is kept by the caller.
 */
export function newParts(rings, seen) {
  const parts = [];
  for (const ring of rings) {
    let part = null;
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1].join(), ring[i].join()];
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      if (seen.has(key)) {
        part = null;
        continue;
      }
      seen.add(key);
      if (!part) {
        part = [ring[i - 1]];
        parts.push(part);
      }
      part.push(ring[i]);
    }
  }
  return parts;
}

/** A point well inside rings, for a name: the middle of the widest stretch at some heights. */
export function insideOf(rings) {
  const { y, side } = squareAround(rings);
  let best = null;
  for (const share of [0.5, 0.42, 0.58, 0.34, 0.66]) {
    const height = y + side * share;
    const cuts = rings.flatMap((ring) => crossings(ring, height)).sort((a, b) => a - b);
    for (let i = 1; i < cuts.length; i += 2) {
      const width = cuts[i] - cuts[i - 1];
      if (!best || width > best.width * 1.15) best = { width, point: [(cuts[i] + cuts[i - 1]) / 2, height] };
    }
  }
  return best?.point ?? rings[0][0];
}

function crossings(ring, height) {
  const found = [];
  for (let i = 1; i < ring.length; i++) {
    const [[x1, y1], [x2, y2]] = [ring[i - 1], ring[i]];
    if (y1 > height !== y2 > height) found.push(x1 + ((height - y1) / (y2 - y1)) * (x2 - x1));
  }
  return found;
}
