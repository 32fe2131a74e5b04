// Two states of the same land: which grids differ, and who lives in another one than before. Pure.

import { faceAt } from "./nearest.js";
import { keyOf } from "./topology.js";

const shapeOf = ({ coordinates }) => new Set(coordinates.flat(2).map(keyOf));

function isSame(a, b) {
  if (a.size !== b.size) return false;
  for (const key of a) if (!b.has(key)) return false;
  return true;
}

/** Codes of grids that are in one state only, or have other vertices in the other. */
export function differing(before, after) {
  const found = new Set();
  for (const code of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(code), after.get(code)];
    if (!a || !b || !isSame(shapeOf(a.geometry), shapeOf(b.geometry))) found.add(code);
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
