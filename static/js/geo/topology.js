// Areas that share their vertices: moving one moves every border that runs through it.
// Built from GeoJSON without rounding beyond the server's own lattice of 1e-7°. Pure.

import { boundsOf } from "./planar.js";

const LATTICE = 1e7;
// Two vertex numbers in one exact integer: room for 67 million vertices.
const SHIFT = 2 ** 26;

/** A coordinate as it lies on the lattice. */
export const onLattice = ([lon, lat]) => [
  Math.round(lon * LATTICE) / LATTICE,
  Math.round(lat * LATTICE) / LATTICE,
];

export const keyOf = ([lon, lat]) => `${Math.round(lon * LATTICE)},${Math.round(lat * LATTICE)}`;

const edgeKey = (a, b) => (a < b ? a * SHIFT + b : b * SHIFT + a);

/**
 * `lon[i]`, `lat[i]`: place of vertex i. `faces`: code → `{code, properties, polygons}` with polygons
 * of rings of vertex numbers, outer first, not closed. `arcs`: borders between two corners,
 * `{ids, faces: [code, code?], bounds}`; what one face has on both sides is no border.
 */
export class Topology {
  lon = [];
  lat = [];
  faces = new Map();
  arcs = new Set();
  #ids = new Map();
  #edges = new Map();
  #around = [];
  #arcsAt = new Map();

  constructor(features) {
    for (const feature of features) this.#addFace(feature);
    this.#chain();
  }

  place(id) {
    return [this.lon[id], this.lat[id]];
  }

  /** The vertex that lies exactly at a place, or undefined. */
  at(place) {
    return this.#ids.get(keyOf(place));
  }

  /** Vertices that share an edge with one. */
  around(id) {
    return this.#around[id];
  }

  arcsAt(id) {
    return this.#arcsAt.get(id) ?? [];
  }

