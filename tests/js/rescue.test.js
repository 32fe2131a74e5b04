// One file with everything that no server has, and back into a browser that has lost it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { zipSync } from "fflate";
import { rescue, restore } from "../../static/js/offline/rescue.js";
import { FieldServer } from "./fieldserver.js";
import { browser, enrolled, picture, settle, states, visit } from "./tablet.js";

/** A tablet with one of each kind: done, done but for its photo, refused, sealed, a draft. */
async function full() {
  const own = await enrolled();
  own.server.judge = ({ server_id }) => (server_id === 3 ? { outcome: "rejected", code: "bad_input" } : null);
  const done = await visit(own.outbox, { serverId: 1 });
  const half = await visit(own.outbox, { serverId: 2, photos: [picture(700)] });
  const refused = await visit(own.outbox, { serverId: 3, photos: [picture(800)] });
  own.server.fault = ({ path }) => (path.startsWith("/uploads") ? "drop" : null);
  await own.sender.run();
  const sealed = await visit(own.outbox, {
    serverId: 4,
    text: "在家，不愿说",
    photos: [picture(900), picture(950)],
  });
  const draft = await own.outbox.draft("household", "change", { serverId: 5, old: { note: "a" } });
  await own.outbox.save(draft, { note: "b" });
  await own.outbox.addPhoto(draft, picture(1000), { name: "门牌.jpg", type: "image/jpeg" });
  own.server.fault = () => null;
  return { ...own, ids: { done, half, refused, sealed, draft } };
}

test("the file holds what no server has, as other programs read it", async () => {
  const own = await full();
  const file = rescue(own.outbox);
  assert.match(file.name, /^gis-grid-rescue-202611\d\d-\d{4}\.zip$/);
  const folder = mkdtempSync(join(tmpdir(), "rescue-"));
  const path = join(folder, file.name);
  writeFileSync(path, new Uint8Array(await (await file.blob()).arrayBuffer()));
  const script = `import json, sys, zipfile, hashlib
z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
m = json.loads(z.read("manifest.json"))
m["read"] = {a["id"]: hashlib.sha256(z.read(a["file"])).hexdigest() for a in m["attachments"]}
print(json.dumps(m))`;
  const manifest = JSON.parse(execFileSync("python3", ["-c", script, path], { encoding: "utf8" }));
  rmSync(folder, { recursive: true });
  const { half, refused, sealed, draft } = own.ids;
  const { format, version, device, person, operations, drafts, attachments, refusals, read } = manifest;
  assert.deepEqual([format, version, device, person], ["gis-grid-rescue", 1, "device-1", "worker"]);
  assert.deepEqual(
    operations.map(({ op_id }) => op_id),
    [half, refused, sealed],
  );
  assert.deepEqual(operations[2], await own.outbox.operation(await own.store.records.get(sealed)));
  assert.deepEqual(
    drafts.map(({ id, values }) => [id, values]),
    [[draft, { note: "b" }]],
  );
  assert.deepEqual(Object.keys(refusals), [refused]);
  assert.deepEqual(
    attachments.map(({ op_id }) => op_id),
    [half, refused, sealed, sealed, draft],
  );
  for (const { id, sha256, file: name } of attachments) {
    assert.equal(name, `photos/${id}`);
    assert.equal(read[id], sha256);
  }
});

test("an evicted page takes it in again: the same ids, nothing doubled", async () => {
  const own = await full();
  const { server, ids } = own;
  const file = await rescue(own.outbox).blob();
  // The lost tablet's operation has reached the server after all.
  server.take(await own.outbox.operation(await own.store.records.get(ids.sealed)));
  const fresh = browser(server);
  const tab = await fresh.open();
  const done = await restore(file, tab.outbox);
  assert.deepEqual(done, { records: 4, operations: 3, drafts: 1, photos: 5, skipped: 0, problems: [] });
  assert.deepEqual((await restore(file, tab.outbox)).skipped, 4);
  assert.equal((await tab.device.enrol(tab.api, "CODE", "平板")).device, "device-1");
  await settle({ ...fresh, ...tab });
  assert.deepEqual(await states(tab.outbox), ["applied", "refused", "applied", "draft"]);
  for (const { count } of server.operations.values()) assert.equal(count, 1);
  assert.deepEqual(
    [...server.uploads.values()].map(({ state, size }) => [state, size]),
    [
      ["kept", 700],
      ["kept", 900],
      ["kept", 950],
    ],
  );
  const next = await tab.outbox.seal(ids.draft);
  assert.equal(next.seq, 5);
  assert.deepEqual(next.changes, { note: ["a", "b"] });
  const correction = await tab.outbox.correct(ids.refused);
  assert.equal((await tab.outbox.get(correction)).attachments[0].size, 800);
});

