// Photos as the camera made them, beside the outbox: none doubled, none left behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { Originals } from "../../static/js/field/originals.js";
import { rescue, restore } from "../../static/js/offline/rescue.js";
import { browser, enrolled, picture, states } from "./tablet.js";

const TYPE = { type: "image/jpeg" };
const photo = (seed = 1) => new File([picture(900, seed)], `p${seed}.jpg`, TYPE);

/** An enrolled tablet with its store of originals; `tab()` is another tab's view of that store. */
async function withOriginals() {
  const own = await enrolled();
  const options = { indexedDB: new IDBFactory(), IDBKeyRange };
  const tab = () => new Originals(own.vault, own.outbox, { options, locks: null });
  return { ...own, originals: tab(), tab };
}

test("the same bytes are not added twice to one draft, and no id is", async () => {
  const { outbox } = await enrolled();
  const id = await outbox.draft("household", "visit");
  const first = await outbox.addPhoto(id, picture(500), TYPE);
  assert.equal(await outbox.addPhoto(id, picture(500), TYPE), first);
  const named = await outbox.addPhoto(id, picture(600), { ...TYPE, id: "0193" });
  assert.equal(named, "0193");
  assert.equal(await outbox.addPhoto(id, picture(700), { ...TYPE, id: "0193" }), "0193");
  assert.equal((await outbox.get(id)).attachments.length, 2);
  const other = await outbox.draft("household", "visit");
  assert.notEqual(await outbox.addPhoto(other, picture(500), TYPE), first);
});

test("two tabs, or a page killed between the copy and its name, make one attachment of an original", async () => {
  const { outbox, originals, tab } = await withOriginals();
  const id = await outbox.draft("incident", "create");
  const original = await originals.keep(id, photo());
  // Each shrinks it in its own way: only the id tells that it is the same.
  const make = (seed) => () => outbox.addPhoto(id, picture(300, seed), { ...TYPE, id: original });
  await Promise.all([originals.claim(original, make(2)), tab().claim(original, make(3))]);
  assert.equal((await outbox.get(id)).attachments.length, 1);
  // Killed here, before `name`: made again after the start.
  assert.deepEqual(await originals.unmade(id), [original]);
  await originals.claim(original, make(4));
  await originals.name(original, original);
  assert.equal((await outbox.get(id)).attachments.length, 1);
  await originals.claim(original, () => assert.fail("it is made"));
});

test("the rescue file has photos that have no copy yet, and brings them back with their drafts", async () => {
  const { outbox, originals } = await withOriginals();
  const id = await outbox.draft("incident", "create");
  await outbox.save(id, { what: "塌方" });
  const original = await originals.keep(id, photo(7));
  const made = await originals.keep(id, photo(8));
  await outbox.addPhoto(id, picture(300), { ...TYPE, id: made });
  await originals.name(made, made);
  const file = await rescue(outbox, originals).blob();
  const other = await browser().open();
  const done = await restore(file, other.outbox);
  assert.deepEqual([done.drafts, done.photos, done.problems], [1, 2, []]);
  assert.deepEqual(await states(other.outbox), ["draft"]);
  const bytes = new Uint8Array(await photo(7).arrayBuffer());
  assert.deepEqual(await other.outbox.photo(original), bytes);
});
