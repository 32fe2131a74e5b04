// The sources of the map: from which zoom each is drawn, on which sheets, in which tiles.

import { withParams } from "../net/http.js";
import { paintGrids, paintReference, paintRegions } from "./ground.js";
import { paintClusters, paintHouseholds } from "./marks.js";
import { paintHeaps, paintPins } from "./pins.js";
import { paintCameras, paintPoints, paintSectors } from "./sites.js";

// [first zoom, last zoom] at which each source is drawn.
export const FIRST_FILTERED = 12;
export const ZOOMS = {
  regions: [3, 11],
  grids: [12, 20],
  households: [14, 20],
  incidents: [10, 20],
  cameras: [14, 20],
  service_points: [13, 20],
  reference: [11, 20],
};
// Which sheets above the ground a source is drawn on.
export const SHEETS = {
  regions: ["highlights", "marks"],
  grids: ["highlights", "marks"],
  households: ["marks"],
  incidents: ["highlights", "marks"],
  cameras: ["marks"],
  service_points: ["marks"],
  reference: [],
};
// What is drawn on the ground, from below to above.
export const GROUND = {
  reference: paintReference,
  cameras: paintSectors,
  grids: paintGrids,
  regions: paintRegions,
};
// What stands upright, from below to above: the source, the MVT layer, who draws it.
export const MARKS = [
  ["households", "cluster", paintClusters],
  ["households", "household", paintHouseholds],
  ["service_points", "service_point", paintPoints],
  ["cameras", "camera", paintCameras],
  ["incidents", "incident_heap", paintHeaps],
  ["incidents", "incident", paintPins],
];
// The last zoom with tiles of its own, and their side in pixels: what is drawn as lines comes
// in tiles twice as wide, of the zoom before, for a quarter of the requests.
export const NATIVE = {
  regions: 14,
  grids: 17,
  households: 16,
  incidents: 16,
  cameras: 17,
  service_points: 16,
  reference: 17,
};
export const sideOf = (name) => (name === "households" ? 256 : 512);

/** The address of a source's tile under the view's filters. */
export function tileUrl(template, name, { x, y, z }, view) {
  const url = template
    .replace("{layer}", name)
    .replace("{z}", sideOf(name) === 512 ? z - 1 : z)
    .replace("{x}", x)
    .replace("{y}", y);
  const { tags, mode, area, at, look, kind, category, since, until } = view;
  if (name === "grids") return withParams(url, { at });
  if (name === "incidents") return withParams(url, { look, kind, category, since, until });
  if (name !== "households") return url;
  return withParams(url, {
    tags: tags.join(","),
    mode: tags.length > 1 && mode === "all" ? mode : null,
    area,
  });
}
