// What the sender does with a server that answers, half answers, or says no: in order, nothing lost, nothing doubled.

import assert from "node:assert/strict";
import { test } from "node:test";
import { enrolled, settle, states, visit } from "./tablet.js";

const many = async (outbox, count, more = {}) => {
  const ids = [];
  for (let i = 0; i < count; i++) ids.push(await visit(outbox, { serverId: i + 1, text: `${i}`, ...more }));
  return ids;
};

test("sealed operations go in their order, in batches, and get their receipts", async () => {
  const own = await enrolled();
  const ids = await many(own.outbox, 110);
  await settle(own);
  assert.deepEqual(own.server.judged, ids);
  const pushes = own.server.calls
    .filter(({ path }) => path === "/sync/push")
    .map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    pushes.map(({ operations }) => operations.length),
    [100, 10],
  );
  assert.deepEqual(
    pushes.map(({ queue, device }) => [queue, device]),
    [
      [10, "device-1"],
      [0, "device-1"],
    ],
  );
  assert.equal((await own.outbox.counts()).applied, 110);
  const { receipt, serverId } = await own.outbox.get(ids[3]);
  assert.equal(receipt.outcome, "applied");
  assert.equal(serverId, 4);
});

test("a batch holds a megabyte at most", async () => {
  const own = await enrolled();
  await many(own.outbox, 5, { text: "字".repeat(130_000) });
  await settle(own);
  const sizes = own.server.calls
    .filter(({ path }) => path === "/sync/push")
    .map(({ body }) => Buffer.byteLength(body));
  assert.deepEqual(
    sizes.map((size) => size < 1_000_000),
    [true, true, true],
  );
});

test("each outcome is stored as the server's word, and nothing else counts as on the server", async () => {
  const own = await enrolled();
  const outcomes = ["applied", "duplicate", "conflict", "held", "rejected", "received"];
  own.server.judge = ({ server_id }) => outcomes[server_id - 1];
  const ids = await many(own.outbox, 6);
  const { phase, reason } = await own.sender.run();
  assert.deepEqual([phase, reason], ["waiting", "due"]);
  assert.deepEqual(await states(own.outbox), [
    "applied",
    "duplicate",
    "conflict",
    "held",
    "refused",
    "received",
  ]);
  assert.equal((await own.outbox.counts()).unsent, 1);
  // An office has settled one, the server has found time for the other.
  own.server.operations.get(ids[3]).receipt.outcome = "applied";
  own.server.judge = () => "applied";
  await settle(own);
  assert.deepEqual(await states(own.outbox), [
    "applied",
    "duplicate",
    "conflict",
    "applied",
    "refused",
    "applied",
  ]);
  for (const { count } of own.server.operations.values()) assert.equal(count, 1);
});

test("what waits for the answer about the same thing is not sent before", async () => {
  const own = await enrolled();
  own.server.judge = ({ action }) => (action === "create" ? "received" : null);
  const created = await own.outbox.draft("household", "create");
  await own.outbox.save(created, { address: "1号" });
  const { record } = await own.outbox.seal(created);
  await own.sender.run();
  const noted = await visit(own.outbox, { record });
  const other = await visit(own.outbox);
  await own.sender.run();
  assert.deepEqual(await states(own.outbox), ["received", "sealed", "applied"]);
  own.server.judge = () => null;
  await settle(own);
  assert.deepEqual(own.server.judged, [other, created, noted]);
});

for (const fault of ["drop", "lose", "double", "truncate", "portal", 503, 507, 429, 500, 502]) {
  test(`an answer that is: ${fault}`, async () => {
    const own = await enrolled();
    const ids = await many(own.outbox, 9);
    let left = 3;
    own.server.fault = ({ path }) => (path.startsWith("/sync") && left-- > 0 ? fault : null);
    await own.sender.run();
    if (!["double", "truncate", 500].includes(fault)) {
      assert.deepEqual(new Set(await states(own.outbox)), new Set(["sealed"]));
      assert.equal(own.sender.state.phase, "waiting");
    }
    await settle(own);
    assert.deepEqual(
      await states(own.outbox),
      ids.map(() => "applied"),
    );
    for (const { count } of own.server.operations.values()) assert.equal(count, 1);
  });
}

test("a call that nobody answers ends by itself", async () => {
  const timers = { setTimeout: (work) => setTimeout(work, 5), clearTimeout };
  const own = await enrolled(undefined, { timers });
  await many(own.outbox, 4);
  own.server.fault = ({ path }) => (path === "/sync/push" ? "hang" : null);
  assert.equal((await own.sender.run()).reason, "timeout");
  own.server.fault = () => null;
  await settle(own);
  assert.equal((await own.outbox.counts()).applied, 4);
});

test("a call is given the time that what it carries takes over a bad line", async () => {
  const waits = [];
  const setTimer = (work, ms) => {
    waits.push(ms);
    return setTimeout(work, 5000);
  };
  const own = await enrolled(undefined, { timers: { setTimeout: setTimer, clearTimeout } });
  await own.api.push({ operations: [] });
  await own.api.push({ operations: [], text: "a".repeat(1_000_000) });
  const [small, large] = waits.slice(-2);
  assert.ok(small < 31_000);
  assert.ok(large > 100_000);
});

