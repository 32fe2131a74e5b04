// Who lives in which grid of the sheet, kept up while borders move. Pure.

import { faceAt, isInFace } from "./nearest.js";
import { boundsOf, inTriangle } from "./planar.js";

const SIDE = 0.002;

/** Households as columns; `at[i]` is the code of the grid that holds i, null for none. */
export class Census {
  #cells = new Map();
  counts = new Map();

  /** `columns`: `{lon, lat, people, grid, manual}` as the server sends them. */
  constructor(columns) {
    this.lon = columns.lon;
    this.lat = columns.lat;
    this.people = columns.people;
    this.manual = columns.manual;
    this.at = [...columns.grid];
    this.published = columns.grid;
    this.size = columns.lon.length;
    for (let i = 0; i < this.size; i++) {
      this.#count(this.at[i], 1, i);
      const key = cellKey(Math.floor(this.lon[i] / SIDE), Math.floor(this.lat[i] / SIDE));
      const cell = this.#cells.get(key);
      if (cell) cell.push(i);
      else this.#cells.set(key, [i]);
    }
  }

  of(code) {
    return this.counts.get(code) ?? { households: 0, people: 0 };
  }

  /** Look up anew everybody who is, or was, in one of the grids. */
  recount(topology, codes) {
    const concerned = new Set(codes);
    const looked = new Set();
    for (const code of concerned) {
      for (const rings of topology.faces.get(code)?.polygons ?? [])
        for (const i of this.#within(boundsOf(rings[0].map((id) => topology.place(id))))) looked.add(i);
    }
    for (let i = 0; i < this.size; i++) if (concerned.has(this.at[i])) looked.add(i);
    const order = [...concerned].filter((code) => topology.faces.has(code));
    for (const i of looked) {
      // Households set into a grid by hand stay there while it stands.
      if (this.manual[i] && topology.faces.has(this.published[i])) continue;
      const here = this.at[i];
      if (here !== null && !concerned.has(here) && isInFace(topology, here, [this.lon[i], this.lat[i]]))
        continue;
      this.#put(i, faceAt(topology, [this.lon[i], this.lat[i]], order));
    }
  }

  /**
   * After a vertex has moved from one place to where it is now: only what lies in the triangles
   * that its edges have swept can have changed sides. Answers how many were looked at.
   */
  follow(topology, id, from) {
    const to = topology.place(id);
    const codes = topology.facesAt(id);
    let looked = 0;
    const swept = topology.around(id).map((other) => [topology.place(other), from, to]);
    const seen = new Set();
    for (const [a, b, c] of swept) {
      for (const i of this.#within(boundsOf([a, b, c]))) {
        const place = [this.lon[i], this.lat[i]];
        if (seen.has(i) || this.manual[i] || !inTriangle(place, a, b, c)) continue;
        seen.add(i);
        looked++;
        this.#put(i, faceAt(topology, place, codes));
      }
    }
    return looked;
  }

  *#within([west, south, east, north]) {
    for (let x = Math.floor(west / SIDE); x <= Math.floor(east / SIDE); x++) {
      for (let y = Math.floor(south / SIDE); y <= Math.floor(north / SIDE); y++) {
        for (const i of this.#cells.get(cellKey(x, y)) ?? []) {
          if (this.lon[i] >= west && this.lon[i] <= east && this.lat[i] >= south && this.lat[i] <= north)
            yield i;
        }
      }
    }
  }

  #put(i, code) {
    if (code === this.at[i]) return;
    this.#count(this.at[i], -1, i);
    this.at[i] = code;
    this.#count(code, 1, i);
  }

  #count(code, sign, i) {
    if (code === null) return;
    const before = this.of(code);
    this.counts.set(code, {
      households: before.households + sign,
      people: before.people + sign * this.people[i],
    });
  }
}

const cellKey = (x, y) => x * 1e6 + y;

/** How a grid stands to the setting `[least, most]`: `{share, verdict}`; share 1 is the most. */
export function balance(households, [least, most]) {
  const verdict = households < least ? "few" : households > most ? "many" : "good";
  return { share: most > 0 ? households / most : 0, verdict };
}
