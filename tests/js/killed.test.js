// The page is closed, or the tablet's battery ends, at each step of a send; two tabs send at once; the token ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Vault } from "../../static/js/offline/vault.js";
import { enrolled, picture, settle, states, visit } from "./tablet.js";

class Killed extends Error {}

/** Counts the steps of database and net, and lets none through after step `at`. */
function killer(at) {
  const steps = { taken: 0, at, isDead: false };
  const step = () => {
    if (steps.isDead || ++steps.taken > steps.at) {
      steps.isDead = true;
      throw new Killed();
    }
  };
  const guarded = (call) => async (request) => {
    step();
    return call(request);
  };
  const create = (core) => ({
    ...core,
    table: (name) => {
      const table = core.table(name);
      const calls = ["mutate", "get", "getMany", "query", "openCursor", "count"];
      return {
        ...table,
        ...Object.fromEntries(calls.map((call) => [call, guarded(table[call].bind(table))])),
      };
    },
  });
  return {
    steps,
    middleware: { name: "killer", create },
    fetch:
      (fetch) =>
      async (...call) => {
        step();
        const response = await fetch(...call);
        step();
        return response;
      },
  };
}

async function prepared() {
  const own = await enrolled();
  own.server.judge = ({ server_id }) => (server_id === 2 ? "received" : null);
  for (let i = 1; i <= 3; i++)
    await visit(own.outbox, { serverId: i, photos: i === 3 ? [picture(300_000)] : [] });
  return own;
}

test("closed at each step of a send, nothing is lost and nothing doubled", async () => {
  let at = 0;
  for (let isThrough = false; !isThrough; at++) {
    const own = await prepared();
    const plain = own.server.fetch;
    const { steps, middleware, fetch } = killer(Number.POSITIVE_INFINITY);
    const doomed = await own.open({ middleware });
    steps.at = steps.taken + at;
    own.server.fetch = fetch(plain);
    await doomed.sender.run();
    isThrough = !steps.isDead;
    doomed.outbox.close();
    doomed.store.close();
    own.server.fetch = plain;
    // As after the night: what the closed page had leased has run out.
    own.clock.ms += 10 * 60_000;
    own.server.judge = () => null;
    const next = await own.open();
    await settle({ ...own, sender: next.sender });
    assert.deepEqual(await states(next.outbox), ["applied", "applied", "applied"], `step ${at}`);
    const doubled = [...own.server.operations.values()].filter(({ count }) => count !== 1);
    assert.deepEqual(doubled, [], `step ${at}`);
    const [upload] = own.server.uploads.values();
    assert.deepEqual(
      [own.server.uploads.size, upload.state, upload.received],
      [1, "kept", 300_000],
      `step ${at}`,
    );
    assert.deepEqual((await next.outbox.counts()).photos, {
      total: 1,
      sent: 1,
      open: 0,
      refused: 0,
      draft: 0,
    });
    await own.close();
    await next.close();
  }
  assert.ok(at > 60, `only ${at} steps`);
});

test("two senders at once double nothing, with the browser's locks or without", async () => {
  const held = new Set();
  const locks = {
    request: async (name, _options, work) => {
      if (held.has(name)) return work(null);
      held.add(name);
      return Promise.resolve(work({})).finally(() => held.delete(name));
    },
  };
  for (const kind of [null, locks]) {
    const own = await enrolled(undefined, { locks: kind });
    const two = await own.open({ locks: kind });
    for (let i = 1; i <= 20; i++) await visit(i % 2 ? own.outbox : two.outbox, { serverId: i });
    const [one, other] = await Promise.all([own.sender.run(), two.sender.run()]);
    assert.deepEqual([one.phase, other.phase].sort(), ["elsewhere", "idle"]);
    assert.equal(own.server.calls.filter(({ path }) => path === "/sync/push").length, 1);
    assert.deepEqual(new Set(await states(two.outbox)), new Set(["applied"]));
    await own.close();
    await two.close();
  }
});

test("a lease of a closed tab runs out; one from a clock that was ahead counts for nothing", async () => {
  const own = await enrolled();
  await visit(own.outbox);
  const lease = (until) => own.store.settings.put({ name: "lease", holder: "gone", until });
  await lease(own.clock.ms + 60_000);
  assert.equal((await own.sender.run()).phase, "elsewhere");
  await lease(own.clock.ms + 3600_000);
  assert.equal((await own.sender.run()).phase, "idle");
});

test("the token ends: the queue pauses, keeps everything, and goes on after a new code", async () => {
  const own = await enrolled();
  own.server.ended = "token_ended";
  const id = await visit(own.outbox, { photos: [picture(10)] });
  assert.equal((await own.sender.run()).phase, "paused");
  const calls = own.server.calls.length;
  await own.sender.run();
  assert.equal(own.server.calls.length, calls);
  assert.deepEqual(await states(own.outbox), ["sealed"]);
  await own.outbox.draft("incident", "create");
  await own.device.enrol(own.api, "CODE", "平板 1");
  assert.equal((await own.device.me()).device, "device-1");
  await settle(own);
  assert.equal((await own.outbox.get(id)).state, "applied");
});

test("the token ends in the middle of a photo: a HEAD says nothing, the next call does", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(600_000)] });
  own.server.fault = ({ method }) => {
    if (method === "PATCH") own.server.ended = "device_revoked";
    return null;
  };
  assert.equal((await own.sender.run()).phase, "revoked");
  own.server.fault = () => null;
  const next = await own.open();
  assert.equal((await next.sender.run()).phase, "revoked");
  assert.equal((await own.outbox.counts()).photos.sent, 0);
  await assert.rejects(own.device.wipe(), { code: "work_unsent" });
  await own.device.wipe({ offered: true });
  for (const table of own.store.tables) assert.equal(await table.count(), 0, table.name);
});

test("a wipe that was cut off after the key is ended at the next opening", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(10)] });
  await own.store.transaction("rw", own.store.keys, own.store.settings, async () => {
    await own.store.keys.clear();
    await own.store.settings.put({ name: "wiping", value: true });
  });
  const next = await own.open();
  assert.deepEqual([await next.store.records.count(), await next.store.blobs.count()], [0, 0]);
  assert.deepEqual(await (await Vault.open(next.store)).unseal(await next.vault.seal({ a: 1 })), { a: 1 });
});