test("one that gets no receipt, or a bad one, does not hold up the others", async () => {
  const own = await enrolled();
  const ids = await many(own.outbox, 8);
  const bad = { [ids[1]]: null, [ids[3]]: { outcome: "perhaps" }, [ids[5]]: { attachments: "none" } };
  own.server.answer = (receipts) =>
    receipts.map((receipt) =>
      receipt.op_id in bad ? bad[receipt.op_id] && { ...receipt, ...bad[receipt.op_id] } : receipt,
    );
  await own.sender.run();
  const first = ["applied", "sealed", "applied", "sealed", "applied", "sealed", "applied", "applied"];
  assert.deepEqual(await states(own.outbox), first);
  const { problem } = await own.outbox.get(ids[1]);
  assert.deepEqual([problem.code, problem.tries], ["no_receipt", 1]);
  await visit(own.outbox);
  own.clock.ms += 10 * 60_000;
  await own.sender.run();
  assert.deepEqual(await states(own.outbox), [...first, "applied"]);
  own.server.answer = (receipts) => receipts;
  await settle(own);
  for (const { count } of own.server.operations.values()) assert.equal(count, 1);
  assert.deepEqual(new Set(await states(own.outbox)), new Set(["applied"]));
});

test("a patrol begins at the server only after the one before has ended there", async () => {
  const own = await enrolled();
  const { outbox, server } = own;
  const walk = async () => {
    const begun = await outbox.draft("run", "start", { values: { route: 7 } });
    const { record } = await outbox.get(begun);
    await outbox.seal(begun);
    const ended = await outbox.draft("run", "end", { record, values: { ended_at: "2026-11-25T01:00:00Z" } });
    await outbox.seal(ended);
    return [begun, ended];
  };
  const first = await walk();
  // The server says nothing of the first one, which is tried again later.
  server.answer = (receipts) => receipts.filter(({ op_id }) => !first.includes(op_id));
  await own.sender.run();
  const second = await walk();
  const home = await visit(outbox);
  await own.sender.run();
  const state = async (id) => (await outbox.get(id)).state;
  assert.deepEqual(await Promise.all([...first, ...second].map(state)), Array(4).fill("sealed"));
  assert.equal(await state(home), "applied");
  server.answer = (receipts) => receipts;
  await settle(own);
  assert.deepEqual(await Promise.all([...first, ...second].map(state)), Array(4).fill("applied"));
  const walked = [...first, ...second];
  assert.deepEqual(
    server.judged.filter((id) => walked.includes(id)),
    walked,
  );
});

for (const status of [413, 400, 422, 500]) {
  test(`a batch answered ${status} is parted until the bad one is alone`, async () => {
    const own = await enrolled();
    const ids = await many(own.outbox, 20);
    own.server.fault = ({ body }) => (body?.includes(ids[0]) || body?.includes(ids[13]) ? status : null);
    await own.sender.run();
    const left = (await own.outbox.rows({ state: "sealed" })).map(({ id }) => id);
    assert.deepEqual(left, [ids[13], ids[0]]);
    assert.equal((await own.outbox.get(ids[0])).problem.code, "fault");
    own.server.fault = () => null;
    await settle(own);
    assert.equal((await own.outbox.counts()).applied, 20);
  });
}

test("a note does not overtake what it is about when the batch is parted", async () => {
  const own = await enrolled();
  const created = await own.outbox.draft("household", "create", { values: { address: "1号" } });
  const { record } = await own.outbox.seal(created);
  const noted = await visit(own.outbox, { record });
  own.server.fault = ({ body }) => (body?.includes(`"op_id":"${created}"`) ? 422 : null);
  await own.sender.run();
  assert.deepEqual(await states(own.outbox), ["sealed", "sealed"]);
  own.server.fault = () => null;
  await settle(own);
  assert.deepEqual(own.server.judged, [created, noted]);
});

test("a server that is broken for all is not hammered", async () => {
  const own = await enrolled();
  await many(own.outbox, 100);
  own.server.fault = ({ path }) => (path === "/sync/push" ? 500 : null);
  const before = own.server.calls.length;
  const { phase, reason } = await own.sender.run();
  assert.deepEqual([phase, reason], ["waiting", "error"]);
  assert.ok(own.server.calls.length - before <= 10);
  assert.equal((await own.outbox.counts()).sealed, 100);
});

test("other content under the same id is refused, what is final stays", async () => {
  const own = await enrolled();
  const [id] = await many(own.outbox, 1);
  own.server.take({ op_id: id, attachments: [] });
  await settle(own);
  const row = await own.outbox.get(id);
  assert.deepEqual([row.state, row.receipt.code], ["refused", "other_content"]);
});

test("a receipt that names the operation only by its place is its", async () => {
  const own = await enrolled();
  const ids = await many(own.outbox, 2);
  own.server.answer = ([first]) => [first, { index: 1, outcome: "rejected", code: "unreadable" }];
  await settle(own);
  assert.equal((await own.outbox.get(ids[1])).receipt.code, "unreadable");
});

test("a correction takes values and photos along and says what it replaces", async () => {
  const own = await enrolled();
  own.server.judge = () => ({ outcome: "rejected", code: "bad_input", where: "text" });
  const id = await visit(own.outbox, { photos: [new Uint8Array([1, 2, 3])] });
  await settle(own);
  assert.equal((await own.outbox.get(id)).attachments[0].state, "unwanted");
  const [draft, same] = [await own.outbox.correct(id), await own.outbox.correct(id)];
  assert.equal(draft, same);
  const row = await own.outbox.get(draft);
  assert.deepEqual([row.state, row.replaces, row.values], ["draft", id, { text: "在家" }]);
  assert.deepEqual(await own.outbox.photo(row.attachments[0].id), new Uint8Array([1, 2, 3]));
  own.server.judge = () => null;
  assert.equal((await own.outbox.seal(draft)).replaces, id);
  await settle(own);
  assert.deepEqual(await states(own.outbox), ["refused", "applied"]);
  assert.equal((await own.outbox.counts()).unsent, 0);
  own.clock.ms += 8 * 24 * 3600_000;
  await own.outbox.forget();
  assert.deepEqual([await own.store.records.count(), await own.store.blobs.count()], [0, 0]);
});
