// Sites: cameras with what they look at, and service points.

import { eachTile } from "./ground.js";

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

/** Fill what cameras look at: those that work in blue, those out of order as a red outline. */
export function paintSectors(frame, layer) {
  const { context } = frame;
  eachTile(frame, layer, ({ features }, scale) => {
    for (const { path, properties } of features.sector ?? []) {
      const isBroken = properties.state === "broken";
      context.fillStyle = isBroken ? "rgba(204,51,17,.06)" : "rgba(0,119,187,.10)";
      context.fill(path, "evenodd");
      context.strokeStyle = isBroken ? "rgba(204,51,17,.55)" : "rgba(0,119,187,.35)";
      context.lineWidth = 1 / scale;
      context.stroke(path);
    }
  });
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

/** Draw camera sites, those out of order above the others; answers their boxes. */
export function paintCameras({ context, zoom }, points, { scale }) {
  const r = Math.round((zoom < 16 ? 6 : 9) * scale);
  const order = [...points].sort(
    (a, b) => (a.properties.state === "broken") - (b.properties.state === "broken"),
  );
  return order.map((point) =>
    placed(context, point, r, "camera", () =>
      drawCamera(context, point.properties.owner, point.properties.state, r),
    ),
  );
}

export function paintPoints({ context, zoom }, points, { scale }) {
  const r = Math.round((zoom < 15 ? 7 : 10) * scale);
  return points.map((point) =>
    placed(context, point, r, "service_point", () => drawPoint(context, point.properties.kind, r)),
  );
}

function placed(context, point, r, thing, draw) {
  context.save();
  context.translate(point.x, point.y);
  draw();
  context.restore();
  return { ...point, thing, box: [point.x - r, point.y - r, point.x + r, point.y + r] };
}
