// Bytes of a Mapbox vector tile → features ready to draw, in units of 1/4096 of the tile.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

const POINT = 1;
const AREA = 3;
export const EXTENT = 4096;

/**
 * `{features: {layer: [{kind, properties, path | x, y}]}, borders: {layer: {level: Path2D}}, isEmpty}`.
 *
 * A border that two areas share is in `borders` once: drawn from both sides its dashes
 * would fill each other's gaps.
 */
export function decode(bytes) {
  const tile = { features: {}, borders: {}, isEmpty: bytes.byteLength === 0 };
  if (tile.isEmpty) return tile;
  const vector = new VectorTile(new PbfReader(new Uint8Array(bytes)));
  for (const [name, layer] of Object.entries(vector.layers)) {
    const features = [];
    const seen = new Map();
    for (let i = 0; i < layer.length; i++) read(layer.feature(i), features, seen);
    tile.features[name] = features;
    tile.borders[name] = Object.fromEntries([...seen].map(([level, { path }]) => [level, path]));
  }
  return tile;
}

function read(feature, features, seen) {
  const rings = feature.loadGeometry();
  const { properties } = feature;
  if (feature.type === POINT) {
    for (const [{ x, y }] of rings) features.push({ kind: "point", properties, x, y });
    return;
  }
  const isArea = feature.type === AREA;
  features.push({ kind: isArea ? "area" : "line", properties, path: pathOf(rings, isArea) });
  if (!isArea || !properties.level) return;
  if (!seen.has(properties.level)) seen.set(properties.level, { path: new Path2D(), edges: new Map() });
  const { path, edges } = seen.get(properties.level);
  for (const ring of rings) addNewEdges(ring, path, edges);
}

function pathOf(rings, isClosed) {
  const path = new Path2D();
  for (const ring of rings) {
    path.moveTo(ring[0].x, ring[0].y);
    for (let i = 1; i < ring.length; i++) path.lineTo(ring[i].x, ring[i].y);
    if (isClosed) path.closePath();
  }
  return path;
}

// Vertices lie within a buffer around 0…4096; 2 ** 14 leaves room on every side.
const vertex = ({ x, y }) => (x + EXTENT) * 16384 + (y + EXTENT);

function addNewEdges(ring, path, edges) {
  let isDrawing = false;
  for (let i = 1; i < ring.length; i++) {
    const a = vertex(ring[i - 1]);
    const b = vertex(ring[i]);
    if (!isNew(edges, Math.min(a, b), Math.max(a, b))) {
      isDrawing = false;
      continue;
    }
    if (!isDrawing) path.moveTo(ring[i - 1].x, ring[i - 1].y);
    path.lineTo(ring[i].x, ring[i].y);
    isDrawing = true;
  }
}

function isNew(edges, from, to) {
  const ends = edges.get(from);
  if (ends?.has(to)) return false;
  if (ends) ends.add(to);
  else edges.set(from, new Set([to]));
  return true;
}
