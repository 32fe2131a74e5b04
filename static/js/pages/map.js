// Boots the map page: makes the parts and tells each what the others did.

import { NavMap } from "../map/navmap.js";
import { drawSymbol } from "../map/symbols.js";
import { byId, paintSymbols, useSymbolPen } from "../ui/dom.js";
import { Drawer } from "../ui/drawer.js";
import { Legend } from "../ui/legend.js";
import { mapTrouble, say, showProgress, watchConnection } from "../ui/notices.js";
import { Panels } from "../ui/panels.js";
import { startReading } from "../ui/reading.js";
import { Search } from "../ui/search.js";
import { Table } from "../ui/table.js";
import { t, useTexts } from "../ui/texts.js";
import { Tools } from "../ui/tools.js";
import { View } from "../ui/view.js";

const config = JSON.parse(byId("config").textContent);
useTexts(config.texts, config.language);
useSymbolPen(drawSymbol);
config.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
config.textScale = startReading();

const view = new View();
// The panels first: the map opens in the room that they leave.
let navmap = null;
const panels = new Panels(view, () => navmap?.map.invalidateSize({ pan: false }));
navmap = new NavMap(view, config, {
  words: wordsOf,
  onTrouble: mapTrouble,
  onPick: pick,
  onSettled: showProgress,
  onBaseFailed: () => say(t("base.failed"), { isError: true }),
});
paintSymbols(document);

const onList = (patch) => view.set({ ...patch, table: true });
new Legend(view, config, { onList });
const drawer = new Drawer(view, config, { onList, onPlace: bringIntoSight });
if (config.may.households)
  new Table(view, config, { onRow: (id) => drawer.open(`h:${id}`), onPoint: (id) => navmap.point(id) });
new Search(config.urls.search, config.csrf, {
  onResults: (hits) => navmap.showFound(hits),
  onPick: ({ kind, id }) => drawer.open(kind === "household" || kind === "person" ? `h:${id}` : `g:${id}`),
});
const tools = new Tools(view, config, navmap);
watchConnection(() => navmap.refresh());

/** A name's second line: households and people where they are known. */
function wordsOf({ households, people, level, kind }) {
  if (households === undefined || households === null || kind === "void") return "";
  return level === "small"
    ? t("label.households", { households })
    : t("label.counts", { households, people });
}

/** Move only as far as needed: a household that can be seen near by stays where it is. */
function bringIntoSight(where) {
  const room = panels.covered();
  const isNear = navmap.map.getZoom() >= 16;
  if (where.place && isNear && navmap.isInSight(where.place, room)) return;
  navmap.show(where, room);
}

/** A tap on the map. */
function pick(thing, { latlng }) {
  if (tools.takesTap(latlng)) return;
  if (!thing) view.set({ selected: null });
  else if (thing.kind === "cluster") navmap.zoomInto(thing);
  else if (thing.kind === "household") view.set({ selected: `h:${thing.properties.id}` });
  else view.set({ selected: `g:${thing.properties.code}` });
}
