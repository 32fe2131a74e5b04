// A patrol that is killed between two writes, or whose piece of track somebody else has sealed: nothing is half, nothing lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { enrolled } from "./tablet.js";

globalThis.document ??= { addEventListener() {}, visibilityState: "visible" };
const { Patrolling } = await import("../../static/js/field/patrolling.js");

const ROUTE = { id: 7, members: ["worker"] };

/** A page over an enrolled tablet: `patrolling`, and `hear(metres, ms)`, a fix so far on the way, of so much later. */
async function page(own) {
  let heard = null;
  const app = {
    outbox: own.outbox,
    store: own.store,
    sender: { kick() {} },
    ground: { forms: { version: 1 }, route: () => null, whole: Promise.resolve() },
    position: {
      watch: (onChange) => {
        heard = onChange;
        return () => {};
      },
    },
    failed: (error) => assert.fail(error),
  };
  const patrolling = new Patrolling(app);
  const hear = (metres, ms = 0) =>
    heard({ place: [112.4, 25.6 + metres / 111_000], accuracy_m: 6, at: Date.now() + ms }, null, true);
  return { patrolling, hear };
}

/** `[action, state]` of all, in their order. */
const rows = async ({ outbox }) =>
  (await outbox.rows({ limit: 100 })).map(({ action, state }) => [action, state]).reverse();

async function until(isSo) {
  for (let i = 0; i < 200 && !(await isSo()); i++) await new Promise((go) => setTimeout(go, 5));
  assert.ok(await isSo());
}

test("killed between beginning and sealing it, the run goes on and is told to the server", async () => {
  const own = await enrolled();
  const id = await own.outbox.draft("run", "start", { values: { route: 7 } });
  const { record } = await own.outbox.get(id);
  await own.store.settings.put({ name: "patrol", value: { record, route: 7, passed: [], points: 0 } });
  const { patrolling } = await page(own);
  await patrolling.resume();
  assert.equal(patrolling.run.record, record);
  assert.deepEqual(await rows(own), [["start", "sealed"]]);
});

test("a beginning that was never kept is no run", async () => {
  const own = await enrolled();
  await own.outbox.draft("run", "start", { values: { route: 7 } });
  const { patrolling } = await page(own);
  await patrolling.resume();
  assert.equal(patrolling.run, null);
  await patrolling.start(ROUTE, null);
  assert.deepEqual(await rows(own), [["start", "sealed"]]);
});

test("a checkpoint that was killed before it was sealed is passed, once", async () => {
  const own = await enrolled();
  const first = await page(own);
  await first.patrolling.start(ROUTE, null);
  const { record } = first.patrolling.run;
  await own.outbox.draft("run", "passed", { record, values: { checkpoint: 2, at: "2026-11-25T01:00:00Z" } });
  const { patrolling } = await page(own);
  await patrolling.resume();
  assert.deepEqual(patrolling.run.passed, [2]);
  await patrolling.pass(2);
  assert.deepEqual(await rows(own), [
    ["start", "sealed"],
    ["passed", "sealed"],
  ]);
});

test("an end that was sealed ends the run, though the mark of it was left", async () => {
  const own = await enrolled();
  const first = await page(own);
  await first.patrolling.start(ROUTE, null);
  const { run } = first.patrolling;
  await first.patrolling.end();
  await own.store.settings.put({ name: "patrol", value: run });
  const { patrolling } = await page(own);
  await patrolling.resume();
  assert.equal(patrolling.run, null);
  assert.equal(await own.store.settings.get("patrol"), undefined);
});

test("what another tab has sealed is gone on with in a piece of its own, and the end takes all along", async () => {
  const own = await enrolled();
  const { patrolling, hear } = await page(own);
  await patrolling.start(ROUTE, null);
  hear(0);
  await until(() => patrolling.count === 1);
  const [track] = (await own.outbox.trace(patrolling.run.record)).filter(({ action }) => action === "track");
  await own.outbox.seal(track.id);
  hear(50);
  await until(async () => (await own.outbox.trace(patrolling.run.record)).length === 3);
  // A piece that some other tab has left.
  const left = {
    record: patrolling.run.record,
    values: { points: [[112.4, 25.6, 5, "2026-11-25T01:00:00Z"]] },
  };
  await own.outbox.draft("run", "track", left);
  await patrolling.end();
  assert.deepEqual(await rows(own), [
    ["start", "sealed"],
    ["track", "sealed"],
    ["track", "sealed"],
    ["track", "sealed"],
    ["end", "sealed"],
  ]);
});

test("a fix of a moment before the tap is where one began", async () => {
  const own = await enrolled();
  const { patrolling, hear } = await page(own);
  await patrolling.start(ROUTE, null);
  hear(0, -1500);
  hear(30);
  await until(async () => patrolling.count === 2);
  await patrolling.end();
  const [start, track] = (await own.outbox.rows({ limit: 10 })).reverse();
  assert.equal(track.values.points.length, 2);
  assert.ok(Date.parse(track.values.points[0][3]) >= Date.parse(start.values.started_at));
});

test("a fix that was kept from days before is not of this walk", async () => {
  const own = await enrolled();
  const { patrolling, hear } = await page(own);
  await patrolling.start(ROUTE, null);
  hear(0, -10 * 24 * 3600_000);
  hear(30);
  await until(async () => patrolling.count === 1);
  await patrolling.end();
  const [, track] = (await own.outbox.rows({ limit: 10 })).reverse();
  assert.equal(track.values.points.length, 1);
});

test("a note is a draft from its first letter; the end takes it along, an empty one goes", async () => {
  const own = await enrolled();
  const { patrolling } = await page(own);
  await patrolling.start(ROUTE, null);
  assert.equal(await patrolling.note(), null);
  const { id } = await patrolling.note({ isBegun: true });
  await own.outbox.save(id, { text: "路灯坏了" });
  assert.equal((await patrolling.note()).values.text, "路灯坏了");
  await patrolling.end();
  assert.deepEqual(await rows(own), [
    ["start", "sealed"],
    ["note", "sealed"],
    ["end", "sealed"],
  ]);
});
