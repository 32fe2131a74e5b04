// Operations that wait, and what the page foresees of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { foreseen } from "../../static/js/draw/optimistic.js";
import { newId, OpQueue } from "../../static/js/draw/queue.js";
import { HttpError } from "../../static/js/net/http.js";

class Storage extends Map {
  getItem(key) {
    return this.get(key) ?? null;
  }
  setItem(key, value) {
    this.set(key, value);
  }
  removeItem(key) {
    this.delete(key);
  }
}

function queueWith(send, storage = new Storage()) {
  const heard = [];
  const queue = new OpQueue("plan", storage, send, {
    onChange: () => {},
    onAnswer: (entry, answer) => heard.push(["answer", entry.op.type, answer.revision]),
    onRefused: (entry, error) => heard.push(["refused", entry.op.type, error.status]),
    onConflict: (entry) => heard.push(["conflict", entry.op.type]),
    onBlocked: (entry, error) => heard.push(["blocked", entry.op.type, error.code]),
  });
  return { queue, heard, storage };
}

test("operations go one after another, each based on what the one before made", async () => {
  const bases = [];
  const { queue, heard, storage } = queueWith(async ({ base_revision }) => {
    bases.push(base_revision);
    return { revision: base_revision + 1 };
  });
  queue.add({ type: "merge" }, 4);
  queue.add({ type: "rename" }, 4);
  assert.equal(JSON.parse(storage.getItem("plan")).length, 2);
  await setTimeout(10);
  assert.deepEqual(bases, [4, 5]);
  assert.deepEqual(heard, [
    ["answer", "merge", 5],
    ["answer", "rename", 6],
  ]);
  assert.equal(storage.getItem("plan"), null);
});

test("without a connection they stay, also for the next visit, and keep their ids", async () => {
  const storage = new Storage();
  const offline = queueWith(async () => Promise.reject(new HttpError(0, "")), storage);
  offline.queue.add({ type: "merge" }, 0);
  await setTimeout(10);
  assert.equal(offline.queue.waiting.length, 1);
  const [{ client_op_id }] = offline.queue.waiting;
  const sent = [];
  const next = queueWith(async (entry) => {
    sent.push(entry.client_op_id);
    return { revision: 1 };
  }, storage);
  await next.queue.flush();
  assert.deepEqual(sent, [client_op_id]);
  offline.queue.takeBack();
});

test("a refused operation is dropped and the next goes on; a conflict waits for a choice", async () => {
  const refusals = [
    new HttpError(422, "no", { code: "bad_operation" }),
    new HttpError(409, "two", { code: "conflict", details: { revision: 9 } }),
  ];
  const sent = [];
  const { queue, heard } = queueWith(async (entry) => {
    sent.push({ ...entry });
    if (refusals.length > 0) throw refusals.shift();
    return { revision: 10 };
  });
  queue.add({ type: "split" }, 1);
  queue.add({ type: "merge" }, 1);
  await setTimeout(10);
  assert.deepEqual(heard, [
    ["refused", "split", 422],
    ["conflict", "merge"],
  ]);
  queue.resolve("mine");
  await setTimeout(10);
  assert.equal(sent.at(-1).resolve, "mine");
  assert.equal(sent.at(-1).base_revision, 1);
  assert.equal(sent.at(-1).client_op_id, sent[1].client_op_id);
  assert.equal(queue.waiting.length, 0);
});

test("a plan that has been submitted meanwhile takes nothing, and nothing is dropped", async () => {
  let isDraft = false;
  const { queue, heard, storage } = queueWith(async () => {
    if (!isDraft) throw new HttpError(409, "submitted", { code: "wrong_state" });
    return { revision: 3 };
  });
  queue.add({ type: "merge" }, 2);
  await setTimeout(10);
  assert.deepEqual(heard, [["blocked", "merge", "wrong_state"]]);
  assert.equal(JSON.parse(storage.getItem("plan")).length, 1);
  isDraft = true;
  queue.restart();
  await setTimeout(10);
  assert.deepEqual(heard.at(-1), ["answer", "merge", 3]);
});

test("ids are UUIDs of version 4", () => {
  assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

const box = (code, x) => {
  const ring = [
    [x, 0],
    [x + 1, 0],
    [x + 1, 1],
    [x, 1],
    [x, 0],
  ];
  const properties = { code, name: code, village: "v", village_name: "V", state: "same" };
  return [code, { type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates: [[ring]] } }];
};
const sheet = () => new Map([box("a", 0), box("b", 1), box("c", 5)]);
const ringOf = (features, code) => features.get(code).geometry.coordinates[0][0];

test("a moved vertex moves in all grids that have it, and in no other", () => {
  const before = sheet();
  const after = foreseen(before, {
    type: "move_nodes",
    moves: [{ from: [1, 1], to: [1.1, 1.1] }],
    insert: [
      {
        between: [
          [1, 0],
          [1, 1],
        ],
        at: [1.05, 0.5],
      },
    ],
  });
  for (const code of ["a", "b"]) {
    const places = ringOf(after, code).map(String);
    assert.ok(places.includes("1.1,1.1") && places.includes("1.05,0.5"));
    assert.equal(places[0], places.at(-1));
  }
  assert.equal(after.get("c"), before.get("c"));
  assert.equal(before.get("a").properties.state, "same");
});

test("merge, split, transfer and rename are foreseen; what can't be told is left", () => {
  const merged = foreseen(sheet(), { type: "merge", grids: ["a", "b"], keep: "b" });
  assert.deepEqual([...merged.keys()], ["c", "b"]);
  assert.equal(merged.get("b").geometry.coordinates.length, 2);
  const line = [
    [0.5, -1],
    [0.5, 2],
  ];
  const cut = foreseen(sheet(), { type: "split", grid: "a", lines: [line] });
  assert.equal(cut.size, 4);
  assert.equal(cut.get("a+1").properties.state, "new");
  const named = foreseen(sheet(), { type: "rename", grid: "a", name: "新" });
  assert.equal(named.get("a").properties.name, "新");
  const before = sheet();
  assert.equal(foreseen(before, { type: "fill_gap" }), before);
});
