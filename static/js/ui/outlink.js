// The way to files out takes along what the map shows: its frame, its filter, its layers.

// What each layer of the map is made of.
const DATASETS = {
  grids: ["regions", "large_grids", "small_grids"],
  reference: ["roads", "water"],
  households: ["households"],
  cameras: ["cameras"],
  service_points: ["service_points"],
  incidents: ["incidents"],
};

/** The query of the page of files out for a view (`View.now`) and a frame [west, south, east, north]. */
export function queryOf({ tags, mode, area, at, look, kind, category, since, until, off }, frame) {
  const query = new URLSearchParams({
    what: "map",
    bbox: frame.map((degrees) => degrees.toFixed(6)).join(","),
  });
  for (const [layer, names] of Object.entries(DATASETS))
    if (!off.includes(layer)) for (const name of names) query.append("layers", name);
  const state = look === "all" ? "" : look ? `look-${look}` : "open";
  if (!off.includes("incidents")) query.set("state", state);
  if (tags.length) query.set("mode", mode);
  const rest = { tags: tags.join(","), area, at, kind, category, since, until };
  for (const [name, value] of Object.entries(rest)) if (value) query.set(name, value);
  return query;
}

/** Have the link lead to the page of files out with what the map shows now. */
export function carryMap(link, view, map) {
  link?.addEventListener("click", () => {
    const seen = map.getBounds();
    const frame = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
    link.search = `?${queryOf(view.now, frame)}`;
  });
}
