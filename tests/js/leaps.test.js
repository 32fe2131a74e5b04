// A tablet's clock is put forward or back by days while work waits, as when its battery was empty and the net comes back:
// the server is told by how much, for each operation that was made before.

import assert from "node:assert/strict";
import { test } from "node:test";
import { putForward } from "../../static/js/offline/clock.js";
import { Pack } from "../../static/js/offline/pack.js";
import { rescue, restore } from "../../static/js/offline/rescue.js";
import { FieldServer } from "./fieldserver.js";
import { browser, enrolled, settle, visit } from "./tablet.js";

const HOUR = 3600_000;
const DAY = 24 * HOUR;

test("how much the clock was put forward in each leap", () => {
  const cases = [
    // It slept; it was put forward; put back; put back and forward again.
    [[9 * HOUR], 0, [0]],
    [[10 * DAY], 10 * DAY, [10 * DAY]],
    [[-10 * DAY], -10 * DAY, [-10 * DAY]],
    [[-4000 * DAY, 4000 * DAY], 0, [-4000 * DAY, 4000 * DAY]],
    // Slept for a night before or after the clock was put forward by an hour.
    [[9 * HOUR, HOUR], HOUR, [0, HOUR]],
    [[HOUR, 9 * HOUR], HOUR, [HOUR, 0]],
    // Put back while it slept: seen as less, or as sleep.
    [[-9 * DAY, HOUR], -10 * DAY, [-10 * DAY, 0]],
    [[HOUR, 9 * HOUR], -2 * HOUR, [0, -2 * HOUR]],
    // A clock that goes a little wrong was not set; what no leap explains is left.
    [[HOUR], 60_000, [0]],
    [[HOUR], 2 * DAY, [0]],
    [[], DAY, []],
  ];
  for (const [leaps, total, wanted] of cases) assert.deepEqual(putForward(leaps, total), wanted);
});

/** A server whose clock is right: time goes by as on the tablet, whose clock may be set. */
async function tablet() {
  const server = new FieldServer();
  const own = await enrolled(server);
  const { clock } = own;
  Object.defineProperty(server, "time", { get: () => new Date(clock.ms).toISOString() });
  await own.outbox.clock.hear(server.time);
  return own;
}

/** What was told of the clock with each operation, by its id, in days. */
function told({ server }) {
  const pushed = server.calls.filter(({ path }) => path === "/sync/push").map(({ body }) => JSON.parse(body));
  const found = pushed.flatMap(({ operations, put_right: putRight }) =>
    operations.map(({ op_id: id }) => [id, Math.round((putRight[id] ?? 0) / DAY)]),
  );
  return Object.fromEntries(found);
}

test("wrong on the walk and put right before it is sent", async () => {
  const own = await tablet();
  own.clock.set(-10 * DAY);
  const walked = await visit(own.outbox);
  own.clock.ms += 2 * HOUR;
  own.clock.set(10 * DAY);
  const home = await visit(own.outbox);
  await settle(own);
  assert.deepEqual(told(own), { [walked]: 10, [home]: 0 });
});

test("set wrong while the page was closed, and right again in the same way", async () => {
  const own = browser();
  Object.defineProperty(own.server, "time", { get: () => new Date(own.clock.ms).toISOString() });
  const first = await own.open();
  await first.device.enrol(first.api, "CODE", "平板 1");
  await first.outbox.clock.hear(own.server.time);
  await first.close();
  own.clock.set(-4000 * DAY);
  const second = await own.open();
  const walked = await visit(second.outbox);
  await second.close();
  own.clock.ms += 5 * HOUR;
  own.clock.set(4000 * DAY);
  const third = await own.open();
  const home = await visit(third.outbox);
  await settle({ ...third, clock: own.clock });
  assert.deepEqual(told(own), { [walked]: 4000, [home]: 0 });
  await third.close();
});

test("ahead on the walk and put back before it is sent", async () => {
  const own = await tablet();
  own.clock.set(10 * DAY);
  await own.outbox.clock.look();
  const walked = await visit(own.outbox);
  own.clock.set(-10 * DAY);
  await settle(own);
  assert.deepEqual(told(own), { [walked]: -10 });
});

test("a tablet that only slept has nothing put right", async () => {
  const own = await tablet();
  const walked = await visit(own.outbox);
  await own.close();
  own.clock.ms += 3 * DAY;
  const again = await own.open();
  await settle({ ...again, clock: own.clock });
  assert.deepEqual(told(own), { [walked]: 0 });
  await again.close();
});

