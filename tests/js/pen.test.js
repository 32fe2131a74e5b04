// One draft, two tabs: one has the pen, the other one waits for it and finds what was written meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";
import { underOnePen } from "../../static/js/field/pen.js";
import { enrolled } from "./tablet.js";

/** Locks of a browser as its tabs share them: one holder, the others in their turn. */
class Locks {
  #held = new Set();
  #queue = [];

  request(name, ...more) {
    const [options, work] = more.length === 2 ? more : [{}, more[0]];
    if (this.#held.has(name)) {
      if (options.ifAvailable) return Promise.resolve(work(null));
      return new Promise((resolve) => {
        this.#queue.push({ name, go: () => resolve(this.#hold(name, work)) });
      });
    }
    return this.#hold(name, work);
  }

  async #hold(name, work) {
    this.#held.add(name);
    try {
      return await work({ name });
    } finally {
      this.#held.delete(name);
      const at = this.#queue.findIndex((one) => one.name === name);
      if (at >= 0) this.#queue.splice(at, 1)[0].go();
    }
  }
}

/** A tab with its sheet: `shown` is what stands in it, `failures` what could not be opened. */
function tabOf(outbox, locks) {
  const form = async (_app, { id }) => ({ kind: "form", values: (await outbox.get(id)).values });
  const elsewhere = () => ({ kind: "elsewhere" });
  const screen = underOnePen("note", form, elsewhere, locks);
  const app = {
    outbox,
    shown: null,
    failures: [],
    sheet: { close: () => app.show(null) },
    show(next) {
      const gone = app.shown;
      app.shown = next;
      gone?.onClose?.();
      next?.onShow?.();
    },
    async open(_name, params) {
      try {
        app.show(await screen(app, params));
      } catch (error) {
        app.failures.push(error.name);
      }
      app.onOpened();
    },
    onOpened: () => {},
    /** Resolves when the tab has opened something by itself, or could not. */
    opens: () =>
      new Promise((resolve) => {
        app.onOpened = resolve;
      }),
  };
  return app;
}

async function twoTabs(locks = new Locks()) {
  const own = await enrolled();
  const id = await own.outbox.draft("incident", "note", { serverId: 7, values: { text: "先写的" } });
  const [one, two] = [tabOf(own.outbox, locks), tabOf(own.outbox, locks)];
  await one.open("note", { id });
  await two.open("note", { id });
  return { own, id, one, two };
}

test("the second tab waits, and goes on with what the first has written", async () => {
  const { own, id, one, two } = await twoTabs();
  assert.equal(one.shown.kind, "form");
  assert.equal(two.shown.kind, "elsewhere");
  await own.outbox.save(id, { text: "后写的" });
  const opened = two.opens();
  one.show(null);
  await opened;
  assert.equal(two.shown.kind, "form");
  assert.deepEqual(two.shown.values, { text: "后写的" });
  // Now it is the other one that waits.
  await one.open("note", { id });
  assert.equal(one.shown.kind, "elsewhere");
  await own.close();
});

test("what the first tab has finished or thrown away is not opened, and the second says which", async () => {
  for (const [end, name] of [
    ["seal", "NotADraft"],
    ["discard", "NotHere"],
  ]) {
    const { own, id, one, two } = await twoTabs();
    await own.outbox[end](id);
    const tried = two.opens();
    one.show(null);
    await tried;
    assert.equal(two.shown, null);
    assert.deepEqual(two.failures, [name]);
    await one.open("note", { id });
    assert.deepEqual(one.failures, [name]);
    await own.close();
  }
});

test("who has turned to something else does not keep the pen", async () => {
  const locks = new Locks();
  const { own, id, one, two } = await twoTabs(locks);
  two.show({ kind: "map" });
  one.show(null);
  // In its turn behind the one that waits.
  await locks.request(`gis-grid-field-draft-${id}`, () => {});
  assert.equal(two.shown.kind, "map");
  await one.open("note", { id });
  assert.equal(one.shown.kind, "form");
  await own.close();
});

test("without locks each tab writes as before", async () => {
  const { own, one, two } = await twoTabs(null);
  assert.deepEqual([one.shown.kind, two.shown.kind], ["form", "form"]);
  await own.close();
});
