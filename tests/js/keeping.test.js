// What the tablet keeps: sealed, as it was when there is no room, readable after an update, forgotten when it may be.

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { StorageFull } from "../../static/js/offline/outbox.js";
import { openStore, VERSIONS } from "../../static/js/offline/store.js";
import { FieldServer } from "./fieldserver.js";
import { browser, enrolled, picture, settle, states, visit } from "./tablet.js";

const DAY = 24 * 3600_000;

/** Writes into these tables fail as on a full device. */
function fullDisk(tables) {
  const full = (name, table) => ({
    ...table,
    mutate: (request) => {
      if (!tables.includes(name) || request.type === "delete") return table.mutate(request);
      return Promise.reject(new DOMException("no room", "QuotaExceededError"));
    },
  });
  const create = (core) => ({ ...core, table: (name) => full(name, core.table(name)) });
  return { name: "full", create };
}

test("a full device says so and keeps what was there before", async () => {
  const full = [];
  const own = await enrolled(undefined, { middleware: fullDisk(full) });
  const id = await own.outbox.draft("household", "visit", { values: { text: "before" } });
  full.push("records", "attachments", "blobs");
  await assert.rejects(own.outbox.save(id, { text: "after" }), StorageFull);
  await assert.rejects(own.outbox.draft("incident", "create"), StorageFull);
  await assert.rejects(own.outbox.seal(id), StorageFull);
  full.splice(0, 3, "blobs");
  await assert.rejects(own.outbox.addPhoto(id, picture(100)), StorageFull);
  full.splice(0);
  const row = await own.outbox.get(id);
  assert.deepEqual([row.state, row.values, row.attachments], ["draft", { text: "before" }, []]);
  await own.outbox.addPhoto(id, picture(100));
  assert.equal((await own.outbox.seal(id)).seq, 1);
});

test("a receipt that finds no room is asked for again", async () => {
  const full = [];
  const own = await enrolled(undefined, { middleware: fullDisk(full) });
  await visit(own.outbox);
  own.server.answer = (receipts) => {
    full.push("records");
    return receipts;
  };
  const { phase, reason } = await own.sender.run();
  assert.deepEqual([phase, reason], ["waiting", "storage_full"]);
  full.splice(0);
  own.server.answer = (receipts) => receipts;
  await settle(own);
  assert.deepEqual(
    [...own.server.operations.values()].map(({ count }) => count),
    [1],
  );
});

test("no word, number or photo of a person lies open in the database", async () => {
  const own = await enrolled();
  const secret = "张三丰-13812345678";
  await visit(own.outbox, { text: secret, photos: [new TextEncoder().encode(secret.repeat(50))] });
  await own.outbox.draft("household", "change", { old: { phone: secret }, values: { note: secret } });
  own.server.judge = () => ({
    outcome: "conflict",
    conflicts: [{ old: secret, mine: secret, theirs: secret }],
  });
  await settle(own);
  const token = await own.device.token();
  const needles = [secret, token, "p.jpg", "worker"].map((text) => Buffer.from(text));
  for (const table of own.store.tables) {
    for (const row of await table.toArray()) {
      const open = Buffer.concat([Buffer.from(JSON.stringify(row)), ...buffers(row)]);
      for (const needle of needles)
        assert.equal(open.includes(needle), false, `${table.name} holds ${needle}`);
    }
  }
  const { key } = await own.store.keys.get("vault");
  assert.equal(key.extractable, false);
});

const buffers = (value) => {
  if (value instanceof Uint8Array) return [Buffer.from(value)];
  return value && typeof value === "object" ? Object.values(value).flatMap(buffers) : [];
};

test("one row that can't be read hides no other", async () => {
  const own = await enrolled();
  const [bad, good] = [await visit(own.outbox), await visit(own.outbox)];
  await own.store.records.update(bad, { body: new Uint8Array(40), operation: new Uint8Array(40) });
  const rows = await own.outbox.rows();
  assert.deepEqual(
    rows.map(({ id, unreadable }) => [id, unreadable]),
    [
      [good, false],
      [bad, true],
    ],
  );
  await own.sender.run();
  assert.deepEqual(await states(own.outbox), ["sealed", "applied"]);
});

test("what is wholly on the server is forgotten after seven days, with its photos", async () => {
  const own = await enrolled();
  own.server.judge = ({ server_id }) => (server_id === 1 ? "held" : null);
  const held = await visit(own.outbox, { serverId: 1, photos: [picture(10)] });
  await visit(own.outbox, { serverId: 2 });
  // The server finds its photo no picture: it is nowhere but here.
  const photo = await visit(own.outbox, { serverId: 3, photos: [picture(20)] });
  await own.sender.run();
  const [, refused] = own.server.uploads.values();
  refused.state = "refused";
  own.server.judge = () => null;
  const { attachments } = await own.outbox.get(photo);
  await own.store.attachments.update(attachments[0].id, { state: "refused" });
  await own.store.records.update(photo, { completeAt: undefined });
  assert.equal(await own.outbox.forget(own.clock.ms + 6 * DAY), 0);
  assert.equal(await own.outbox.forget(own.clock.ms + 8 * DAY), 1);
  assert.deepEqual(
    (await own.outbox.rows()).map(({ id }) => id),
    [photo, held],
  );
  await own.outbox.removePhoto(attachments[0].id);
  assert.equal(await own.outbox.forget(own.clock.ms + 8 * DAY), 1);
});

test("the tables of a later version take over what is kept; an earlier page still opens them", async () => {
  const own = await browser();
  const first = await own.open();
  const id = await first.outbox.draft("incident", "create", { values: { what: "x" } });
  await first.close();
  const upgrade = (transaction) => transaction.table("records").toCollection().modify({ priority: 1 });
  const number = VERSIONS.at(-1).number + 1;
  const versions = [...VERSIONS, { number, stores: { extra: "id" }, upgrade }];
  const later = await openStore({ name: own.name, indexedDB: own.disk, IDBKeyRange, versions });
  assert.equal((await later.records.get(id)).priority, 1);
  later.close();
  const old = await own.open();
  assert.deepEqual((await old.outbox.get(id)).values, { what: "x" });
});

test("another person's code is not taken while there is work of the first", async () => {
  const server = new FieldServer();
  server.codes.set("OTHER", "leader");
  const own = await enrolled(server);
  const id = await visit(own.outbox);
  const token = await own.device.token();
  await assert.rejects(own.device.enrol(own.api, "OTHER", "平板"), { code: "other_person" });
  assert.equal(await own.device.token(), token);
  assert.equal(server.devices.size, 1);
  await settle(own);
  assert.equal((await own.outbox.get(id)).state, "applied");
  assert.equal((await own.device.enrol(own.api, "OTHER", "平板")).person, "leader");
  await assert.rejects(own.device.enrol(own.api, "WRONG", "平板"), { status: 422, code: "bad_input" });
});

test("an empty browser makes an empty database", async () => {
  const store = await openStore({ name: "x", indexedDB: new IDBFactory(), IDBKeyRange });
  assert.equal(store.verno, VERSIONS.at(-1).number);
});
