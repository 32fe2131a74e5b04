// What is taken along: whole or as it was before, quick to open, and never without what is being worked on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBKeyRange } from "fake-indexeddb";
import { Pack } from "../../static/js/offline/pack.js";
import { openStore, VERSIONS } from "../../static/js/offline/store.js";
import { FieldServer } from "./fieldserver.js";
import { enrolled, settle, visit } from "./tablet.js";
import { GRIDS, household, VILLAGE } from "./village.js";

/** A tablet with a pack of `count` households; `pages` is what the next pull answers, one a call. */
async function packed(count = 5) {
  const server = new FieldServer();
  const own = await enrolled(server);
  const now = () => own.clock.ms;
  const pack = new Pack({ store: own.store, vault: own.vault, api: own.api, outbox: own.outbox, now });
  const households = Array.from({ length: count }, (_, i) => household(i + 1));
  const forms = { version: 1, etag: "f1", categories: [] };
  server.areas = [
    { code: VILLAGE, name: "上坪村", level: "village", parent: "431024111", households: count, bytes: 1 },
  ];
  server.reference = { roads: [{ kind: "lane", name: "", line: [] }], water: [] };
  answerWith(server, [{ cursor: "1", changes: { household: households, grid: GRIDS }, forms }]);
  await pack.areas();
  await pack.take([VILLAGE]);
  return { ...own, server, pack };
}

function answerWith(server, pages) {
  const left = [...pages];
  server.asked = [];
  server.pulls = (query) => {
    server.asked.push(Object.fromEntries(query));
    const page = left.shift();
    return { more: false, reset: false, changes: {}, gone: {}, ...page };
  };
}

const ids = async (pack) => (await pack.records("household")).map(({ id }) => id).sort((a, b) => a - b);

test("an area is taken along and found again, without a connection", async () => {
  const own = await packed();
  own.server.fault = () => "drop";
  const pack = new Pack(own);
  assert.deepEqual(await ids(pack), [1, 2, 3, 4, 5]);
  assert.deepEqual(
    (await pack.records("household", `${VILLAGE}001`)).map(({ id }) => id),
    [2, 4],
  );
  const [size] = await pack.sizes();
  assert.deepEqual([size.code, size.name, size.records], [VILLAGE, "上坪村", 7]);
  assert.ok(size.bytes > 500);
  assert.deepEqual((await pack.forms()).etag, "f1");
  assert.equal((await pack.reference()).roads.length, 1);
  assert.deepEqual((await pack.areas()).isStale, true);
  await pack.drop(VILLAGE);
  assert.deepEqual([await ids(pack), await pack.sizes()], [[], []]);
  assert.deepEqual([await own.store.chunks.count(), await own.store.layers.count()], [0, 0]);
});

test("a refresh asks from the cursor and takes over what has changed and gone", async () => {
  const { pack, server } = await packed();
  const moved = household(3, { rev: 2, head: "新户主" });
  answerWith(server, [
    { cursor: "2", more: true, changes: { household: [moved] } },
    { cursor: "3", changes: { household: [household(6)] }, gone: { household: [1, 999] } },
  ]);
  await pack.refresh();
  assert.deepEqual(
    server.asked.map(({ cursor, forms }) => [cursor, forms]),
    [
      ["1", "f1"],
      ["2", "f1"],
    ],
  );
  assert.deepEqual(await ids(pack), [2, 3, 4, 5, 6]);
  assert.equal((await pack.records("household")).find(({ id }) => id === 3).head, "新户主");
});

