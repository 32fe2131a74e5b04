// What waits for people at the server is asked for now and then, and at once when somebody here wants to know.

import assert from "node:assert/strict";
import { test } from "node:test";
import { enrolled, states, visit } from "./tablet.js";

test("what is held or in conflict is asked for at once when the person sends now", async () => {
  const own = await enrolled();
  const { outbox, sender, server } = own;
  const clash = (isOpen) => ({ conflicts: [{ id: 5, field: "note", open: isOpen }] });
  server.judge = ({ server_id: id }) => (id === 1 ? "held" : { outcome: "conflict", ...clash(true) });
  const held = await visit(outbox, { serverId: 1 });
  const clashing = await visit(outbox, { serverId: 2 });
  await sender.run();
  assert.deepEqual(await states(outbox), ["held", "conflict"]);
  // An office has settled both meanwhile.
  server.operations.get(held).receipt.outcome = "applied";
  Object.assign(server.operations.get(clashing).receipt, clash(false));
  await sender.run();
  assert.deepEqual(await states(outbox), ["held", "conflict"]);
  await outbox.askOfOffices();
  await sender.run();
  assert.deepEqual(await states(outbox), ["applied", "conflict"]);
  assert.equal((await outbox.get(clashing)).open, 0);
  // What is settled is not asked for again.
  const asked = server.calls.length;
  await outbox.askOfOffices();
  await sender.run();
  assert.equal(server.calls.length, asked);
  await own.close();
});
