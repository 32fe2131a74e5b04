// Tablets' clocks are put right, or wrong, while work waits: what was put off by the earlier clock must not wait for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { enrolled, picture, states, visit } from "./tablet.js";

const DECADES_MS = 30 * 365 * 24 * 3600_000;

test("what could not be sent before the clock was set back is sent at once", async () => {
  const own = await enrolled();
  own.clock.ms += DECADES_MS;
  own.server.fault = () => 500;
  await visit(own.outbox);
  assert.equal((await own.sender.run()).phase, "waiting");
  own.clock.ms -= DECADES_MS;
  own.server.fault = () => null;
  assert.equal((await own.sender.run()).phase, "idle");
  assert.deepEqual(await states(own.outbox), ["applied"]);
});

test("what the server has only kept is asked for, and photos go on, after the clock was set back", async () => {
  const own = await enrolled();
  own.clock.ms += DECADES_MS;
  own.server.judge = () => "received";
  own.server.fault = ({ method }) => (method === "PATCH" ? 500 : null);
  await visit(own.outbox, { photos: [picture(10)] });
  await own.sender.run();
  assert.deepEqual(await states(own.outbox), ["received"]);
  own.clock.ms -= DECADES_MS;
  own.server.fault = () => null;
  own.server.judge = () => null;
  assert.equal((await own.sender.run()).phase, "idle");
  assert.deepEqual(await states(own.outbox), ["applied"]);
  assert.equal((await own.outbox.counts()).photos.sent, 1);
});
