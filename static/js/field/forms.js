// Forms as the server gave them along: what can be chosen, in the person's language.

const EMPTY = {
  version: 1,
  categories: [],
  tags: [],
  severities: [],
  origins: [],
  camera_states: [],
  incident_states: [],
};

export class Forms {
  constructor(forms) {
    this.all = { ...EMPTY, ...forms };
    // A bit for each tag, in their order: the painters of the office map count in masks.
    this.tags = this.all.tags.map((tag, bit) => ({ ...tag, bit }));
    this.#bits = new Map(this.tags.map(({ slug, bit }) => [slug, bit]));
    this.#categories = new Map(this.all.categories.map((one) => [one.code, one]));
  }

  #bits;
  #categories;

  get version() {
    return this.all.version;
  }

  maskOf(slugs) {
    return slugs.reduce((mask, slug) => mask + (this.#bits.has(slug) ? 2 ** this.#bits.get(slug) : 0), 0);
  }

  tag(slug) {
    return (
      this.tags.find((tag) => tag.slug === slug) ?? { slug, label: slug, symbol: "dot", colour: "#888888" }
    );
  }

  /** One that is not known here has no word: its code says nothing to anybody. */
  category(code) {
    return this.#categories.get(code) ?? { code, label: "", kind: "general", branch: "" };
  }

  /** Categories under the names of their branches: `[[group, [category]]]`. */
  get groups() {
    const groups = new Map();
    for (const one of this.all.categories) {
      const group = one.branch ?? "";
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(one);
    }
    return [...groups];
  }

  options(name) {
    return this.all[name].map(({ value, label }) => ({ value, label }));
  }

  wordOf(name, value) {
    return (
      this.all[name].find((one) => one.value === value)?.label ?? (value === null ? "" : String(value ?? ""))
    );
  }
}

const IN_HAND = new Set(["in_grid", "assigned", "followed", "mediating"]);
const NEARLY_OVER = new Set(["answered", "agreed", "court", "told", "stood_down"]);

/** How an incident looks on the map; the office map's rule, as far as it can be told from here. */
export function lookOf({ state, due_at: due }, now = Date.now()) {
  if (state === "closed") return "closed";
  if (due && Date.parse(due) < now) return "late";
  if (NEARLY_OVER.has(state)) return "waiting";
  return IN_HAND.has(state) ? "hand" : "open";
}
