// The whole view as the part of the address behind `#`, and back. Pure text.
//
// #15/25.60123/112.40123?s=h:12&f=low_income,deputy&m=all&g=431024111200001&at=2026-01-01&…

const PLACE = /^(\d{1,2})\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;
const WORD = /^[\w-]{1,40}$/;
const AREA = /^[1-9]\d{11}(\d{3})?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const SELECTED = /^(h:\d{1,18}|g:[1-9]\d{11}(\d{3})?)$/;

const list = (text) => (text ?? "").split(",").filter((word) => WORD.test(word));
const only = (text, pattern) => (text && pattern.test(text) ? text : null);

/** What a hash says; parts that are missing or make no sense come back as their defaults. */
export function parse(hash) {
  const [place, query] = hash.replace(/^#/, "").split("?");
  const found = PLACE.exec(place ?? "");
  const params = new URLSearchParams(query ?? "");
  return {
    place: found ? { zoom: Number(found[1]), lat: Number(found[2]), lng: Number(found[3]) } : null,
    selected: only(params.get("s"), SELECTED),
    tags: list(params.get("f")),
    mode: params.get("m") === "all" ? "all" : "any",
    area: only(params.get("g"), AREA),
    at: only(params.get("at"), DAY),
    look: only(params.get("il"), WORD),
    kind: only(params.get("ik"), WORD),
    category: only(params.get("ic"), WORD),
    since: only(params.get("from"), DAY),
    until: only(params.get("to"), DAY),
    fill: params.get("fill") === "1",
    off: list(params.get("off")),
    hidden: list(params.get("hide")),
    order: list(params.get("order")),
    base: only(params.get("base"), WORD),
    panel: params.get("panel") !== "0",
    table: params.get("table") === "1",
    sort: only(params.get("sort"), /^-?\w{1,20}$/),
    page: Math.max(1, Number.parseInt(params.get("page") ?? "1", 10) || 1),
  };
}

/** The hash of a view; defaults are left out so that links stay short. */
export function format(view) {
  const params = [];
  const add = (key, value) => {
    if (value) params.push(`${key}=${value}`);
  };
  add("s", view.selected);
  add("f", view.tags.join(","));
  add("m", view.mode === "all" ? "all" : "");
  add("g", view.area);
  add("at", view.at);
  add("il", view.look);
  add("ik", view.kind);
  add("ic", view.category);
  add("from", view.since);
  add("to", view.until);
  add("fill", view.fill ? "1" : "");
  add("off", view.off.join(","));
  add("hide", view.hidden.join(","));
  add("order", view.order.join(","));
  add("base", view.base);
  add("panel", view.panel ? "" : "0");
  add("table", view.table ? "1" : "");
  add("sort", view.sort);
  add("page", view.page > 1 ? String(view.page) : "");
  const place = view.place
    ? `${view.place.zoom}/${view.place.lat.toFixed(5)}/${view.place.lng.toFixed(5)}`
    : "";
  return `#${place}${params.length ? `?${params.join("&")}` : ""}`;
}
