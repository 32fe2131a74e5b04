// Boots the map page: makes the parts and tells each what the others did.

import { NavMap } from "../map/navmap.js";
import { drawPin } from "../map/pins.js";
import { drawCamera, drawPoint } from "../map/sites.js";
import { drawSymbol } from "../map/symbols.js";
import { carryHash } from "../ui/carryhash.js";
import { choose } from "../ui/chooser.js";
import { startCopyLink } from "../ui/copylink.js";
import { byId, paintSymbols, useSymbolPen } from "../ui/dom.js";
import { Drawer } from "../ui/drawer.js";
import { IncidentFilter } from "../ui/incidentfilter.js";
import { Legend } from "../ui/legend.js";
import { mapTrouble, say, showProgress, watchConnection } from "../ui/notices.js";
import { carryMap } from "../ui/outlink.js";
import { Panels } from "../ui/panels.js";
import { carryView } from "../ui/printlink.js";
import { startReading } from "../ui/reading.js";
import { Search } from "../ui/search.js";
import { Table } from "../ui/table.js";
import { t, useTexts } from "../ui/texts.js";
import { Tools } from "../ui/tools.js";
import { View } from "../ui/view.js";

const config = JSON.parse(byId("config").textContent);
useTexts(config.texts, config.language);
useSymbolPen((context, symbol, colour, r) => {
  // "pin:kind:look" is an incident's, "camera:owner:state" and "point:kind" a site's.
  const [what, first, second] = symbol.split(":");
  if (what === "pin") drawPin(context, first, second, r);
  else if (what === "camera") drawCamera(context, first, second, r);
  else if (what === "point") drawPoint(context, first, r);
  else drawSymbol(context, symbol, colour, r);
});
config.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
config.textScale = startReading((scale) => {
  config.textScale = scale;
  refit(false);
  navmap.redraw();
});

const view = new View();
// The panels first: the map opens in the room that they leave.
let navmap = null;
// Households under the filter by area, null while none is set or known.
let filtered = null;
const panels = new Panels(view, ({ isCut }) => navmap && refit(isCut));
navmap = new NavMap(view, config, {
  words: wordsOf,
  onTrouble: mapTrouble,
  onPick: pick,
  onSettled: showProgress,
  onBaseFailed: () => say(t("base.failed"), { isError: true }),
});
paintSymbols(document);

const onList = (patch) => view.set({ ...patch, table: true });
const legend = new Legend(view, config, {
  onList,
  onCounts: (counts) => {
    filtered = counts.areas;
    navmap.redraw();
  },
  onArea: (bounds) => bringIntoSight({ bounds }),
});
const drawer = new Drawer(view, config, { onList, onPlace: bringIntoSight, onShown: keepInSight });
let table = null;
if (config.may.households)
  table = new Table(view, config, {
    onRow: (id) => drawer.open(`h:${id}`),
    onPoint: (id) => navmap.point(id),
  });
const searched = {
  url: config.urls.search,
  csrf: config.csrf,
  tags: config.may.households ? config.tags : [],
};
new Search(searched, {
  onResults: (hits) => navmap.showFound(hits),
  onPick: ({ kind, id }) => {
    if (kind === "tag") view.set({ tags: [id], page: 1 });
    else drawer.open(kind === "household" || kind === "person" ? `h:${id}` : `g:${id}`, { takesFocus: true });
  },
});
const tools = new Tools(view, config, navmap);
if (config.may.incidents) new IncidentFilter(view, config);
startCopyLink();
carryHash();
carryView(byId("print-open"));
if (config.may.export) carryMap(byId("data-open"), view, navmap.map);
watchConnection(config.urls.health, () => {
  for (const part of [navmap, legend, drawer, table]) part?.refresh();
});

/**
 * A name's second line, from long to short: households and people where they are known, under a
 * filter how many of the households it leaves.
 */
function wordsOf({ code, households, people, level, kind }) {
  if (households === undefined || households === null || kind === "void") return [];
  if (navmap.isFiltered) {
    if (!filtered) return [];
    const found = filtered[code] ?? 0;
    const { tags } = view.now;
    const chosen = tags.length === 1 && config.tags.find(({ slug }) => slug === tags[0]);
    const kindWord = chosen ? chosen.label : t("label.chosen");
    return [
      t("label.filtered", { kind: kindWord, found, households }),
      t("label.filtered_short", { found, households }),
    ];
  }
  const short = t("label.households", { households });
  return level === "small" ? [short] : [t("label.counts", { households, people }), short];
}

/** Move only as far as needed: a household that can be seen near by stays where it is. */
function bringIntoSight(where) {
  const room = panels.covered();
  const isNear = navmap.map.getZoom() >= 16;
  if (where.place && isNear && navmap.isInSight(where.place, room)) return;
  navmap.show(where, room);
}

/** A card that was opened from the map must not lie over what it is about. */
function keepInSight(where) {
  const room = panels.covered();
  const isCovered = room.left + room.right + room.bottom > 0;
  if (isCovered && !cornersOf(where).every((corner) => navmap.isInSight(corner, room)))
    navmap.show(where, room);
}

function cornersOf({ place, bounds }) {
  if (place) return [place];
  const [west, south, east, north] = bounds;
  return [
    [west, south],
    [east, north],
  ];
}

/** The map in the room that the panels leave; where a list took of it, still the same ground. */
function refit(isCut) {
  const seen = navmap.map.getBounds();
  navmap.map.invalidateSize({ pan: false });
  if (!isCut) return;
  const bounds = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
  navmap.show({ bounds }, { ...panels.covered(), margin: 0 });
}

// Things that have a page of their own, and whose address it is.
const PAGES = { incident: "incident", camera: "camera", service_point: "servicePoint" };

/** A tap on the map. */
function pick(thing, { latlng }) {
  if (tools.takesTap(latlng)) return;
  // Several households in one house are told apart by zooming in and in the list; an incident or a
  // camera at a household's door hides it.
  const stack = thing?.others?.length > 0 ? [thing, ...thing.others] : [];
  if (stack.some(({ kind }) => kind in PAGES)) choose(navmap.map, latlng, stack, config, open);
  else open(thing);
}

function open(thing) {
  if (!thing) view.set({ selected: null });
  else if (thing.kind === "cluster" || thing.kind === "incident_heap") navmap.zoomInto(thing);
  else if (thing.kind in PAGES)
    location.assign(config.urls[PAGES[thing.kind]].replace("0", thing.properties.id));
  else if (thing.kind === "household") view.set({ selected: `h:${thing.properties.id}` });
  else view.set({ selected: `g:${thing.properties.code}` });
}
