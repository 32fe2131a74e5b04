// Pins, cameras and plates by themselves: how they are drawn around (0, 0). Snapshots use them, too.

import { drawSymbol } from "./symbols.js";

// From the look that shows first in a heap to the one that shows last.
export const LOOKS = ["late", "open", "hand", "waiting", "closed"];
export const COLOURS = {
  late: "#cc3311",
  open: "#ee7733",
  hand: "#0077bb",
  waiting: "#bbbbbb",
  closed: "#009988",
};
const SHAPES = { general: "disc", mediation: "bubble", emergency: "triangle", approval: "sheet" };
const INK = "#333";
export const BLUE = "#0077bb";
const RED = "#cc3311";
const GREEN = "#117733";
const TAU = Math.PI * 2;
// One character says more than a shape: what stands on the door.
const SIGNS = {
  desk: "便",
  police: "警",
  legal: "法",
  mediation: "调",
  health: "医",
  board: "告",
  shelter: "避",
  fire: "消",
};

/** A pin around (0, 0): the kind's shape in the state's colour, with an eye and an edge of its own. */
export function drawPin(context, kind, look, r) {
  drawSymbol(context, SHAPES[kind] ?? "disc", COLOURS[look] ?? INK, r, INK);
  context.beginPath();
  context.arc(0, kind === "emergency" ? r * 0.12 : 0, r * 0.26, 0, TAU);
  context.fillStyle = look === "waiting" ? INK : "#fff";
  context.fill();
}

/** A camera around (0, 0): a home's hollow, one out of order with a red edge and slash. */
export function drawCamera(context, owner, state, r) {
  const isBroken = state === "broken";
  const ink = isBroken ? RED : state === "off" ? "#777" : BLUE;
  context.beginPath();
  context.arc(0, 0, r, 0, TAU);
  context.fillStyle = "#fff";
  context.fill();
  context.lineWidth = isBroken ? 2 : 1.25;
  context.strokeStyle = ink;
  context.stroke();
  context.beginPath();
  context.roundRect(-r * 0.6, -r * 0.38, r * 0.8, r * 0.76, r * 0.14);
  context.moveTo(r * 0.2, -r * 0.08);
  context.lineTo(r * 0.62, -r * 0.36);
  context.lineTo(r * 0.62, r * 0.36);
  context.lineTo(r * 0.2, r * 0.08);
  context.closePath();
  if (owner === "home") context.stroke();
  else {
    context.fillStyle = ink;
    context.fill();
  }
  if (!isBroken) return;
  context.beginPath();
  context.moveTo(-r * 0.7, r * 0.7);
  context.lineTo(r * 0.7, -r * 0.7);
  context.lineWidth = 2.5;
  context.strokeStyle = RED;
  context.stroke();
}

/** A service point around (0, 0): a green plate with the character of its kind. */
export function drawPoint(context, kind, r) {
  context.beginPath();
  context.roundRect(-r, -r, r * 2, r * 2, r * 0.3);
  context.lineWidth = 3;
  context.strokeStyle = "#fff";
  context.stroke();
  context.fillStyle = kind === "police" || kind === "fire" ? "#332288" : GREEN;
  context.fill();
  context.fillStyle = "#fff";
  context.font = `600 ${Math.round(r * 1.35)}px "Noto Sans SC","Noto Sans CJK SC","PingFang SC",sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(SIGNS[kind] ?? "?", 0, r * 0.08);
}
