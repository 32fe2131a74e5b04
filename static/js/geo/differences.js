// Two states of the same land: which grids differ, and who lives in another one than before. Pure.

import { faceAt } from "./nearest.js";
import { ontoSegment } from "./planar.js";
import { keyOf } from "./topology.js";

// Two steps of the server's lattice.
const ROUNDING_DEG = 2e-7;

const shapeOf = ({ coordinates }) => new Set(coordinates.flat(2).map(keyOf));

/**
 * Whether a shape differs from what it was only by vertices set into its borders: a neighbour was
 * cut there. They may lie off the old border by the lattice's rounding.
 */
export function isOnlyNoded(before, after) {
  const had = shapeOf(before);
  const has = shapeOf(after);
  if (has.size < had.size) return false;
  for (const key of had) if (!has.has(key)) return false;
  return after.coordinates.every((rings) => rings.every((ring) => isNoded(ring.slice(0, -1), had)));
}

function isNoded(ring, had) {
  const first = ring.findIndex((place) => had.has(keyOf(place)));
  if (first < 0) return false;
  let from = ring[first];
  let between = [];
  for (let i = 1; i <= ring.length; i++) {
    const place = ring[(first + i) % ring.length];
    if (!had.has(keyOf(place))) {
      between.push(place);
      continue;
    }
    const [a, b] = [from, place];
    if (between.some((one) => ontoSegment(one, a, b).distance > ROUNDING_DEG)) return false;
    from = place;
    between = [];
  }
  return true;
}

const isOther = (a, b) => !isOnlyNoded(a, b) && !isOnlyNoded(b, a);

/** Codes of grids that are in one state only, or have other land in the other. */
export function differing(before, after) {
  const found = new Set();
  for (const code of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(code), after.get(code)];
    if (!a || !b || isOther(a.geometry, b.geometry)) found.add(code);
  }
  return found;
}

/**
 * Households that lie in another grid than before: `[{from, to, count, items}]`, the most first.
 * `census.at` says where they are now; `topology` and `codes` where they could have been.
 */
export function movedSince(census, households, topology, codes) {
  const ways = new Map();
  const wanted = [...codes].filter((code) => topology.faces.has(code));
  for (let i = 0; i < census.size; i++) {
    if (!codes.has(census.at[i]) || households.manual[i]) continue;
    const from = faceAt(topology, [census.lon[i], census.lat[i]], wanted);
    const to = census.at[i];
    if (from === null || from === to) continue;
    const key = `${from} ${to}`;
    const way = ways.get(key) ?? { from, to, kind: "household", count: 0, items: [] };
    way.count++;
    if (way.items.length < 200) way.items.push({ id: households.id[i], code: households.code[i] });
    ways.set(key, way);
  }
  return [...ways.values()].sort((a, b) => b.count - a.count);
}

/**
 * Edges of lines of places that lie on no border of the old geometries: `[[a, b]]`. A piece of an
 * old border between points that were set into it is old.
 */
export function newEdges(lines, geometries) {
  const old = geometries.flatMap(({ coordinates }) =>
    coordinates.flat().flatMap((ring) => ring.slice(1).map((place, i) => [ring[i], place])),
  );
  const known = new Set(old.map(edgeKey));
  const found = [];
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const edge = [line[i - 1], line[i]];
      if (!known.has(edgeKey(edge)) && !old.some((other) => isPieceOf(edge, other))) found.push(edge);
    }
  }
  return found;
}

function edgeKey([a, b]) {
  const [p, q] = [keyOf(a), keyOf(b)];
  return p < q ? `${p} ${q}` : `${q} ${p}`;
}

const isPieceOf = (edge, [a, b]) => edge.every((place) => ontoSegment(place, a, b).distance < ROUNDING_DEG);
