// Roads and streams that divide a grid from border to border. What bears one name often comes in
// several pieces, which are joined where they meet. Pure.

import { cutPolygon } from "./cutting.js";
import { boundsOf } from "./planar.js";
import { keyOf } from "./topology.js";

/** `[{id, layer, name, lines}]`: what divides a MultiPolygon; `lines` run through it, joined. */
export function dividing(references, { coordinates }) {
  if (coordinates.length > 1) return [];
  const rings = coordinates[0].map((ring) => ring.slice(0, -1));
  const [west, south, east, north] = boundsOf(rings[0]);
  const named = new Map();
  for (const { id, layer, name, bounds, lines } of references) {
    if (bounds[0] > east || bounds[2] < west || bounds[1] > north || bounds[3] < south) continue;
    const key = name ? `${layer} ${name}` : String(id);
    const known = named.get(key);
    if (known) known.lines.push(...lines);
    else named.set(key, { id, layer, name, lines: [...lines] });
  }
  return [...named.values()]
    .map((one) => ({ ...one, lines: joined(one.lines).filter((line) => cuts(rings, line)) }))
    .filter(({ lines }) => lines.length > 0);
}

const cuts = (rings, line) => (cutPolygon(rings, [line])?.length ?? 0) > 1;

/** Lines of places joined end to end where exactly two of them meet. */
export function joined(lines) {
  const left = lines.map((line) => [...line]);
  for (;;) {
    const pair = meeting(left);
    if (!pair) return left;
    const [a, b] = pair;
    left.splice(left.indexOf(b), 1);
    if (keyOf(a[0]) === keyOf(b[0]) || keyOf(a[0]) === keyOf(b.at(-1))) a.reverse();
    if (keyOf(a.at(-1)) === keyOf(b.at(-1))) b.reverse();
    a.push(...b.slice(1));
  }
}

function meeting(lines) {
  const ends = new Map();
  for (const line of lines) {
    for (const place of [line[0], line.at(-1)]) {
      const key = keyOf(place);
      ends.set(key, [...(ends.get(key) ?? []), line]);
    }
  }
  for (const found of ends.values()) if (found.length === 2 && found[0] !== found[1]) return found;
  return null;
}
