// A form whose place is found by search or on the map; at the counter, what was perhaps told before.

import { NavMap } from "../map/navmap.js";
import { getJson, withParams } from "../net/http.js";
import { byId, element } from "../ui/dom.js";
import { Search } from "../ui/search.js";
import { t, useTexts } from "../ui/texts.js";
import { View } from "../ui/view.js";

const config = JSON.parse(byId("config").textContent);
useTexts(config.texts, config.language);
config.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
config.textScale = 1;
const [lon, lat] = [byId("id_lon"), byId("id_lat")];
const category = byId("id_category");

const navmap = new NavMap(new View({ isInAddress: false }), config, {
  words: () => [],
  onTrouble: () => {},
  onPick: (_, { latlng }) => pin(latlng.lng, latlng.lat),
  onSettled: () => {},
  onBaseFailed: () => {},
});

/** Put the pin there; the map follows only where it has to. */
function pin(longitude, latitude, isFar = false) {
  lon.value = longitude.toFixed(7);
  lat.value = latitude.toFixed(7);
  navmap.showFound([{ longitude, latitude }]);
  if (isFar) navmap.show({ place: [longitude, latitude] });
  byId("pinned").textContent = t("counter.pinned", { lat: latitude.toFixed(5), lng: longitude.toFixed(5) });
  showNear();
}

let asked = null;

async function showNear() {
  if (!category) return;
  asked?.abort();
  asked = new AbortController();
  const near = byId("near");
  if (!lon.value || !category.value) return;
  const url = withParams(config.urls.near, { category: category.value, lon: lon.value, lat: lat.value });
  let incidents = [];
  try {
    ({ incidents } = await getJson(url, asked.signal));
  } catch {
    // Only a help: without it the incident is taken in all the same.
  }
  const lines = incidents.map(({ id, register_no: number, what, metres }) =>
    element(
      "li",
      {},
      element("a", { href: config.urls.incident.replace("0", id), target: "_blank" }, number),
      ` ${what.slice(0, 40)} · ${t("counter.metres", { metres: Math.round(metres) })}`,
    ),
  );
  near.replaceChildren(
    ...(lines.length ? [element("p", {}, t("counter.near")), element("ul", {}, ...lines)] : []),
  );
}

new Search(
  { url: config.urls.search, csrf: config.csrf, tags: [] },
  {
    onResults: (hits) => navmap.showFound(hits),
    onPick: ({ label, longitude, latitude }) => {
      if (longitude === null) return;
      pin(longitude, latitude, true);
      const address = byId("id_address");
      if (address) address.value ||= label;
    },
  },
);
/** Who handles what was chosen, and until when. */
function showHandling() {
  byId("handling").textContent = config.handling[category.value] ?? "";
}

if (category) {
  category.addEventListener("change", showNear);
  category.addEventListener("change", showHandling);
  showHandling();
}
for (const field of [lon, lat])
  field.addEventListener(
    "change",
    () => lon.value && lat.value && pin(Number(lon.value), Number(lat.value), true),
  );
if (lon.value && lat.value) pin(Number(lon.value), Number(lat.value), true);
