// What was done with a thing before its making was corrected waits for the correction, and the correction for nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { enrolled, settle, states } from "./tablet.js";

test("a correction goes before what waits for it, on the server and on the tablet", async () => {
  const own = await enrolled();
  const { outbox, server } = own;
  const made = new Set();
  // As the server judges: a note waits for the incident that it belongs to.
  server.judge = ({ action, record, changes }) => {
    if (action === "note") return made.has(record) ? "applied" : "received";
    if (changes.category[1] !== "drain") return { outcome: "rejected", code: "bad_input" };
    made.add(record);
    return "applied";
  };
  const bad = await outbox.draft("incident", "create", { values: { category: "no_such" } });
  await outbox.seal(bad);
  const { record } = await outbox.get(bad);
  const note = async (text) =>
    outbox.seal(await outbox.draft("incident", "note", { record, values: { text } }));
  await note("first");
  await own.sender.run();
  await note("second");
  assert.deepEqual(await states(outbox), ["refused", "received", "sealed"]);
  const draft = await outbox.correct(bad);
  await outbox.save(draft, { category: "drain" });
  await outbox.seal(draft);
  await settle(own);
  assert.deepEqual(await states(outbox), ["refused", "applied", "applied", "applied"]);
  for (const { count } of server.operations.values()) assert.equal(count, 1);
});
