// Incidents: pins by kind and state, heaps of them, and grids coloured by how many are open.

import { COLOURS, drawPin, LOOKS } from "./glyphs.js";
import { merged } from "./marks.js";

export { COLOURS, drawPin, LOOKS };

// From light to dark by the number that a grid has open.
const STEPS = [
  [20, "rgba(204,51,17,.42)"],
  [10, "rgba(238,119,51,.42)"],
  [5, "rgba(238,119,51,.28)"],
  [1, "rgba(238,119,51,.14)"],
];
const TAU = Math.PI * 2;

/** Draw pins, those that wait longest for somebody above the others; answers their boxes. */
export function paintPins({ context, zoom }, points, { scale }) {
  const rank = ({ properties }) => LOOKS.indexOf(properties.look);
  const r = Math.round((zoom < 17 ? 8 : 10) * scale);
  return [...points]
    .sort((a, b) => rank(b) - rank(a))
    .map((point) => {
      context.save();
      context.translate(point.x, point.y);
      drawPin(context, point.properties.kind, point.properties.look, r);
      context.restore();
      return { ...point, thing: "incident", box: [point.x - r, point.y - r, point.x + r, point.y + r] };
    });
}

/** Draw heaps: the number within, around it the shares of the looks, the worst look as edge. */
export function paintHeaps({ context }, points, { scale }) {
  return merged(points, scale).map(({ x, y, properties }) => {
    const count = Number(properties.n);
    const r = Math.round((10 + 2 * Math.log2(count + 1)) * scale);
    const worst = LOOKS.find((look) => properties[look] > 0) ?? "open";
    disc(context, x, y, r + 3, "#fff");
    ringPart(context, x, y, r + 1.5, 0, TAU, 3, COLOURS[worst]);
    let angle = -Math.PI / 2;
    for (const look of LOOKS) {
      const end = angle + (Number(properties[look] ?? 0) / count) * TAU;
      if (end > angle) ringPart(context, x, y, r - 3.5, angle, end, 4, COLOURS[look]);
      angle = end;
    }
    context.fillStyle = "#222";
    context.font = `700 ${Math.round(12 * scale)}px sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(count), x, y + 0.5);
    const outer = r + 3;
    return {
      x,
      y,
      properties,
      thing: "incident_heap",
      box: [x - outer, y - outer, x + outer, y + outer],
    };
  });
}

function disc(context, x, y, r, colour) {
  context.beginPath();
  context.arc(x, y, r, 0, TAU);
  context.fillStyle = colour;
  context.fill();
}

function ringPart(context, x, y, r, from, to, width, colour) {
  context.beginPath();
  context.arc(x, y, r, from, to);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

/** Colour of a grid with `n` open incidents, or null where there are none or it is not told. */
export function fillOf(n) {
  return STEPS.find(([least]) => n >= least)?.[1] ?? null;
}

/** Numbers of open incidents by grid, from the tiles that are there. */
export function openByGrid(layer) {
  const found = new Map();
  for (const { tile } of layer.drawable()) {
    for (const { properties } of tile.features.incident_area ?? []) {
      if (properties.n !== undefined) found.set(properties.code, Number(properties.n));
    }
  }
  return found;
}
