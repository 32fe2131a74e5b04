// What of a sheet lies nearest to a pointer. Distances are in pixels: `scale` is
// [pixels a degree of longitude, pixels a degree of latitude] where one looks. Pure.

import { inRing, ontoSegment } from "./planar.js";

/** The vertex nearest to a place within `reach`, `{id, distance}`, or null. */
export function nearestVertex(topology, [lon, lat], scale, reach, { except = null } = {}) {
  let found = null;
  for (const arc of topology.arcs) {
    if (isFar(arc.bounds, [lon, lat], scale, reach)) continue;
    for (const id of arc.ids) {
      const dx = (topology.lon[id] - lon) * scale[0];
      if (dx > reach || dx < -reach || id === except) continue;
      const distance = Math.hypot(dx, (topology.lat[id] - lat) * scale[1]);
      if (distance <= reach && (!found || distance < found.distance)) found = { id, distance };
    }
  }
  return found;
}

/** The border nearest to a place: `{arc, a, b, place, distance}`, or null. */
export function nearestEdge(topology, place, scale, reach, { except = null } = {}) {
  const point = [place[0] * scale[0], place[1] * scale[1]];
  const pixel = (id) => [topology.lon[id] * scale[0], topology.lat[id] * scale[1]];
  let found = null;
  for (const arc of topology.arcs) {
    if (isFar(arc.bounds, place, scale, reach)) continue;
    let from = pixel(arc.ids[0]);
    for (let i = 1; i < arc.ids.length; i++) {
      const to = pixel(arc.ids[i]);
      const [a, b] = [arc.ids[i - 1], arc.ids[i]];
      if (a !== except && b !== except && isNear(point, from, to, reach)) {
        const hit = ontoSegment(point, from, to);
        if (hit.distance <= reach && (!found || hit.distance < found.distance))
          found = {
            arc,
            a,
            b,
            distance: hit.distance,
            place: [hit.place[0] / scale[0], hit.place[1] / scale[1]],
          };
      }
      from = to;
    }
  }
  return found;
}

/** The reference line nearest to a place: `{reference, line, index, place, distance}`, or null. */
export function nearestReference(references, place, scale, reach) {
  const point = [place[0] * scale[0], place[1] * scale[1]];
  let found = null;
  for (const reference of references) {
    if (isFar(reference.bounds, place, scale, reach)) continue;
    for (const line of reference.lines) {
      for (let i = 1; i < line.length; i++) {
        const from = [line[i - 1][0] * scale[0], line[i - 1][1] * scale[1]];
        const to = [line[i][0] * scale[0], line[i][1] * scale[1]];
        const hit = ontoSegment(point, from, to);
        if (hit.distance > reach || (found && hit.distance >= found.distance)) continue;
        found = {
          reference,
          line,
          index: i - 1,
          distance: hit.distance,
          place: [hit.place[0] / scale[0], hit.place[1] / scale[1]],
        };
      }
    }
  }
  return found;
}

function isFar([west, south, east, north], [lon, lat], scale, reach) {
  const h = reach / scale[0];
  const v = reach / scale[1];
  return lon < west - h || lon > east + h || lat < south - v || lat > north + v;
}

const isNear = (p, a, b, reach) =>
  Math.min(a[0], b[0]) - reach <= p[0] &&
  p[0] <= Math.max(a[0], b[0]) + reach &&
  Math.min(a[1], b[1]) - reach <= p[1] &&
  p[1] <= Math.max(a[1], b[1]) + reach;

/**
 * Where a pointer is drawn to: a corner before a border, a border before a road or stream.
 * `{kind: "vertex" | "border" | "road" | "water", place, …}` or null.
 */
export function snap(place, { topology, references = [], scale, reach, except = null }) {
  const vertex = nearestVertex(topology, place, scale, reach, { except });
  if (vertex) return { kind: "vertex", id: vertex.id, place: topology.place(vertex.id) };
  const edge = nearestEdge(topology, place, scale, reach, { except });
  const line = nearestReference(references, place, scale, reach);
  if (edge && (!line || edge.distance <= line.distance)) return { ...edge, kind: "border" };
  return line ? { ...line, kind: line.reference.layer } : null;
}

/** Code of the face that holds a place, or null; `codes` limits the search. */
export function faceAt(topology, place, codes = topology.faces.keys()) {
  for (const code of codes) if (isInFace(topology, code, place)) return code;
  return null;
}

export function isInFace(topology, code, [x, y]) {
  const { lon, lat } = topology;
  let isInside = false;
  for (const rings of topology.faces.get(code)?.polygons ?? []) {
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const yi = lat[ring[i]];
        const yj = lat[ring[j]];
        if (yi > y === yj > y) continue;
        const xi = lon[ring[i]];
        if (x < ((lon[ring[j]] - xi) * (y - yi)) / (yj - yi) + xi) isInside = !isInside;
      }
    }
  }
  return isInside;
}

/** Positions of the points (columns `lon`, `lat`) that lie in a ring of places. */
export function pointsIn({ lon, lat }, ring, isWanted = () => true) {
  const found = [];
  for (let i = 0; i < lon.length; i++) if (isWanted(i) && inRing([lon[i], lat[i]], ring)) found.push(i);
  return found;
}
