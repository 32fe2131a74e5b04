// GCJ-02, the shifted datum of Chinese web maps. Only base map tiles are ever moved by it,
// never data. The polynomial is the published obfuscation, as every such map applies it.

const A = 6378245;
const EE = 0.006693421622965943;
const { PI } = Math;

function ripple(x) {
  return 20 * Math.sin(6 * x * PI) + 20 * Math.sin(2 * x * PI);
}

function roll(v) {
  return 20 * Math.sin(v * PI) + 40 * Math.sin((v / 3) * PI);
}

function shiftNorth(x, y) {
  const swell = 160 * Math.sin((y / 12) * PI) + 320 * Math.sin((y / 30) * PI);
  const plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  return plain + ((ripple(x) + roll(y) + swell) * 2) / 3;
}

function shiftEast(x, y) {
  const swell = 150 * Math.sin((x / 12) * PI) + 300 * Math.sin((x / 30) * PI);
  const plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  return plain + ((ripple(x) + roll(x) + swell) * 2) / 3;
}

function outOfChina(longitude, latitude) {
  return longitude < 72.004 || longitude > 137.8347 || latitude < 0.8293 || latitude > 55.8271;
}

/** Where a WGS 84 / CGCS2000 place stands on a GCJ-02 map: [longitude, latitude]. */
export function toGcj02([longitude, latitude]) {
  if (outOfChina(longitude, latitude)) return [longitude, latitude];
  const x = longitude - 105;
  const y = latitude - 35;
  const radians = (latitude / 180) * PI;
  const magic = 1 - EE * Math.sin(radians) ** 2;
  const root = Math.sqrt(magic);
  const north = (shiftNorth(x, y) * 180) / (((A * (1 - EE)) / (magic * root)) * PI);
  const east = (shiftEast(x, y) * 180) / ((A / root) * Math.cos(radians) * PI);
  return [longitude + east, latitude + north];
}
