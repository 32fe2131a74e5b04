// A patrol on the map: a route, a run with what came of it, the lanes of a month; or a route drawn.

import { NavMap } from "../map/navmap.js";
import { sendJson } from "../net/http.js";
import { byId, element } from "../ui/dom.js";
import { t, useTexts } from "../ui/texts.js";
import { View } from "../ui/view.js";

const config = JSON.parse(byId("config").textContent);
const shapes = JSON.parse(byId("shapes").textContent);
useTexts(config.texts, config.language);
config.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
config.textScale = 1;
// Nothing but the ground: what stands on it would hide the way.
const view = new View({ isInAddress: false });
view.set({ off: ["households", "incidents", "cameras", "service_points"] });
const navmap = new NavMap(view, config, {
  words: () => [],
  onTrouble: () => {},
  onPick: (_, { latlng }) => drawing?.add(latlng),
  onSettled: () => {},
  onBaseFailed: () => {},
});
const LINES = {
  route: { color: "#0077bb", weight: 4, opacity: 0.55 },
  walked: { color: "#117733", weight: 3 },
  gap: { color: "#cc3311", weight: 5, opacity: 0.85 },
  detour: { color: "#ee7733", weight: 4, dashArray: "4 6" },
  once: { color: "#44bb99", weight: 4 },
  often: { color: "#117733", weight: 5 },
};
const swapped = (line) => line.map(([lon, lat]) => [lat, lon]);
const group = L.featureGroup().addTo(navmap.map);

function line(coordinates, style) {
  return L.polyline(swapped(coordinates), { ...LINES[style], interactive: false }).addTo(group);
}

function stop({ lon, lat, radius_m: radius, order, name }) {
  const circle = L.circle([lat, lon], { radius, color: "#0077bb", weight: 2, fillOpacity: 0.12 });
  // An element: of a text Leaflet would make markup.
  const label = element("span", {}, `${order} ${name ?? ""}`.trim());
  circle.bindTooltip(label, { permanent: true, direction: "top" });
  return circle.addTo(group);
}

if (shapes.route && !shapes.draw) line(shapes.route.coordinates, "route");
for (const coordinates of shapes.walked?.coordinates ?? []) line(coordinates, "walked");
for (const coordinates of shapes.gaps ?? []) line(coordinates, "gap");
for (const coordinates of shapes.detours ?? []) line(coordinates, "detour");
for (const [coordinates, runs] of shapes.lanes ?? [])
  line(coordinates, runs === 0 ? "gap" : runs < 4 ? "once" : "often");
if (!shapes.draw) for (const one of shapes.checkpoints ?? []) stop(one);
if (group.getLayers().length) navmap.map.fitBounds(group.getBounds().pad(0.08));

/** A route under the pen: points by taps, checkpoints at the last of them. */
class Drawing {
  points = swapped(shapes.route?.coordinates ?? []);
  stops = (shapes.checkpoints ?? []).map((one) => ({ ...one }));

  constructor() {
    byId("undo").addEventListener("click", () => this.undo());
    byId("checkpoint").addEventListener("click", () => this.#mark());
    byId("route-form").addEventListener("submit", (event) => this.#save(event));
    this.#show();
    if (this.points.length > 1) navmap.map.fitBounds(L.latLngBounds(this.points).pad(0.08));
  }

  add({ lat, lng }) {
    this.points.push([lat, lng]);
    this.#show();
  }

  undo() {
    const gone = this.points.pop();
    if (gone) this.stops = this.stops.filter(({ lat, lon }) => lat !== gone[0] || lon !== gone[1]);
    this.#show();
  }

  #mark() {
    const last = this.points.at(-1);
    if (!last || this.stops.some(({ lat, lon }) => lat === last[0] && lon === last[1])) return;
    this.stops.push({ lat: last[0], lon: last[1], name: "", radius_m: 25 });
    this.#show();
  }

  #show() {
    group.clearLayers();
    if (this.points.length > 1) L.polyline(this.points, { ...LINES.route, interactive: false }).addTo(group);
    for (const point of this.points)
      L.circleMarker(point, { radius: 4, color: "#0077bb", interactive: false }).addTo(group);
    this.stops.forEach((one, i) => {
      one.order = i + 1;
      stop(one);
    });
    let metres = 0;
    for (let i = 1; i < this.points.length; i++)
      metres += navmap.map.distance(this.points[i - 1], this.points[i]);
    byId("length").textContent = t("patrol.length", { n: Math.round(metres) });
    byId("stops").replaceChildren(...this.stops.map((one) => this.#row(one)));
  }

  #row(one) {
    const name = element("input", {
      class: "form-control",
      value: one.name ?? "",
      maxlength: 60,
      "aria-label": t("patrol.stop_name", { n: one.order }),
      onchange: ({ target }) => {
        one.name = target.value;
      },
    });
    const remove = element(
      "button",
      {
        type: "button",
        class: "btn",
        onclick: () => {
          this.stops = this.stops.filter((other) => other !== one);
          this.#show();
        },
      },
      t("patrol.remove"),
    );
    return element(
      "li",
      { class: "stop-row" },
      element("span", {}, t("patrol.stop", { n: one.order })),
      name,
      remove,
    );
  }

  async #save(event) {
    event.preventDefault();
    const error = byId("draw-error");
    error.textContent = "";
    if (this.points.length < 2) {
      error.textContent = t("patrol.few");
      return;
    }
    const body = {
      name: byId("name").value,
      squad: Number(byId("squad").value),
      serves: byId("serves").value,
      line: this.points.map(([lat, lon]) => [Number(lon.toFixed(7)), Number(lat.toFixed(7))]),
      checkpoints: this.stops.map(({ lon, lat, name, radius_m }) => ({ lon, lat, name, radius_m })),
      revision: shapes.revision ?? 0,
    };
    try {
      const method = shapes.revision ? "PUT" : "POST";
      const saved = await sendJson(shapes.save, body, config.csrf, { method, retries: 0 });
      location.assign(`/patrols/routes/${saved.id}/`);
    } catch (failure) {
      error.textContent = t("patrol.failed", { why: failure.message });
    }
  }
}

const drawing = shapes.draw ? new Drawing() : null;
