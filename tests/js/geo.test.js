import assert from "node:assert/strict";
import { test } from "node:test";
import { centralMeridian, project } from "../../static/js/geo/gausskruger.js";
import { toGcj02 } from "../../static/js/geo/gcj02.js";
import { areaM2, lengthM, mu, readableLength } from "../../static/js/geo/measure.js";
import { format, parse } from "../../static/js/geo/permalink.js";
import { Occupancy, place, touches } from "../../static/js/geo/placement.js";
import { hasBit, ordered, shownTags } from "../../static/js/geo/tags.js";

const near = (got, wanted, tolerance) =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got} is not within ${tolerance} of ${wanted}`);

test("the zone changes at 112.5°E", () => {
  assert.equal(centralMeridian(112.41), 111);
  assert.equal(centralMeridian(112.51), 114);
});

test("Gauss–Krüger agrees with PROJ to a millimetre", () => {
  // pyproj 3.7, EPSG:4490 → EPSG:4546 (111°E), false easting of 500 km taken off.
  const [easting, northing] = project([112.42, 25.6], 111);
  near(easting, 142654.3678, 0.001);
  near(northing, 2833284.52, 0.001);
});

test("a hundredth of a degree at 25.6°N", () => {
  near(
    lengthM([
      [112.4, 25.6],
      [112.41, 25.6],
    ]),
    1004.7,
    1,
  );
  near(
    lengthM([
      [112.4, 25.6],
      [112.4, 25.61],
    ]),
    1107.8,
    1,
  );
  assert.equal(lengthM([[112.4, 25.6]]), 0);
});

test("area does not mind direction or a repeated last point", () => {
  const ring = [
    [112.4, 25.6],
    [112.41, 25.6],
    [112.41, 25.61],
    [112.4, 25.61],
  ];
  near(areaM2(ring), 1_113_000, 2000);
  near(areaM2([...ring].reverse()), areaM2(ring), 1e-3);
  near(areaM2([...ring, ring[0]]), areaM2(ring), 1);
  near(mu(1_000_000), 1500, 1e-9);
});

test("lengths read as a person writes them", () => {
  assert.deepEqual(readableLength(999.4), { value: 999, unit: "m" });
  assert.deepEqual(readableLength(1234), { value: 1.23, unit: "km" });
});

test("GCJ-02 lies hundreds of metres off inside China and not at all outside", () => {
  // geocoordinates_ffi, wgs2gcj
  const [longitude, latitude] = toGcj02([112.42, 25.6]);
  near(longitude, 112.42551697, 1e-7);
  near(latitude, 25.59725883, 1e-7);
  assert.deepEqual(toGcj02([2.35, 48.85]), [2.35, 48.85]);
});

test("bits beyond the thirty-second are read", () => {
  assert.ok(hasBit(2 ** 40 + 1, 40));
  assert.ok(!hasBit(2 ** 40 + 1, 39));
});

test("symbols follow the legend's order, hidden ones left out", () => {
  const tags = ["star", "ring", "plus"].map((slug, bit) => ({ slug, bit }));
  const slugs = (mask, order, hidden, limit) =>
    shownTags(mask, ordered(tags, order), new Set(hidden), limit).map((tag) => tag.slug);
  assert.deepEqual(slugs(0b111, [], [], 3), ["star", "ring", "plus"]);
  assert.deepEqual(slugs(0b111, ["plus"], [], 1), ["plus"]);
  assert.deepEqual(slugs(0b011, ["plus", "ring"], ["ring"], 3), ["star"]);
  assert.deepEqual(slugs(0, [], [], 3), []);
});

test("labels stand beside what is taken, and shorten or go where there is no room", () => {
  const occupied = new Occupancy();
  occupied.add([90, 90, 110, 110]);
  const sizes = [
    { width: 40, height: 16 },
    { width: 20, height: 16 },
  ];
  const labels = [{ x: 100, y: 100, rank: 1, sizes }];
  const [first] = place(labels, occupied, [0, 0, 300, 300]);
  assert.ok(Math.abs(first.y - 100) >= 18 || Math.abs(first.x - 100) >= 20);
  assert.deepEqual(
    place(labels, new Occupancy(), [90, 90, 112, 112]).map(({ form }) => form.width),
    [20],
  );
  assert.deepEqual(place(labels, new Occupancy(), [0, 0, 10, 10]), []);
});

test("of two labels on one spot the one of the lower rank keeps it", () => {
  const sizes = [{ width: 40, height: 16 }];
  const both = [
    { name: "small", x: 50, y: 50, rank: 2, sizes },
    { name: "large", x: 50, y: 50, rank: 1, sizes },
  ];
  const placed = place(both, new Occupancy(), [0, 0, 200, 200]);
  assert.equal(placed[0].label.name, "large");
  assert.deepEqual([placed[0].x, placed[0].y], [50, 50]);
  assert.notDeepEqual([placed[1].x, placed[1].y], [50, 50]);
});

test("a permalink brings the same view back", () => {
  const view = {
    place: { zoom: 16, lat: 25.60123, lng: 112.40123 },
    selected: "h:12",
    tags: ["low_income", "deputy"],
    mode: "all",
    area: "431024111200001",
    at: "2026-01-01",
    look: "late",
    kind: "mediation",
    category: "drain",
    since: "2026-11-01",
    until: "2026-11-07",
    fill: true,
    off: ["reference"],
    hidden: ["deputy"],
    order: ["deputy", "low_income"],
    base: "tianditu",
    panel: false,
    table: true,
    sort: "-people",
    page: 3,
  };
  assert.deepEqual(parse(format(view)), view);
});

test("a hash that makes no sense is a view of defaults", () => {
  const view = parse("#<script>?s=x:1&g=12&at=tomorrow&page=-4&f=a b,ok");
  assert.equal(view.place, null);
  assert.equal(view.selected, null);
  assert.equal(view.area, null);
  assert.equal(view.at, null);
  assert.equal(view.page, 1);
  assert.deepEqual(view.tags, ["ok"]);
  assert.equal(format(view), "#?f=ok");
});

test("a label that has to move stays on what it names, or is left out", () => {
  const labels = [{ x: 50, y: 50, rank: 0, sizes: [{ width: 40, height: 10 }] }];
  const taken = () => {
    const occupied = new Occupancy();
    occupied.add([40, 40, 60, 60]);
    return occupied;
  };
  const frame = [0, 0, 200, 200];
  const [below] = place(labels, taken(), frame, (_label, _x, y) => y > 60);
  assert.ok(below.y > 60);
  assert.deepEqual(
    place(labels, taken(), frame, () => false),
    [],
  );
});

test("a name too large for what it names stands clear beside it", () => {
  const isThere = (_label, x, y) => Math.hypot(x - 100, y - 100) < 12;
  const label = { x: 100, y: 100, rank: 1, isBeside: true, sizes: [{ width: 40, height: 16 }] };
  const [placed] = place([label], new Occupancy(), [0, 0, 200, 200], isThere);
  assert.equal(placed.y, 100);
  const box = [placed.x - 20, placed.y - 8, placed.x + 20, placed.y + 8];
  assert.ok(!touches(box, (x, y) => isThere(label, x, y)));
  assert.ok(touches([90, 90, 110, 110], (x, y) => isThere(label, x, y)));
});

test("a label grows where all names are placed and room is left below it", () => {
  const bare = { width: 20, height: 10 };
  const fuller = [
    { width: 60, height: 20 },
    { width: 30, height: 20 },
  ];
  const labels = [
    { x: 50, y: 50, rank: 1, sizes: [bare], fuller },
    { x: 85, y: 60, rank: 2, sizes: [bare], fuller: [{ width: 20, height: 60 }] },
  ];
  const [first, second] = place(labels, new Occupancy(), [0, 0, 100, 100]);
  assert.deepEqual([first.form, first.x, first.y], [fuller[1], 50, 55]);
  assert.deepEqual([second.form, second.y], [bare, 60]);
});
