// A file before it is loaded: its places on the map, as it writes them and as they would be kept.

import { NavMap } from "../map/navmap.js";
import { getJson, withParams } from "../net/http.js";
import { byId } from "../ui/dom.js";
import { t, useTexts } from "../ui/texts.js";
import { View } from "../ui/view.js";

const config = JSON.parse(byId("config").textContent);
useTexts(config.texts, config.language);
config.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
config.textScale = 1;
const view = new View({ isInAddress: false });
view.set({ off: ["households", "incidents", "cameras", "service_points"] });
const navmap = new NavMap(view, config, {
  words: () => [],
  onTrouble: () => {},
  onPick: () => {},
  onSettled: () => {},
  onBaseFailed: () => {},
});
const BEFORE = { color: "#999", weight: 1, radius: 4, fillOpacity: 0.5, interactive: false };
const AFTER = { color: "#aa3377", weight: 2, radius: 5, fillOpacity: 0.6, interactive: false };
const group = L.featureGroup().addTo(navmap.map);
const datum = document.getElementById("datum");
let asked = null;

/** What is said of the file: its target, its layer or sheets, and which columns are its places. */
function described() {
  const said = {};
  for (const field of byId("check-form").querySelectorAll("input[type=hidden], select[name^=col-]"))
    if (field.name !== "csrfmiddlewaretoken") said[field.name] = field.value;
  return said;
}

/** Draw the file in the chosen system, and say by how much its places move. */
async function show() {
  asked?.abort();
  asked = new AbortController();
  const params = { datum: datum.value };
  Object.assign(params, described());
  let found;
  try {
    found = await getJson(withParams(datum.dataset.url, params), asked.signal);
  } catch {
    return;
  }
  group.clearLayers();
  for (const [lon, lat] of found.before) L.circleMarker([lat, lon], BEFORE).addTo(group);
  if (found.shapes.length)
    L.geoJSON(found.shapes, { style: () => AFTER, pointToLayer: (_, at) => L.circleMarker(at, AFTER) }).addTo(
      group,
    );
  else for (const [lon, lat] of found.after) L.circleMarker([lat, lon], AFTER).addTo(group);
  const jump = byId("jump");
  jump.textContent = wordsOf(found);
  jump.dataset.metres = found.jump_m ?? "";
  if (group.getLayers().length) navmap.map.fitBounds(group.getBounds().pad(0.2));
}

function wordsOf({ jump_m: metres, is_web_map: isWebMap, lost, shown, count }) {
  const words = [];
  if (isWebMap) words.push(t("incoming.jump", { metres }));
  else if (metres > 0) words.push(t("incoming.moved", { metres }));
  if (count > shown) words.push(t("incoming.some", { shown, count }));
  if (lost) words.push(t("incoming.lost", { n: lost }));
  return words.join(" ");
}

if (datum) {
  datum.addEventListener("change", show);
  show();
}
// Other columns for the places: the page guesses the system of the coordinates anew.
byId("check-form").addEventListener("change", ({ target }) => {
  if (/^col-.*-(lon|lat)$/.test(target.name))
    location.search = new URLSearchParams({
      ...Object.fromEntries(new FormData(byId("what-form"))),
      ...described(),
    });
});
// Another target, layer or sheet has other columns: the page is asked for anew.
byId("what-go").hidden = true;
byId("what-form").addEventListener("change", ({ currentTarget }) => currentTarget.submit());
