// What the person looks at: one object, mirrored in the address, watched by all parts.

import { format, parse } from "../geo/permalink.js";

export class View {
  #state;
  #listeners = [];
  #isInAddress;

  /** `isInAddress` false: for a map beside a form, whose address is not the map's to write. */
  constructor({ isInAddress = true } = {}) {
    this.#isInAddress = isInAddress;
    this.#state = parse(location.hash);
    // Forth and back in the history: everything that differs is told.
    addEventListener("popstate", () => this.#take(parse(location.hash)));
  }

  get now() {
    return this.#state;
  }

  /** Call `listener(state, changed keys)` after every change of one of `keys`. */
  watch(keys, listener) {
    this.#listeners.push({ keys, listener });
  }

  /**
   * Change a part of the view. `quiet` changes (moving about) replace the entry in the
   * history, others add one, so that "back" undoes a choice, not a pan.
   */
  set(patch, { quiet = false } = {}) {
    const before = format(this.#state);
    const next = { ...this.#state, ...patch };
    const address = format(next);
    if (address === before) return;
    if (this.#isInAddress) history[quiet ? "replaceState" : "pushState"](null, "", address);
    this.#take(next);
  }

  #take(next) {
    const old = this.#state;
    this.#state = next;
    const changed = Object.keys(next).filter((key) => JSON.stringify(old[key]) !== JSON.stringify(next[key]));
    for (const { keys, listener } of this.#listeners) {
      if (keys.some((key) => changed.includes(key))) listener(next, changed);
    }
  }
}
