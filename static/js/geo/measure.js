// Lengths and areas of what a person draws. Points are [longitude, latitude] in degrees.

import { centralMeridian, project } from "./gausskruger.js";

const MU_M2 = 10000 / 15;

function inZone(points) {
  if (points.length === 0) return [];
  const middle = points.reduce((sum, [longitude]) => sum + longitude, 0) / points.length;
  const meridian = centralMeridian(middle);
  return points.map((point) => project(point, meridian));
}

/** Length of a line in metres, in the local zone. */
export function lengthM(points) {
  const metres = inZone(points);
  let sum = 0;
  for (let i = 1; i < metres.length; i++) {
    sum += Math.hypot(metres[i][0] - metres[i - 1][0], metres[i][1] - metres[i - 1][1]);
  }
  return sum;
}

/** Area in m² of the ring that the points make; its last point need not repeat the first. */
export function areaM2(points) {
  const metres = inZone(points);
  let twice = 0;
  metres.forEach(([x, y], i) => {
    const [nextX, nextY] = metres[(i + 1) % metres.length];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

/** 亩 of an area in m²: fifteen to the hectare. */
export function mu(area) {
  return area / MU_M2;
}

/** A length as a person writes it: {value, unit} with m below a kilometre. */
export function readableLength(metres) {
  if (metres < 1000) return { value: Math.round(metres), unit: "m" };
  return { value: Number((metres / 1000).toFixed(metres < 10000 ? 2 : 1)), unit: "km" };
}
