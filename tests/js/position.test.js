// How old a fix is, where the tablet's clock is not the satellites'.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ageOf, Position } from "../../static/js/field/position.js";

const COORDS = { longitude: 112.4, latitude: 25.6, accuracy: 6, heading: null, speed: null };

/** Ages of the fixes that a receiver tells: `times(now)` are ms before now. */
const ages = (t, times) => fixes(t, times).map(({ age }) => age);

/** `{age, off}` of the fixes: s, and ms by which their time is another than the tablet's. */
function fixes(t, times) {
  t.mock.timers.enable({ apis: ["Date", "setInterval"], now: Date.UTC(2026, 10, 26) });
  let tell = null;
  const watchPosition = (onFix) => {
    tell = onFix;
    return 1;
  };
  const geolocation = { watchPosition, clearWatch() {} };
  Object.defineProperty(globalThis, "navigator", { value: { geolocation }, configurable: true });
  const position = new Position();
  const stop = position.watch(() => {});
  const found = times.map((ms) => {
    t.mock.timers.tick(1000);
    tell({ coords: COORDS, timestamp: Date.now() - ms });
    return { age: ageOf(position.last), off: position.last.at - Date.now() };
  });
  stop();
  return found;
}

test("by a right clock a fix is as old as it says", (t) => {
  assert.deepEqual(ages(t, [1000, 2000, 500]), [1, 2, 1]);
});

test("one that was kept from earlier stays old, however often it is told", (t) => {
  assert.deepEqual(ages(t, [60_000, 61_000, 62_000, 500]), [60, 61, 62, 1]);
});

test("a tablet's clock that is ahead makes no new fix old, from the second on", (t) => {
  const ahead = 10 * 24 * 3600_000;
  assert.deepEqual(ages(t, [ahead, ahead + 400, ahead - 300]).slice(1), [0, 0]);
});

test("by one that is behind they are of now, the first one, too", (t) => {
  const behind = -10 * 24 * 3600_000;
  assert.deepEqual(
    fixes(t, [behind, behind, behind]).map(({ off }) => off),
    [0, 0, 0],
  );
});
