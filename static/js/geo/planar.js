// Small plane geometry on [x, y] pairs: degrees, pixels or metres alike. Pure.

/** The place nearest to p on the segment a–b: `{t, distance, place}`. */
export function ontoSegment(p, a, b) {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2));
  const place = [a[0] + t * dx, a[1] + t * dy];
  return { t, place, distance: Math.hypot(p[0] - place[0], p[1] - place[1]) };
}

/** Where two segments cross: `{t, u, place}` with the fractions along the first and the second, or null. */
export function crossing(a, b, c, d) {
  const rx = b[0] - a[0];
  const ry = b[1] - a[1];
  const sx = d[0] - c[0];
  const sy = d[1] - c[1];
  const cross = rx * sy - ry * sx;
  if (cross === 0) return null;
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
  if (t < 0 || t > 1 || u < 0 || u > 1) return null;
  return { t, u, place: [a[0] + t * rx, a[1] + t * ry] };
}

/** Whether a place lies in a ring of places (even-odd; the last need not repeat the first). */
export function inRing([x, y], ring) {
  let isInside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) isInside = !isInside;
  }
  return isInside;
}

/** Inside a polygon's rings: holes take out again. */
export const inPolygon = (place, rings) =>
  rings.reduce((inside, ring) => inside !== inRing(place, ring), false);

export function inTriangle(p, a, b, c) {
  const side = (u, v) => (v[0] - u[0]) * (p[1] - u[1]) - (v[1] - u[1]) * (p[0] - u[0]);
  const [d, e, f] = [side(a, b), side(b, c), side(c, a)];
  return !((d < 0 || e < 0 || f < 0) && (d > 0 || e > 0 || f > 0));
}

/** Twice the signed area: positive where the ring runs against the clock. */
export function twiceArea(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++)
    sum +=
      (ring[j][0] - ring[0][0]) * (ring[i][1] - ring[0][1]) -
      (ring[i][0] - ring[0][0]) * (ring[j][1] - ring[0][1]);
  return sum;
}

/** [west, south, east, north] of places. */
export function boundsOf(places) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of places) {
    bounds[0] = Math.min(bounds[0], x);
    bounds[1] = Math.min(bounds[1], y);
    bounds[2] = Math.max(bounds[2], x);
    bounds[3] = Math.max(bounds[3], y);
  }
  return bounds;
}

/** A place well inside a polygon, for its name: the middle of the widest stretch of a line through it. */
export function inner(rings) {
  const [, south, , north] = boundsOf(rings[0]);
  let best = null;
  for (const share of [0.5, 0.35, 0.65]) {
    const y = south + (north - south) * share + (north - south) * 1e-6;
    const cuts = [];
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [a, b] = [ring[j], ring[i]];
        if (a[1] > y !== b[1] > y) cuts.push(a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
      }
    }
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const width = cuts[i + 1] - cuts[i];
      if (!best || width > best.width * 1.2) best = { width, place: [(cuts[i] + cuts[i + 1]) / 2, y] };
    }
  }
  return best?.place ?? rings[0][0];
}
