// What a camera looks at, as a ring of [longitude, latitude]: the same fan that the server draws.

const METRES_A_DEGREE = 111_320;
const STEP = 6;

/** Null where bearing or reach are not known; a home's camera has neither. */
export function sectorOf({ place, bearing, field_of_view: angle, range_m: range }) {
  if (!place || bearing === null || bearing === undefined || !angle || !range) return null;
  const [longitude, latitude] = place;
  const across = METRES_A_DEGREE * Math.cos((latitude * Math.PI) / 180);
  const steps = Math.max(2, Math.ceil(angle / STEP));
  const ring = angle >= 360 ? [] : [place];
  for (let i = 0; i <= steps; i++) {
    const turn = ((bearing - angle / 2 + (angle * i) / steps) * Math.PI) / 180;
    ring.push([
      longitude + (range * Math.sin(turn)) / across,
      latitude + (range * Math.cos(turn)) / METRES_A_DEGREE,
    ]);
  }
  ring.push(ring[0]);
  return ring;
}
