// Where somebody stands, how much room there is: never told as better than it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { average, fixOf, offsetM, refusalOf, usable } from "../../static/js/offline/geofix.js";
import { distanceM, holds } from "../../static/js/offline/nearby.js";
import { askPersist, persisted, room } from "../../static/js/offline/room.js";

const NOW = Date.UTC(2026, 10, 25, 1, 12);
const at = (more) => ({ lon: 112.41, lat: 25.6, accuracy_m: 6, at: NOW - 2000, ...more });

test("old, inaccurate and senseless samples do not count", () => {
  assert.equal(refusalOf(at(), NOW), "");
  assert.equal(refusalOf(at({ at: NOW - 16_000 }), NOW), "old");
  assert.equal(refusalOf(at({ accuracy_m: 21 }), NOW), "inaccurate");
  for (const bad of [{ lat: 95 }, { lon: Number.NaN }, { accuracy_m: 0 }, { at: undefined }]) {
    assert.equal(refusalOf(at(bad), NOW), "invalid");
  }
});

test("the mean leans to the accurate one and is not told as better than it", () => {
  const { lon, accuracy_m } = average([at({ accuracy_m: 5 }), at({ lon: 112.4101, accuracy_m: 15 })]);
  assert.ok(Math.abs(lon - 112.41001) < 1e-7);
  assert.ok(accuracy_m >= 5 && accuracy_m < 10);
  assert.equal(average([]), null);
  const apart = average([at({ accuracy_m: 3 }), at({ lon: 112.411, accuracy_m: 3 })]);
  assert.ok(apart.accuracy_m > 40, `${apart.accuracy_m}`);
});

test("who has walked on is not in the middle of the way", () => {
  const way = [
    at({ lon: 112.409, at: NOW - 9000 }),
    at({ at: NOW - 1000 }),
    at({ lon: 112.41005, at: NOW - 3000 }),
  ];
  assert.deepEqual(
    usable(way, NOW).map(({ lon }) => lon),
    [112.41, 112.41005],
  );
});

test("a fix keeps all samples, and says how old the newest is", () => {
  const samples = [at({ at: NOW - 60_000 }), at(), at({ accuracy_m: 80 }), at({ lon: Number.NaN })];
  const fix = fixOf(samples, NOW);
  assert.deepEqual([fix.lon, fix.lat, fix.accuracy_m, fix.age_s], [112.41, 25.6, 6, 2]);
  assert.deepEqual(
    fix.samples.map(([, , accuracy]) => accuracy),
    [6, 6, 80],
  );
  assert.equal(fix.samples[1][3], "2026-11-25T01:11:58.000Z");
  assert.equal(fixOf([at({ accuracy_m: 80 })], NOW), null);
});

test("metres to a dragged pin; a hole is no part of an area", () => {
  assert.ok(Math.abs(offsetM(at(), [112.41, 25.601]) - 111.2) < 0.1);
  assert.ok(Math.abs(distanceM([112.41, 25.6], [112.411, 25.6]) - 100.28) < 0.05);
  const ring = (from, to) => [
    [from, from],
    [to, from],
    [to, to],
    [from, to],
    [from, from],
  ];
  const withHole = { type: "MultiPolygon", coordinates: [[ring(0, 10), ring(4, 6)], [ring(20, 21)]] };
  assert.deepEqual(
    [
      [1, 1],
      [5, 5],
      [20.5, 20.5],
      [15, 15],
    ].map(([x, y]) => holds(withHole, x, y)),
    [true, false, true, false],
  );
});

test("room is low by what is free; a browser that says nothing is not guessed at", async () => {
  const storage = (usage, quota) => ({ estimate: async () => ({ usage, quota }) });
  assert.deepEqual(await room(storage(1e9, 2e9)), { usage: 1e9, quota: 2e9, free: 1e9, low: false });
  assert.equal((await room(storage(1.9e9, 2e9))).low, true);
  assert.equal((await room(storage(9.6e9, 10e9))).low, true);
  assert.deepEqual(await room({}), { usage: null, quota: null, free: null, low: false });
  assert.deepEqual(await room(undefined), { usage: null, quota: null, free: null, low: false });
});

test("the promise to keep is the browser's answer, not the wish", async () => {
  assert.equal(await askPersist({ persisted: async () => false, persist: async () => false }), false);
  assert.equal(await askPersist({ persisted: async () => true }), true);
  assert.equal(
    await askPersist({ persisted: async () => false, persist: () => Promise.reject(new Error("no")) }),
    false,
  );
  assert.equal(await persisted(undefined), false);
});
