// What an operation will make of the sheet, as far as the page can tell by itself: shown until
// the server's answer takes its place. Pure: features in, features out.

import { cutPolygon } from "../geo/cutting.js";
import { keyOf } from "../geo/topology.js";

/**
 * `features` (code → Feature) with an operation done; the same map where the page can't tell.
 */
export function foreseen(features, op) {
  const work = WAYS[op.type];
  return work ? (work(features, op) ?? features) : features;
}

const WAYS = { move_nodes: moveNodes, merge, split, rename, set_kind: setKind, transfer };

const changed = (feature, properties, geometry = feature.geometry) => ({
  ...feature,
  geometry,
  properties: { ...feature.properties, state: "changed", ...properties },
});

function withProperties(features, code, properties) {
  const feature = features.get(code);
  return feature ? new Map(features).set(code, changed(feature, properties)) : null;
}

function rename(features, { grid, name }) {
  return withProperties(features, grid, { name });
}

function setKind(features, { grid, kind }) {
  return withProperties(features, grid, { kind });
}

function transfer(features, { from, to, area }) {
  if (area) return null;
  if (features.has(to)) return merge(features, { grids: [from, to], keep: to });
  const ofVillage = [...features.values()].find(({ properties }) => properties.village === to);
  if (!ofVillage) return null;
  return withProperties(features, from, { village: to, village_name: ofVillage.properties.village_name });
}

function merge(features, { grids, keep }) {
  if (!grids.every((code) => features.has(code))) return null;
  const next = new Map(features);
  const coordinates = grids.flatMap((code) => features.get(code).geometry.coordinates);
  for (const code of grids) next.delete(code);
  return next.set(keep, changed(features.get(keep), {}, { type: "MultiPolygon", coordinates }));
}

function moveNodes(features, { moves = [], insert = [], remove = [] }) {
  const to = new Map(moves.map((move) => [keyOf(move.from), move.to]));
  const gone = new Set(remove.map(keyOf));
  const added = new Map();
  for (const { between, at } of insert) {
    const [a, b] = between.map(keyOf);
    added.set(`${a} ${b}`, at).set(`${b} ${a}`, at);
  }
  const ringOf = (ring) => {
    const next = [];
    let isTouched = false;
    ring.slice(0, -1).forEach((place, i) => {
      const key = keyOf(place);
      const between = added.get(`${key} ${keyOf(ring[i + 1])}`);
      isTouched ||= gone.has(key) || to.has(key) || Boolean(between);
      if (!gone.has(key)) next.push(to.get(key) ?? place);
      if (between) next.push(between);
    });
    return isTouched ? [...next, next[0]] : ring;
  };
  const next = new Map(features);
  for (const [code, feature] of features) {
    const before = feature.geometry.coordinates;
    const coordinates = before.map((rings) => rings.map(ringOf));
    if (coordinates.some((rings, i) => rings.some((ring, j) => ring !== before[i][j])))
      next.set(code, changed(feature, {}, { type: "MultiPolygon", coordinates }));
  }
  return next;
}

function split(features, { grid, lines }) {
  const feature = features.get(grid);
  if (!feature || !lines || feature.geometry.coordinates.length > 1) return null;
  const pieces = cutPolygon(
    feature.geometry.coordinates[0].map((ring) => ring.slice(0, -1)),
    lines,
  );
  if (!pieces || pieces.length < 2) return null;
  const next = new Map(features);
  pieces.forEach((rings, i) => {
    const code = i === 0 ? grid : `${grid}+${i}`;
    const name = i === 0 ? feature.properties.name : `${feature.properties.name}${i + 1}`;
    const coordinates = [rings.map((ring) => [...ring, ring[0]])];
    const state = i === 0 ? "changed" : "new";
    next.set(code, changed(feature, { code, name, state }, { type: "MultiPolygon", coordinates }));
  });
  return next;
}
