// Local metres: the 3° Gauss–Krüger zone of CGCS2000, as the server measures (EPSG:4534–4554).
// Pure: degrees in, metres out; knows no map and no DOM.

const A = 6378137;
const F = 1 / 298.257222101;
const N = F / (2 - F);
const E2 = F * (2 - F);
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
// Krüger's series in the third flattening; the terms left out are below a millimetre within 3°.
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3,
  (61 / 240) * N ** 3,
];
const RAD = Math.PI / 180;

/** Central meridian in degrees of the zone that holds a longitude. */
export function centralMeridian(longitude) {
  return Math.round(longitude / 3) * 3;
}

/** [easting, northing] in metres from the central meridian and the equator. */
export function project([longitude, latitude], meridian) {
  const sin = Math.sin(latitude * RAD);
  const e = Math.sqrt(E2);
  const t = Math.sinh(Math.atanh(sin) - e * Math.atanh(e * sin));
  const lambda = (longitude - meridian) * RAD;
  const xi = Math.atan2(t, Math.cos(lambda));
  const eta = Math.atanh(Math.sin(lambda) / Math.sqrt(1 + t * t));
  let easting = eta;
  let northing = xi;
  ALPHA.forEach((alpha, i) => {
    const k = 2 * (i + 1);
    easting += alpha * Math.cos(k * xi) * Math.sinh(k * eta);
    northing += alpha * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  return [RADIUS * easting, RADIUS * northing];
}
