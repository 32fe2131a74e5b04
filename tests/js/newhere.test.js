// A household that was entered here is known to the page until the pack has it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsOf } from "../../static/js/field/ground.js";
import { Mine } from "../../static/js/field/mine.js";
import { enrolled } from "./tablet.js";

/** The page's own records over an outbox; `inPack` are ids that the pack has. */
function mineOf(outbox, inPack = new Set()) {
  const ground = {
    record: (_kind, id) => (inPack.has(id) ? { id } : null),
    household: (id) => (inPack.has(id) ? { id } : null),
  };
  return new Mine({ outbox, ground, map: { showMine: () => {} } });
}

const enter = (outbox, address) =>
  outbox.draft("household", "create", { values: { address, head_name: "王小明" } });

test("unsent, sent, and gone from the list once the pack has it", async () => {
  const own = await enrolled();
  const { outbox } = own;
  const inPack = new Set();
  const mine = mineOf(outbox, inPack);
  const found = async () => {
    await mine.load();
    return mine.newHouseholds.map(({ values, state }) => [values.address, state]);
  };
  const id = await enter(outbox, "新屋1号");
  // Nobody has finished it: it is in the outbox alone.
  assert.deepEqual(await found(), []);
  await outbox.seal(id);
  assert.deepEqual(await found(), [["新屋1号", "sealed"]]);
  await own.sender.run();
  assert.deepEqual(await found(), [["新屋1号", "applied"]]);
  inPack.add((await outbox.get(id)).serverId);
  assert.deepEqual(await found(), []);
  await own.close();
});

test("what was refused is no household, its correction is one", async () => {
  const own = await enrolled();
  const { outbox, server } = own;
  server.judge = ({ changes }) =>
    changes.address[1] === "无" ? { outcome: "rejected", code: "bad_input" } : "applied";
  const bad = await enter(outbox, "无");
  await outbox.seal(bad);
  await own.sender.run();
  const mine = mineOf(outbox);
  await mine.load();
  assert.deepEqual(mine.newHouseholds, []);
  const draft = await outbox.correct(bad);
  await outbox.save(draft, { address: "新屋2号" });
  await outbox.seal(draft);
  await mine.load();
  assert.deepEqual(
    mine.newHouseholds.map(({ id }) => id),
    [draft],
  );
  await own.close();
});

test("words are found in any order over all texts", () => {
  const has = wordsOf(" 小明 新屋 ");
  assert.ok(has("王小明", undefined, "新屋1号"));
  assert.ok(!has("王小明"));
  assert.equal(wordsOf("  "), null);
});

test("it is corrected like one of the pack, before and after it was sent", async () => {
  const own = await enrolled();
  const { outbox } = own;
  const inPack = new Set();
  const mine = mineOf(outbox, inPack);
  const id = await enter(outbox, "新屋1号");
  await outbox.seal(id);
  await mine.load();
  const { record } = mine.entered(id);
  const correct = async (values) => {
    const { id: serverId, rev, address, head } = mine.over(mine.entered(id));
    const old = { address, head_name: head };
    const draft = await outbox.draft("household", "change", { record, serverId, baseRev: rev, old, values });
    await outbox.seal(draft);
    await mine.load();
    return outbox.operation(await outbox.store.records.get(draft));
  };
  const first = await correct({ address: "新屋2号" });
  assert.deepEqual([first.record, first.server_id], [record, null]);
  await own.sender.run();
  const second = await correct({ address: "新屋3号", head_name: "王大明" });
  assert.deepEqual(second.changes, { address: ["新屋2号", "新屋3号"], head_name: ["王小明", "王大明"] });
  const { address, head } = mine.over(mine.entered(id));
  assert.deepEqual([address, head], ["新屋3号", "王大明"]);
  await own.close();
});

test("what was taken in of a correction that was partly in conflict stands there", async () => {
  const own = await enrolled();
  const { outbox, server } = own;
  server.judge = () => ({
    outcome: "conflict",
    rev: 4,
    conflicts: [{ id: 1, field: "address", open: true }],
  });
  const mine = mineOf(outbox);
  const draft = await outbox.draft("household", "change", {
    serverId: 5,
    old: { address: "甲", note: "" },
    values: { address: "乙", note: "门口有井" },
  });
  await outbox.seal(draft);
  await own.sender.run();
  await mine.load();
  const { address, note } = mine.over({ id: 5, rev: 3, address: "丙", note: "" });
  assert.deepEqual([address, note], ["丙", "门口有井"]);
  await own.close();
});

test("a correction that was begun is gone on with", async () => {
  const own = await enrolled();
  const { outbox } = own;
  const mine = mineOf(outbox);
  const one = { id: 5, rev: 3, address: "甲" };
  await mine.load();
  assert.equal(mine.begun(one), null);
  const draft = await outbox.draft("household", "change", { serverId: 5, old: { address: "甲" } });
  await mine.load();
  assert.equal(mine.begun(one).id, draft);
  assert.equal(mine.begun({ ...one, id: 6 }), null);
  await outbox.save(draft, { address: "乙" });
  await outbox.seal(draft);
  await mine.load();
  assert.equal(mine.begun(one), null);
  await own.close();
});
