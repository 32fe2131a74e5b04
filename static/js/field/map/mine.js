// What lies on this tablet and not yet on the server: seen at once, so that nobody does it twice.

const INK = { draft: "#5a6270", waiting: "#0077bb", trouble: "#cc3311", done: "#009988" };
const TAU = Math.PI * 2;

/** Rings with a mark inside around places of own records: `[{place, world, id, tone}]`. */
export function paintMine({ context, corner, zoom }, mine, { scale }) {
  const side = 256 * 2 ** zoom;
  const r = Math.round(11 * scale);
  return mine.map(({ world, id, tone }) => {
    const x = world[0] * side - corner.x;
    const y = world[1] * side - corner.y;
    context.beginPath();
    context.arc(x, y, r, 0, TAU);
    context.fillStyle = "#fff";
    context.fill();
    context.setLineDash(tone === "draft" ? [4, 3] : []);
    context.lineWidth = 3;
    context.strokeStyle = INK[tone];
    context.stroke();
    context.setLineDash([]);
    // An arrow upwards: on its way.
    context.beginPath();
    context.moveTo(x - r * 0.4, y);
    context.lineTo(x, y - r * 0.45);
    context.lineTo(x + r * 0.4, y);
    context.moveTo(x, y - r * 0.4);
    context.lineTo(x, y + r * 0.5);
    context.lineWidth = 2.5;
    context.stroke();
    return { x, y, thing: "mine", properties: { id }, box: [x - r, y - r, x + r, y + r] };
  });
}