test("a file of another person, of another kind, cut off or spoilt", async () => {
  const own = await full();
  const bytes = new Uint8Array(await (await rescue(own.outbox).blob()).arrayBuffer());
  const server = new FieldServer();
  server.codes.set("OTHER", "leader");
  const foreign = await browser(server).open();
  await foreign.device.enrol(foreign.api, "OTHER", "平板");
  await assert.rejects(restore(bytes, foreign.outbox), { code: "other_person" });
  const tab = await browser().open();
  const bad = [
    new Uint8Array(0),
    new TextEncoder().encode("no zip at all ".repeat(9)),
    bytes.subarray(0, bytes.length - 200),
    zipSync({ "manifest.json": new TextEncoder().encode("{") }),
    zipSync({ "manifest.json": new TextEncoder().encode('{"format":"gis-grid-rescue","version":9}') }),
  ];
  for (const one of bad) await assert.rejects(restore(one, tab.outbox), { code: "bad_rescue" });
  // A bit of the last photo has turned.
  const at = Buffer.from(bytes).lastIndexOf(Buffer.from(picture(1000).subarray(0, 50)));
  bytes[at + 5] ^= 1;
  const { records, photos, problems } = await restore(bytes, tab.outbox);
  assert.deepEqual([records, photos, problems.map(({ code }) => code)], [4, 4, ["damaged"]]);
});

test("packed anew by another program it is read as well", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(500)] });
  const folder = mkdtempSync(join(tmpdir(), "rescue-"));
  const [from, to] = [join(folder, "a.zip"), join(folder, "b.zip")];
  writeFileSync(from, new Uint8Array(await (await rescue(own.outbox).blob()).arrayBuffer()));
  const script = `import sys, zipfile
a = zipfile.ZipFile(sys.argv[1]); b = zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED)
[b.writestr(n, a.read(n)) for n in a.namelist()]; b.close(); print("ok")`;
  execFileSync("python3", ["-c", script, from, to]);
  const { readFileSync } = await import("node:fs");
  const tab = await browser().open();
  assert.equal((await restore(new Blob([readFileSync(to)]), tab.outbox)).photos, 1);
  rmSync(folder, { recursive: true });
});

test("what can't be read is named and stops nothing", async () => {
  const own = await full();
  const [first] = (await own.outbox.get(own.ids.sealed)).attachments;
  await own.store.blobs.delete(first.id);
  await own.store.records.update(own.ids.draft, { body: new Uint8Array(30) });
  const tab = await browser().open();
  const done = await restore(await rescue(own.outbox).blob(), tab.outbox);
  assert.deepEqual([done.records, done.problems], [3, [{ id: first.id, code: "missing" }]]);
});

test("500 photos go through memory one by one", async () => {
  const own = await enrolled();
  const id = await own.outbox.draft("incident", "create", { values: { what: "x" } });
  await own.outbox.addPhoto(id, picture(40_000), { name: "p" });
  const [attachment] = await own.store.attachments.toArray();
  const rows = Array.from({ length: 499 }, (_, i) => ({ ...attachment, id: `${attachment.id}-${i}` }));
  await own.store.attachments.bulkAdd(rows);
  let [held, most, total] = [0, 0, 0];
  for await (const piece of rescue(own.outbox)) {
    held = piece.length;
    most = Math.max(most, held);
    total += piece.length;
  }
  assert.ok(total > 500 * 40_000);
  assert.ok(most < 400_000, `${most} bytes at once`);
});