test("wrong all the time it is told by the time of sending alone", async () => {
  const own = await tablet();
  own.clock.set(-10 * DAY);
  const walked = await visit(own.outbox);
  await settle(own);
  assert.deepEqual(told(own), { [walked]: 0 });
  const { sent_at: sentAt } = JSON.parse(own.server.calls.find(({ path }) => path === "/sync/push").body);
  assert.ok(Date.parse(own.server.time) - Date.parse(sentAt) > 9 * DAY);
});

test("the time is known from taking along, whatever became of the first call", async () => {
  const own = await enrolled();
  own.server.pulls = () => ({
    cursor: "1",
    more: false,
    reset: false,
    changes: {},
    gone: {},
    server_time: own.server.time,
  });
  Object.defineProperty(own.server, "time", { get: () => new Date(own.clock.ms).toISOString() });
  const { store, vault, api, outbox } = own;
  await new Pack({ store, vault, api, outbox }).take(["431024111001"]);
  own.clock.set(40 * DAY);
  const walked = await visit(outbox);
  own.clock.set(-40 * DAY);
  await settle(own);
  assert.deepEqual(told(own), { [walked]: -40 });
});

test("two tabs that both see the clock put back count it once", async () => {
  const own = await tablet();
  const other = await own.open();
  await other.outbox.clock.look();
  const walked = await visit(own.outbox);
  own.clock.set(-10 * DAY);
  await other.outbox.clock.look();
  await own.outbox.clock.look();
  await settle(own);
  assert.deepEqual(told(own), { [walked]: -10 });
  await other.close();
});

test("the answer that tells of the time is lost: nothing is sent before it has come", async () => {
  const own = await tablet();
  own.clock.set(-10 * DAY);
  const walked = await visit(own.outbox);
  own.clock.set(10 * DAY);
  own.server.fault = ({ path }) => (path === "/devices/me" ? "lose" : null);
  await own.sender.run();
  assert.deepEqual(told(own), {});
  own.server.fault = () => null;
  await settle(own);
  assert.deepEqual(told(own), { [walked]: 10 });
});

test("the clock is put right in the middle of a pass, at whatever step", async () => {
  for (let step = 1; step < 60; step++) {
    const own = await tablet();
    own.clock.set(40 * DAY);
    await own.outbox.clock.hear(own.server.time);
    const walked = await visit(own.outbox);
    // By the steps at which anything asks what time it is.
    let asked = 0;
    const { now } = own.outbox;
    const leaping = () => {
      if (++asked === step) own.clock.set(-40 * DAY);
      return now();
    };
    own.outbox.now = leaping;
    own.outbox.clock.now = leaping;
    await settle(own);
    const body = own.server.calls
      .filter(({ path }) => path === "/sync/push")
      .map((one) => JSON.parse(one.body));
    const { sent_at: sentAt, put_right: putRight } = body[0];
    const off = Date.parse(sentAt) - own.clock.ms;
    const right = Math.round((off - (putRight[walked] ?? 0)) / DAY);
    assert.equal(right, 40, `step ${step}`);
    await own.close();
    if (asked < step) return;
  }
});

test("what a kill kept from being sealed was made when it was begun", async () => {
  const own = await tablet();
  own.clock.set(-10 * DAY);
  const begun = await own.outbox.draft("run", "start", { values: { route: 7 } });
  const note = await own.outbox.draft("household", "visit", { values: { text: "在家" } });
  own.clock.set(10 * DAY);
  await own.outbox.seal(begun, { asBegun: true });
  await own.outbox.seal(note);
  const made = (await own.outbox.get(begun)).sealedAt;
  assert.ok(own.clock.ms - made > 9 * DAY);
  await settle(own);
  assert.deepEqual(told(own), { [begun]: 10, [note]: 0 });
});

test("a rescue file brings along by how much the clock was put forward", async () => {
  const own = await tablet();
  own.server.fault = ({ path }) => (path === "/sync/push" ? 500 : null);
  own.clock.set(-10 * DAY);
  const walked = await visit(own.outbox);
  own.clock.set(10 * DAY);
  await own.sender.run();
  const file = await rescue(own.outbox).blob();
  const other = await enrolled();
  await restore(file, other.outbox);
  await settle(other);
  assert.deepEqual(told(other), { [walked]: 10 });
});
