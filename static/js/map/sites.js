// Sites: cameras with what they look at, and service points.

import { BLUE, drawCamera, drawPoint } from "./glyphs.js";
import { eachTile } from "./ground.js";

export { BLUE, drawCamera, drawPoint };

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
