// A snapshot of the map: one file that is opened without a server. `L` is Leaflet's own.

import { drawCamera, drawPin, drawPoint } from "../map/glyphs.js";
import { card } from "./cards.js";
import { addSearch } from "./finding.js";
import { households } from "./households.js";
import { addLegend } from "./legend.js";

const INK = { large: "#333", small: "#666", road: "#c9b28a", water: "#a9cbe0", route: "#44556b" };
const ROAD_WIDTH = { county: 3, town: 2.5, village: 1.75, lane: 1 };

/** Circle markers that draw themselves by `options.draw(context, r)` on Leaflet's canvas. */
const Mark = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const context = renderer._ctx;
    context.save();
    context.translate(this._point.x, this._point.y);
    context.globalAlpha = 1;
    this.options.draw(context, this._radius);
    context.restore();
  },
});

/** Fill the groups of the map from the data, and say what the snapshot is and how old. */
export function start(map, groups) {
  const data = JSON.parse(document.getElementById("snapshot-data").textContent);
  const found = [];
  const put = (name, layer) => groups[name]?.addLayer(layer);
  const lands = { weight: 0.5, color: INK.water, fillColor: "#dcebf3", fillOpacity: 1 };
  const ponds = data.water.filter(([, , isArea]) => isArea).flatMap(([, rings]) => rings);
  put("water", L.polygon(ponds, still(lands)));
  for (const [kind, lines] of byKind(data.water.filter(([, , isArea]) => !isArea)))
    put("water", L.polyline(lines, still(stream(kind))));
  for (const [kind, lines] of byKind(data.roads)) put("roads", L.polyline(lines, still(road(kind))));
  for (const grid of data.grids) put("grids", area(grid, found));
  for (const [name, line] of data.patrols)
    put(
      "patrols",
      L.polyline(line, { color: INK.route, weight: 2.5 }).bindPopup(() => card(name, [])),
    );
  const swarm = households(data, found);
  if (swarm) put("households", swarm);
  for (const [at, kind, name] of data.services) {
    const mark = new Mark(at, { radius: 9, draw: (context, r) => drawPoint(context, kind, r) });
    put(
      "service_points",
      mark.bindPopup(() => card(name, [data.words.services[kind]])),
    );
    found.push({ text: name, at, mark });
  }
  for (const [at, owner, state] of data.cameras) {
    const mark = new Mark(at, { radius: 8, draw: (context, r) => drawCamera(context, owner, state, r) });
    put(
      "cameras",
      mark.bindPopup(() => card(data.words.camera, [data.words.cameras[state]])),
    );
  }
  for (const [at, kind, look] of data.incidents) {
    const mark = new Mark(at, { radius: 9, draw: (context, r) => drawPin(context, kind, look, r) });
    put(
      "incidents",
      mark.bindPopup(() => card(data.words.kinds[kind], [data.words.looks[look]])),
    );
  }
  frame(map, data);
  addSearch(map, found, data.words);
  addLegend(map, data);
  L.control.scale({ imperial: false }).addTo(map);
  title(map, data.words);
  tellAge(data);
  document.documentElement.dataset.ready = "true";
}

/** All lines of a kind together: one layer is drawn quicker than a thousand. */
function byKind(ways) {
  const kinds = new Map();
  for (const [kind, lines] of ways) {
    if (!kinds.has(kind)) kinds.set(kind, []);
    kinds.get(kind).push(...lines);
  }
  return kinds;
}

const still = (style) => ({ ...style, interactive: false });
const road = (kind) => ({ color: INK.road, weight: ROAD_WIDTH[kind] ?? 1 });
const stream = (kind) => ({ color: INK.water, weight: kind === "river" ? 3 : 1.5 });

function area({ code, name, level, rings, lines, at }, found) {
  const isLarge = level === "large";
  const shape = L.polygon(rings, {
    color: isLarge ? INK.large : INK.small,
    weight: isLarge ? 2.25 : 1.25,
    dashArray: isLarge ? null : "6 3",
    fill: !isLarge,
    fillOpacity: 0,
    interactive: !isLarge,
  });
  shape.bindPopup(() => card(name, [code, ...lines]));
  if (!name) return shape;
  shape.bindTooltip(label(name), {
    permanent: true,
    direction: "center",
    className: isLarge ? "name-large" : "name-small",
  });
  if (name) found.push({ text: `${name} ${code}`, at, mark: shape });
  return shape;
}

function label(name) {
  const span = document.createElement("span");
  span.textContent = name;
  return span;
}

/** The view that was chosen; names only where there is room for them. */
function frame(map, data) {
  if (data.view) map.setView([data.view[1], data.view[2]], data.view[0]);
  else map.fitBounds(data.bounds);
  const name = () => {
    map.getContainer().dataset.near = String(map.getZoom() >= 14);
    // Leaflet moves its tooltips in the same turn.
    requestAnimationFrame(() => thin(map));
  };
  map.on("zoomend overlayadd", name);
  name();
}

/** A name that would lie over another gives way: those of villages stand before those of grids. */
function thin(map) {
  const pane = map.getPane("tooltipPane");
  const kept = [];
  for (const element of [...pane.querySelectorAll(".name-large"), ...pane.querySelectorAll(".name-small")]) {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const isFree = kept.every(
      (one) => right < one.left || one.right < left || bottom < one.top || one.bottom < top,
    );
    element.style.visibility = isFree ? "" : "hidden";
    if (isFree && right > left) kept.push({ left, top, right, bottom });
  }
}

/** Leaflet's own buttons, in the language of the snapshot. */
function title(map, words) {
  for (const [name, text] of Object.entries(words.buttons)) {
    const button = map.getContainer().querySelector(`.leaflet-control-${name}`);
    button?.setAttribute("title", text);
    button?.setAttribute("aria-label", text);
  }
}

/** From the day on which it ends the snapshot says that it is old. */
function tellAge(data) {
  const today = new Date();
  const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()];
  const iso = day.map((part) => String(part).padStart(2, "0")).join("-");
  document.getElementById("snapshot-old").hidden = iso <= data.until;
}
