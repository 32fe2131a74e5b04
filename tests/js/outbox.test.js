// What is written in the field is kept at once, in its order, and never changes after it was sealed.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { uuid7 } from "../../static/js/offline/ids.js";
import { localTime } from "../../static/js/offline/operation.js";
import { NotADraft, NothingChanged } from "../../static/js/offline/outbox.js";
import { browser, enrolled, picture, START, states, visit } from "./tablet.js";

test("ids rise within a page, also when the clock goes back, and look like version 7", () => {
  const times = [START, START, START - 5000, START - 5000, START + 1];
  const ids = times.map((ms) => uuid7(() => ms));
  for (let i = 0; i < 5000; i++) ids.push(uuid7(() => START));
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("the tablet's time is written with its offset", () => {
  assert.equal(localTime(START, 480), "2026-11-25T09:12:00+08:00");
  assert.equal(localTime(START, -210), "2026-11-24T21:42:00-03:30");
});

test("every keystroke is on the disk when save returns; keystrokes that overlap keep their order", async () => {
  const own = browser();
  const { outbox, close } = await own.open();
  const id = await outbox.draft("incident", "create", {});
  const text = "路灯坏了，三天没修";
  await Promise.all([...text].map((_, i) => outbox.save(id, { what: text.slice(0, i + 1) })));
  await outbox.save(id, { address: "上坪组12号" });
  await close();
  const again = await own.open();
  const row = await again.outbox.get(id);
  assert.deepEqual(row.values, { what: text, address: "上坪组12号" });
  await again.outbox.save(id, { address: undefined });
  assert.deepEqual((await again.outbox.get(id)).values, { what: text });
});

test("two tabs that write into one draft lose nothing of each other's fields", async () => {
  const own = browser();
  const [one, two] = [await own.open(), await own.open()];
  const id = await one.outbox.draft("household", "change", { serverId: 8 });
  const fields = ["phone", "note", "origin", "address", "head_name", "tag:party"];
  await Promise.all(fields.map((field, i) => (i % 2 ? one : two).outbox.save(id, { [field]: `${i}` })));
  assert.deepEqual(Object.keys((await one.outbox.get(id)).values).sort(), [...fields].sort());
});

test("an operation names only what differs, with what stood there; then it never changes", async () => {
  const { outbox } = await enrolled();
  const old = { address: "上坪组12号", phone: "138****5678", note: null, place: [112.4, 25.6] };
  const id = await outbox.draft("household", "change", { serverId: 812, baseRev: 3, old });
  await outbox.save(id, {
    ...old,
    address: "上坪组12-1号",
    note: "",
    "tag:party": true,
    "tag:deputy": false,
  });
  const fix = { lon: 112.41, lat: 25.6, accuracy_m: 6.5, age_s: 2, samples: [] };
  await outbox.setFix(id, { place: [112.41, 25.6], fix });
  const photo = picture(5000);
  const attachment = await outbox.addPhoto(id, new Blob([photo], { type: "image/jpeg" }), { name: "p1.jpg" });
  const operation = await outbox.seal(id);
  assert.deepEqual(operation.changes, {
    address: ["上坪组12号", "上坪组12-1号"],
    "tag:party": [false, true],
    place: [
      [112.4, 25.6],
      [112.41, 25.6],
    ],
  });
  assert.deepEqual(operation.fix, fix);
  const sha256 = createHash("sha256").update(photo).digest("hex");
  assert.deepEqual(operation.attachments, [
    { id: attachment, sha256, size: 5000, name: "p1.jpg", type: "image/jpeg" },
  ]);
  const { op_id, device, seq, entity, action, server_id, base_rev, form_version } = operation;
  assert.deepEqual(
    { op_id, device, seq, entity, action, server_id, base_rev, form_version },
    {
      op_id: id,
      device: "device-1",
      seq: 1,
      entity: "household",
      action: "change",
      server_id: 812,
      base_rev: 3,
      form_version: 1,
    },
  );
  await assert.rejects(outbox.addPhoto(await outbox.draft("incident", "create"), new Blob([])), {
    code: "empty_photo",
  });
  await assert.rejects(outbox.save(id, { note: "too late" }), NotADraft);
  await assert.rejects(outbox.addPhoto(id, photo), NotADraft);
  await assert.rejects(outbox.removePhoto(attachment), NotADraft);
  await assert.rejects(outbox.discard(id), NotADraft);
  assert.deepEqual(await outbox.seal(id), operation);
});

test("a change of nothing is not sealed; a visit of nothing is", async () => {
  const { outbox } = await enrolled();
  const id = await outbox.draft("household", "change", {
    serverId: 1,
    old: { note: "a" },
    values: { note: "a" },
  });
  await assert.rejects(outbox.seal(id), NothingChanged);
  assert.equal((await outbox.get(id)).state, "draft");
  const visited = await outbox.draft("household", "visit", { serverId: 1 });
  assert.deepEqual((await outbox.seal(visited)).changes, {});
});

test("two tabs count on, and sealing at once seals once", async () => {
  const own = await enrolled();
  const two = await own.open();
  const ids = [];
  for (let i = 0; i < 6; i++) ids.push(await own.outbox.draft("household", "visit", { serverId: i }));
  const sealed = await Promise.all(ids.flatMap((id) => [own.outbox.seal(id), two.outbox.seal(id)]));
  assert.deepEqual(
    sealed
      .map(({ seq }) => seq)
      .filter((_, i) => i % 2)
      .sort(),
    [1, 2, 3, 4, 5, 6],
  );
  for (let i = 0; i < sealed.length; i += 2) assert.deepEqual(sealed[i], sealed[i + 1]);
});

test("rows come newest first, page by page, by state, without photo bytes", async () => {
  let blobReads = 0;
  const watch = (core) => ({
    ...core,
    table: (name) => {
      const table = core.table(name);
      const seen = (call) => (request) => {
        if (name === "blobs") blobReads++;
        return call.call(table, request);
      };
      return { ...table, get: seen(table.get), getMany: seen(table.getMany), query: seen(table.query) };
    },
  });
  const own = await enrolled(undefined, { middleware: { name: "watch", create: watch } });
  const ids = [];
  for (let i = 0; i < 5; i++)
    ids.push(await visit(own.outbox, { text: `${i}`, photos: i === 2 ? [picture(99)] : [] }));
  const draft = await own.outbox.draft("incident", "create");
  const first = await own.outbox.rows({ limit: 4 });
  const rest = await own.outbox.rows({ limit: 4, before: first.at(-1).id });
  assert.deepEqual(
    [...first, ...rest].map(({ id }) => id),
    [draft, ...ids.reverse()],
  );
  assert.deepEqual(
    (await own.outbox.rows({ state: "draft" })).map(({ id }) => id),
    [draft],
  );
  assert.equal((await own.outbox.rows({ state: ["draft", "sealed"], limit: 3 })).length, 3);
  assert.deepEqual((await own.outbox.get(ids[2])).photos, { total: 1, sent: 0, refused: 0 });
  assert.equal(blobReads, 0);
  const counts = await own.outbox.counts();
  assert.equal(counts.sealed, 5);
  assert.equal(counts.unsent, 6);
  assert.deepEqual(counts.photos, { total: 1, sent: 0, open: 1, refused: 0, draft: 0 });
});

test("a discarded draft takes its photos along; tabs hear of changes", async () => {
  const own = await enrolled();
  const two = await own.open();
  const heard = new Promise((resolve) =>
    two.outbox.addEventListener("change", ({ detail }) => resolve(detail)),
  );
  const id = await own.outbox.draft("incident", "create");
  assert.deepEqual(await heard, { ids: [id], isSealed: false });
  await own.outbox.addPhoto(id, picture(10));
  const second = await own.outbox.addPhoto(id, picture(11));
  await own.outbox.removePhoto(second);
  assert.equal(await own.store.blobs.count(), 1);
  await own.outbox.discard(id);
  assert.equal(await own.store.blobs.count(), 0);
  assert.deepEqual(await states(own.outbox), []);
  await own.close();
  await two.close();
});
