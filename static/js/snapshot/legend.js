// The legend of a snapshot: of what stands in it.

import { drawCamera, drawPin, drawPoint } from "../map/glyphs.js";
import { drawSymbol } from "../map/symbols.js";

const SIDE = 22;

/** Entries `[label, draw(context, r)]` of all that the data holds. */
export function entriesOf(data) {
  const held = (rows, index) => [...new Set(rows.map((row) => row[index]))];
  const tagged = new Set(data.households.flatMap(([, tags]) => tags));
  const { words } = data;
  return [
    ...data.tags
      .filter((_, index) => tagged.has(index))
      .map(([name, symbol, colour]) => [name, (context, r) => drawSymbol(context, symbol, colour, r)]),
    ...(data.households.some(([, tags]) => !tags.length)
      ? [[words.household, (context, r) => drawSymbol(context, "dot", "#888", r * 0.5)]]
      : []),
    ...held(data.services, 1).map((kind) => [
      words.services[kind],
      (context, r) => drawPoint(context, kind, r),
    ]),
    ...held(data.cameras, 2).map((state) => [
      `${words.camera}: ${words.cameras[state]}`,
      (context, r) => drawCamera(context, "public", state, r),
    ]),
    ...held(data.incidents, 2).map((look) => [
      words.looks[look],
      (context, r) => drawPin(context, "general", look, r),
    ]),
  ];
}

/** The legend in the corner of the map, to be folded. */
export function addLegend(map, data) {
  const entries = entriesOf(data);
  if (!entries.length) return;
  const control = new L.Control({ position: "bottomright" });
  control.onAdd = () => {
    const box = L.DomUtil.create("details", "snapshot-legend leaflet-bar");
    box.open = map.getSize().x > 900;
    L.DomEvent.disableClickPropagation(box);
    const title = document.createElement("summary");
    title.textContent = data.words.legend;
    box.append(title, ...entries.map(row));
    return box;
  };
  control.addTo(map);
}

function row([label, draw]) {
  const line = document.createElement("div");
  const canvas = document.createElement("canvas");
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = SIDE * ratio;
  canvas.height = SIDE * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.translate(SIDE / 2, SIDE / 2);
  draw(context, 7);
  line.append(canvas, label);
  return line;
}
