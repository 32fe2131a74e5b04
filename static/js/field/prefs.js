// How a person likes the page: language, hand, size of letters, what the map shows. No data of
// anybody: kept in this browser as plain text.

const KEY = "gis-grid.field";
const FIRST = {
  language: "",
  hand: "right",
  large: false,
  off: [],
  hiddenTags: [],
  calm: false,
  categories: [],
};

export class Prefs {
  #now;
  #listeners = new Set();

  constructor() {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      // Whatever stands there is not ours; it is written anew.
    }
    this.#now = { ...FIRST, ...kept };
  }

  get now() {
    return this.#now;
  }

  set(changes) {
    this.#now = { ...this.#now, ...changes };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#now));
    } catch {
      // No room: the wish holds until the page is closed.
    }
    for (const listener of this.#listeners) listener(this.#now);
  }

  /** The kinds of incidents that are used are offered first. */
  choseCategory(code) {
    const categories = [code, ...this.#now.categories.filter((other) => other !== code)].slice(0, 12);
    this.set({ categories });
  }

  onChange(listener) {
    this.#listeners.add(listener);
  }
}
