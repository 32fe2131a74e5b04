// Which names stand on the map, and the numbers of what a search has found.

import { pointsOf } from "./marks.js";

/** Labels of the sources that are shown: `[{x, y, properties, isLarge}]`, the larger areas first. */
export function labelsOf(frame, layers, isShown) {
  const labels = [];
  const take = (name, inside, isLarge) => {
    if (!isShown(name)) return;
    for (const point of pointsOf(frame, layers[name], inside))
      labels.push({ ...point, isLarge: isLarge(point.properties) });
  };
  take("regions", "region_label", () => true);
  take("grids", "grid_label", ({ level }) => level === "large");
  // The county's name would lie on a town; its own stand there.
  if (labels.some(({ properties }) => properties.level === "town"))
    return labels.filter(({ properties }) => properties.level !== "county");
  return frame.zoom < 13 ? labels.filter(({ isLarge }) => isLarge) : labels;
}

/** Draw the hits with their numbers; `at(hit)` is a hit's pixel at the frame's zoom. */
export function paintFound({ context, corner }, hits, at) {
  return hits.map((hit) => {
    const { x, y } = at(hit).subtract(corner);
    context.beginPath();
    context.arc(x, y, 11, 0, Math.PI * 2);
    context.fillStyle = "#0077bb";
    context.strokeStyle = "#fff";
    context.lineWidth = 2.5;
    context.fill();
    context.stroke();
    context.fillStyle = "#fff";
    context.font = "600 12px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(hit.number), x, y + 0.5);
    return { x, y, box: [x - 12, y - 12, x + 12, y + 12] };
  });
}
