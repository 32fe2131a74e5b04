// What is left on a tablet, and whose it is: told to the server, asked for until settled, never sent in another's name.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OtherPerson } from "../../static/js/offline/outbox.js";
import { rescue } from "../../static/js/offline/rescue.js";
import { openZip } from "../../static/js/offline/unzip.js";
import { enrolled, picture, START, settle, states, visit } from "./tablet.js";

const told = (server, path) =>
  server.calls.filter((call) => call.path === path).map(({ body }) => JSON.parse(body).queue);

test("the server hears what is left beyond this very batch, and what lies there when it has run empty", async () => {
  const own = await enrolled();
  await own.outbox.draft("incident", "create");
  await visit(own.outbox, { photos: [picture(300)] });
  await settle(own);
  // The draft and the photo; then the draft alone.
  assert.deepEqual(told(own.server, "/sync/push"), [2]);
  assert.equal(told(own.server, "/sync/receipts").at(-1), 1);
  const calls = own.server.calls.length;
  await own.sender.run();
  assert.equal(own.server.calls.length, calls, "told once");
});

test("a conflict that the office has settled is heard of", async () => {
  const own = await enrolled();
  const conflicts = [{ id: 1, field: "address", open: true }];
  own.server.judge = () => ({ outcome: "conflict", conflicts });
  const id = await visit(own.outbox);
  await settle(own);
  assert.equal((await own.outbox.get(id)).open, 1);
  conflicts[0].open = false;
  own.clock.ms += 20 * 60_000;
  await own.sender.run();
  const row = await own.outbox.get(id);
  assert.deepEqual([row.state, row.open], ["conflict", 0]);
  // Nobody asks any more.
  const calls = own.server.calls.length;
  own.clock.ms += 20 * 60_000;
  await own.sender.run();
  assert.equal(own.server.calls.length, calls);
});

test("what the server has not judged yet counts as another person's work", async () => {
  const own = await enrolled();
  own.server.judge = () => "received";
  await visit(own.outbox);
  await own.sender.run();
  assert.deepEqual(await states(own.outbox), ["received"]);
  own.server.codes.set("OTHER", "second");
  await assert.rejects(own.device.enrol(own.api, "OTHER", "平板 1"), OtherPerson);
});

test("people are told apart by their login; of the former nothing stays to be sent", async () => {
  const own = await enrolled();
  own.server.names.set("worker", "李明").set("second", "李明");
  own.server.judge = () => "held";
  await visit(own.outbox);
  await settle(own).catch(() => {});
  assert.deepEqual(await states(own.outbox), ["held"]);
  // The same person under a new name keeps it.
  await own.device.enrol(own.api, "CODE", "平板 1");
  assert.deepEqual(await states(own.outbox), ["held"]);
  own.server.codes.set("OTHER", "second");
  await own.device.enrol(own.api, "OTHER", "平板 1");
  assert.deepEqual(await states(own.outbox), []);
  const calls = own.server.calls.length;
  own.clock.ms += 3_600_000;
  await own.sender.run();
  assert.equal(own.server.calls.length, calls);
});

test("the rescue file says how far this clock is behind", async () => {
  const own = await enrolled();
  own.server.time = new Date(START + 7_200_000).toISOString();
  await visit(own.outbox);
  await settle(own);
  await visit(own.outbox);
  const entry = (await openZip(await rescue(own.outbox).blob())).get("manifest.json");
  const manifest = JSON.parse(new TextDecoder().decode(await entry.read()));
  assert.ok(Math.abs(manifest.clock_ms - 7_200_000) < 1000);
  assert.equal(manifest.login, "worker");
});

test("a revoked tablet forgets at once what it took along and what the server has; the rest waits", async () => {
  const own = await enrolled();
  await visit(own.outbox);
  await settle(own);
  await visit(own.outbox);
  await own.store.packs.put({ code: "431024111001" });
  await own.store.chunks.put({ key: "a", pack: "431024111001" });
  await own.device.revoke();
  assert.equal(await own.device.isRevoked(), true);
  assert.deepEqual([await own.store.packs.count(), await own.store.chunks.count()], [0, 0]);
  assert.deepEqual(await states(own.outbox), ["sealed"]);
  await own.device.wipe({ offered: true });
  assert.equal(await own.device.isRevoked(), false);
});

test("what was refused is given up only by the person, with its photos", async () => {
  const own = await enrolled();
  own.server.judge = () => ({ outcome: "rejected", code: "bad_input" });
  const id = await visit(own.outbox, { photos: [picture(300)] });
  await settle(own);
  await own.outbox.giveUp(id);
  assert.deepEqual(await states(own.outbox), []);
  assert.equal(await own.store.blobs.count(), 0);
  await assert.rejects(own.outbox.giveUp(await own.outbox.draft("incident", "create")));
});

test("no fix takes none away", async () => {
  const { outbox } = await enrolled();
  const id = await outbox.draft("incident", "create");
  const fix = { lon: 112.4, lat: 25.6, accuracy_m: 6, age_s: 1, samples: [] };
  await outbox.setFix(id, { place: [112.4, 25.6], fix });
  await outbox.setFix(id, { place: [112.5, 25.6], fix: null });
  const row = await outbox.get(id);
  assert.deepEqual([row.fix, row.values.place], [fix, [112.5, 25.6]]);
});