test("a refresh that is cut leaves the old pack whole, with its cursor", async () => {
  const { pack, server } = await packed();
  for (const fault of ["drop", "truncate", 503]) {
    answerWith(server, [
      { cursor: "2", more: true, changes: { household: [household(7)] }, gone: { household: [1] } },
    ]);
    let pulls = 0;
    server.fault = ({ path }) => (path === "/sync/pull" && ++pulls === 2 ? fault : null);
    await assert.rejects(pack.refresh());
    assert.deepEqual(await ids(pack), [1, 2, 3, 4, 5]);
    server.fault = () => null;
  }
  answerWith(server, [{ cursor: "2", gone: { household: [1] } }]);
  await pack.refresh();
  assert.equal(server.asked[0].cursor, "1");
  assert.deepEqual(await ids(pack), [2, 3, 4, 5]);
});

test("a device that is full in the middle of a refresh keeps the old pack", async () => {
  const { pack, server, store } = await packed();
  answerWith(server, [{ cursor: "2", gone: { household: [1] } }]);
  const { bulkAdd } = store.chunks;
  store.chunks.bulkAdd = () => Promise.reject(new DOMException("no room", "QuotaExceededError"));
  await assert.rejects(pack.refresh(), { code: "storage_full" });
  store.chunks.bulkAdd = bulkAdd;
  assert.deepEqual(await ids(pack), [1, 2, 3, 4, 5]);
  assert.equal((await store.packs.get(VILLAGE)).cursor, "1");
});

test("at a reset everything comes anew, but what is being worked on stays until it is through", async () => {
  const own = await packed();
  const { pack, server, outbox } = own;
  const draft = await outbox.draft("household", "change", { serverId: 2, old: {}, values: { note: "x" } });
  answerWith(server, [
    { reset: true },
    { cursor: "9", changes: { household: [household(4), household(8)], grid: GRIDS } },
  ]);
  await pack.refresh();
  assert.deepEqual(
    server.asked.map(({ cursor }) => cursor),
    ["1", ""],
  );
  assert.deepEqual(await ids(pack), [2, 4, 8]);
  assert.equal((await pack.records("household")).find(({ id }) => id === 2).gone, true);
  await outbox.seal(draft);
  await settle(own);
  answerWith(server, [{ cursor: "9" }]);
  await pack.refresh();
  assert.deepEqual(await ids(pack), [4, 8]);
});

test("what has gone while an operation is under way stays, marked", async () => {
  const { pack, server, outbox } = await packed();
  await visit(outbox, { serverId: 3 });
  answerWith(server, [{ cursor: "2", gone: { household: [3, 4] } }]);
  await pack.refresh();
  assert.deepEqual(await ids(pack), [1, 2, 3, 5]);
});

test("a server that resets without end is not followed", async () => {
  const { pack, server } = await packed();
  let pulls = 0;
  server.pulls = ({ get }) => {
    pulls++;
    return { cursor: `${pulls}`, more: true, reset: pulls % 2 === 1, changes: {}, gone: {}, get };
  };
  await assert.rejects(pack.refresh(), { reason: "error" });
  assert.deepEqual(await ids(pack), [1, 2, 3, 4, 5]);
});

test("8,200 households lie in few pieces, and all come back", async () => {
  const { store, vault, outbox, api } = await packed(8200);
  assert.ok((await store.chunks.count()) <= 8200 / 500 + 2);
  const fresh = new Pack({ store, vault, outbox, api });
  assert.equal((await fresh.records("household")).length, 8200);
});

test("roads of an earlier version of the tables are found where they lie now", async () => {
  const own = await packed();
  const { reference, tag } = await own.store.layers.get(VILLAGE);
  own.store.close();
  const disk = { indexedDB: own.disk, IDBKeyRange };
  const older = await openStore({ ...disk, name: "older", versions: VERSIONS.slice(0, 1) });
  await older.packs.put({ code: VILLAGE, reference, referenceTag: tag, version: 1 });
  older.close();
  const newer = await openStore({ ...disk, name: "older" });
  assert.deepEqual(await newer.layers.toArray(), [{ pack: VILLAGE, reference, tag }]);
  assert.deepEqual(Object.keys(await newer.packs.get(VILLAGE)).sort(), ["code", "version"]);
  newer.close();
});
