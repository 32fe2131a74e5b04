// Patrol routes: a line with arrow heads, checkpoints with their numbers.

import { worldOf } from "./world.js";

const INK = "#44556b";
const HEAD_EVERY = 90;
const FONT = "600 12px sans-serif";
const TAU = Math.PI * 2;

const pixels = ({ corner, zoom }, line) => {
  const side = 256 * 2 ** zoom;
  return line.map((place) => {
    const [x, y] = worldOf(place);
    return [x * side - corner.x, y * side - corner.y];
  });
};

export function paintRoutes(frame, routes) {
  const { context, size } = frame;
  context.lineJoin = "round";
  for (const { line } of routes) {
    const points = pixels(frame, line);
    for (const [colour, width] of [
      ["rgba(255,255,255,.9)", 5.5],
      [INK, 2.5],
    ]) {
      context.beginPath();
      points.forEach(([x, y], i) => {
        context[i === 0 ? "moveTo" : "lineTo"](x, y);
      });
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
    paintHeads(context, points, size);
  }
}

function paintHeads(context, points, size) {
  context.fillStyle = INK;
  let left = HEAD_EVERY / 2;
  for (let i = 1; i < points.length; i++) {
    const [[x1, y1], [x2, y2]] = [points[i - 1], points[i]];
    const length = Math.hypot(x2 - x1, y2 - y1);
    const turn = Math.atan2(y2 - y1, x2 - x1);
    for (; left < length; left += HEAD_EVERY) {
      const x = x1 + ((x2 - x1) * left) / length;
      const y = y1 + ((y2 - y1) * left) / length;
      if (x < 0 || y < 0 || x > size.x || y > size.y) continue;
      context.save();
      context.translate(x, y);
      context.rotate(turn);
      context.beginPath();
      context.moveTo(6, 0);
      context.lineTo(-5, 5);
      context.lineTo(-5, -5);
      context.fill();
      context.restore();
    }
    left -= length;
  }
}

export function paintCheckpoints(frame, routes) {
  const { context, zoom } = frame;
  if (zoom < 13) return;
  context.font = FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { checkpoints } of routes) {
    for (const { place, order } of checkpoints ?? []) {
      const [[x, y]] = pixels(frame, [place]);
      context.beginPath();
      context.arc(x, y, 11, 0, TAU);
      context.fillStyle = INK;
      context.strokeStyle = "#fff";
      context.lineWidth = 2.5;
      context.fill();
      context.stroke();
      context.fillStyle = "#fff";
      context.fillText(String(order), x, y + 0.5);
    }
  }
}
