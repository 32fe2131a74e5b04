// Distances and areas around a point. Pure.

const EARTH_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/**
 * Metres between two points `[lon, lat]` that lie within some hundred kilometres.
 * @param {[number, number]} a
 * @param {[number, number]} b
 * @returns {number}
 */
export function distanceM([lon, lat], [toLon, toLat]) {
  const x = (toLon - lon) * Math.cos(((lat + toLat) / 2) * RADIANS);
  return Math.hypot(x, toLat - lat) * RADIANS * EARTH_M;
}

/** Whether a GeoJSON polygon or multipolygon holds the point; holes are no part of it. */
export function holds(geometry, lon, lat) {
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  return polygons.some(
    ([outer, ...holes]) => inRing(outer, lon, lat) && !holes.some((hole) => inRing(hole, lon, lat)),
  );
}

function inRing(ring, lon, lat) {
  let isIn = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x, y] = ring[i];
    const [fromX, fromY] = ring[j];
    if (y > lat !== fromY > lat && lon < ((fromX - x) * (lat - y)) / (fromY - y) + x) isIn = !isIn;
  }
  return isIn;
}
