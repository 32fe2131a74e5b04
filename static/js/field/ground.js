// What was taken along, opened in memory for the map and the lists. The pack itself keeps it sealed.

import { distanceM, holds } from "../offline/nearby.js";
import { Forms, lookOf } from "./forms.js";

/** Whether texts have all the words of `text` between them; null where it has none. */
export function wordsOf(text) {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  return (...parts) => {
    const all = parts.filter(Boolean).join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  };
}

/** The first of each list, `most` in all: a street's houses don't hide the camera at its corner. */
function shared(lists, most) {
  const counts = lists.map(({ length }) => Math.min(length, most));
  for (let over = counts.reduce((sum, count) => sum + count, 0) - most; over > 0; over--)
    counts[counts.indexOf(Math.max(...counts))]--;
  return lists.flatMap((list, i) => list.slice(0, counts[i]));
}

const KINDS = ["grid", "household", "incident", "camera", "route"];

export class Ground {
  #byId = new Map();
  #byCode = new Map();
  #begun;
  /** Settles when all that was taken along is open; grids and forms are before. */
  whole = new Promise((resolve) => {
    this.#begun = resolve;
  });
  grids = [];
  households = [];
  incidents = [];
  cameras = [];
  routes = [];
  reference = { roads: [], water: [] };
  forms = new Forms({});

  constructor(pack) {
    this.pack = pack;
  }

  /** Open the grids and forms, with which the page can begin; `open()` opens the rest. */
  async begin() {
    const [grids, forms] = await Promise.all([this.pack.records("grid"), this.pack.forms()]);
    this.grids = grids;
    this.forms = new Forms(forms ?? {});
    this.#byCode = new Map(grids.map((grid) => [grid.code, grid]));
  }

  /** What was open before stays until the new is there as a whole. */
  open() {
    this.whole = this.#open();
    this.#begun(this.whole);
    return this.whole;
  }

  async #open() {
    const found = await Promise.all(KINDS.map((kind) => this.pack.records(kind)));
    const reference = await this.pack.reference();
    [this.grids, this.households, this.incidents, this.cameras, this.routes] = found;
    this.reference = reference;
    this.#byId = new Map(
      KINDS.flatMap((kind, i) => found[i].map((record) => [`${kind}:${record.id}`, record])),
    );
  }

  record(kind, id) {
    return this.#byId.get(`${kind}:${id}`) ?? null;
  }

  household(id) {
    return this.record("household", id);
  }

  incident(id) {
    return this.record("incident", id);
  }

  camera(id) {
    return this.record("camera", id);
  }

  route(id) {
    return this.record("route", id);
  }

  grid(code) {
    return this.#byCode.get(code) ?? null;
  }

  /** The smallest grid around a place, or null. */
  gridAt(place) {
    const found = this.grids.filter(({ geometry }) => holds(geometry, ...place));
    return found.find(({ level }) => level === "small") ?? found[0] ?? null;
  }

  lookOf(incident) {
    const kind = incident.kind ?? this.forms.category(incident.category).kind;
    return { kind, look: lookOf(incident) };
  }

  inGrid(code) {
    // A large grid has the code of its village, small ones begin with it.
    const prefix = code.endsWith("000") && code.length === 15 ? code.slice(0, 12) : code;
    const inside = ({ area }) => area?.startsWith(prefix);
    return { households: this.households.filter(inside), incidents: this.incidents.filter(inside) };
  }

  /** `[{kind, record}]`: what has all the words in its name, address, number or code; some of each kind. */
  async search(text, most) {
    await this.whole;
    const has = wordsOf(text);
    if (!has) return [];
    const look = (kind, records, partsOf) =>
      records.filter((record) => has(...partsOf(record))).map((record) => ({ kind, record }));
    const found = [
      look("grid", this.grids, ({ name, code }) => [name, code]),
      look("household", this.households, (one) => [one.head, one.address, one.phone, one.code, one.note]),
      look("incident", this.incidents, ({ number, what, category }) => [
        number,
        what,
        this.forms.category(category).label,
      ]),
      look("camera", this.cameras, ({ name }) => [name]),
    ];
    return shared(found, most);
  }

  /** The nearest households: `[{kind, record, metres}]`. */
  nearest(place, most) {
    return this.households
      .filter((record) => record.place)
      .map((record) => ({ kind: "household", record, metres: distanceM(place, record.place) }))
      .sort((a, b) => a.metres - b.metres)
      .slice(0, most);
  }
}