  /** Codes of the faces that have a vertex. */
  facesAt(id) {
    return [...new Set(this.#around[id].flatMap((other) => this.facesOf(id, other)))];
  }

  /** Codes of the one or two faces at an edge. */
  facesOf(a, b) {
    return this.#edges.get(edgeKey(a, b)) ?? [];
  }

  /** Whether more than two borders meet: such a corner can be moved, not taken out. */
  isCorner(id) {
    return this.#around[id].length !== 2;
  }

  move(id, [lon, lat]) {
    this.lon[id] = lon;
    this.lat[id] = lat;
    for (const { bounds } of this.arcsAt(id)) widen(bounds, lon, lat);
  }

  /** Set a vertex into the edge a–b; every face there has it. Answers its number. */
  insert(a, b, place) {
    const codes = this.facesOf(a, b);
    const id = this.lon.length;
    this.lon.push(place[0]);
    this.lat.push(place[1]);
    this.#around.push([a, b]);
    for (const [here, there] of [
      [a, b],
      [b, a],
    ]) {
      const list = this.#around[here];
      list[list.indexOf(there)] = id;
    }
    this.#edges.delete(edgeKey(a, b));
    this.#edges.set(edgeKey(a, id), codes);
    this.#edges.set(edgeKey(id, b), codes);
    for (const ring of this.#ringsOf(codes)) spliceBetween(ring, a, b, id, true);
    const arcs = this.arcsAt(a).filter((arc) => spliceBetween(arc.ids, a, b, id, false));
    for (const { bounds } of arcs) widen(bounds, ...place);
    this.#arcsAt.set(id, arcs);
    return id;
  }

  /** Take out a vertex between two others. False where that is not possible. */
  remove(id) {
    if (this.isCorner(id)) return false;
    const [a, b] = this.#around[id];
    const codes = this.facesOf(a, id);
    const rings = this.#ringsOf(codes).filter((ring) => ring.includes(id));
    if (this.#edges.has(edgeKey(a, b)) || rings.some((ring) => ring.length < 4)) return false;
    for (const list of [...rings, ...this.arcsAt(id).map(({ ids }) => ids)]) takeOut(list, id);
    this.#edges.delete(edgeKey(a, id));
    this.#edges.delete(edgeKey(id, b));
    this.#edges.set(edgeKey(a, b), codes);
    this.#around[a][this.#around[a].indexOf(id)] = b;
    this.#around[b][this.#around[b].indexOf(id)] = a;
    this.#around[id] = [];
    this.#arcsAt.delete(id);
    return true;
  }

  /** A face's geometry as GeoJSON writes it. */
  geometryOf(code) {
    const closed = (ring) => [...ring, ring[0]].map((id) => this.place(id));
    return {
      type: "MultiPolygon",
      coordinates: this.faces.get(code).polygons.map((rings) => rings.map(closed)),
    };
  }

  *#rings(code) {
    for (const rings of this.faces.get(code)?.polygons ?? []) yield* rings;
  }

  #ringsOf(codes) {
    return codes.flatMap((code) => [...this.#rings(code)]);
  }

  #addFace({ properties, geometry }) {
    const { coordinates, type } = geometry;
    const polygons = (type === "Polygon" ? [coordinates] : coordinates).map((rings) =>
      rings.map((ring) => ring.slice(0, -1).map((place) => this.#idOf(place))),
    );
    const { code } = properties;
    this.faces.set(code, { code, properties, polygons });
    for (const ring of polygons.flat()) {
      ring.forEach((id, i) => {
        this.#addEdge(id, ring[(i + 1) % ring.length], code);
      });
    }
  }

  #idOf(place) {
    const key = keyOf(place);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.lon.length;
      this.#ids.set(key, id);
      this.lon.push(place[0]);
      this.lat.push(place[1]);
      this.#around.push([]);
    }
    return id;
  }

  #addEdge(a, b, code) {
    const key = edgeKey(a, b);
    const codes = this.#edges.get(key);
    if (codes) {
      codes.push(code);
      return;
    }
    this.#edges.set(key, [code]);
    this.#around[a].push(b);
    this.#around[b].push(a);
  }

  #chain() {
    const seen = new Set();
    for (let a = 0; a < this.lon.length; a++) {
      if (!this.isCorner(a)) continue;
      for (const b of this.#around[a]) if (!seen.has(edgeKey(a, b))) this.#addArc(this.#walk(a, b, seen));
    }
    // What is left are rings without a corner: a face within another.
    for (let a = 0; a < this.lon.length; a++) {
      const b = this.#around[a][0];
      if (b !== undefined && !seen.has(edgeKey(a, b))) this.#addArc(this.#walk(a, b, seen));
    }
  }

  #walk(a, b, seen) {
    const ids = [a, b];
    seen.add(edgeKey(a, b));
    let here = b;
    let before = a;
    while (here !== a && !this.isCorner(here)) {
      const [first, second] = this.#around[here];
      const next = first === before ? second : first;
      if (seen.has(edgeKey(here, next))) break;
      seen.add(edgeKey(here, next));
      ids.push(next);
      [before, here] = [here, next];
    }
    return ids;
  }

  #addArc(ids) {
    const faces = this.facesOf(ids[0], ids[1]);
    if (faces.length === 2 && faces[0] === faces[1]) return;
    const arc = { ids, faces, bounds: boundsOf(ids.map((id) => this.place(id))) };
    this.arcs.add(arc);
    for (const id of new Set(ids)) {
      const arcs = this.#arcsAt.get(id);
      if (arcs) arcs.push(arc);
      else this.#arcsAt.set(id, [arc]);
    }
  }
}

function spliceBetween(list, a, b, id, isRing) {
  const last = list.length - (isRing ? 0 : 1);
  for (let i = 0; i < last; i++) {
    const j = (i + 1) % list.length;
    if (!((list[i] === a && list[j] === b) || (list[i] === b && list[j] === a))) continue;
    list.splice(i + 1, 0, id);
    return true;
  }
  return false;
}

/** Bounds of an arc may be wider than it is: they only tell where it can't be. */
function widen(bounds, lon, lat) {
  bounds[0] = Math.min(bounds[0], lon);
  bounds[1] = Math.min(bounds[1], lat);
  bounds[2] = Math.max(bounds[2], lon);
  bounds[3] = Math.max(bounds[3], lat);
}

function takeOut(list, id) {
  const isLoop = list.length > 1 && list[0] === id && list.at(-1) === id;
  if (isLoop) {
    // An arc that closes on itself begins at the next vertex instead.
    list.pop();
    list.shift();
    list.push(list[0]);
    return;
  }
  list.splice(list.indexOf(id), 1);
}
