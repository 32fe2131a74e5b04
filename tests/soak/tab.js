// One page of the offline core over a database in memory, which can be killed at any moment and opened again.

import { IDBKeyRange } from "fake-indexeddb";
import { FieldApi } from "../../static/js/offline/api.js";
import { Device } from "../../static/js/offline/device.js";
import { Outbox } from "../../static/js/offline/outbox.js";
import { Pack } from "../../static/js/offline/pack.js";
import { Sender } from "../../static/js/offline/sender.js";
import { openStore } from "../../static/js/offline/store.js";
import { Vault } from "../../static/js/offline/vault.js";

// Calls of the API are given up after this part of their time: nobody waits 100 s for a proxy that holds them for five.
const CALLS = 3;

/**
 * @param {{name: string, disk: IDBFactory, base: string, now: () => number, speed: number, random: () => number}} about
 *   `speed`: how many times as fast the tablet's clock goes as ours
 */
export async function openTab({ name, disk, base, now, speed, random }) {
  const store = await openStore({ name, indexedDB: disk, IDBKeyRange });
  const vault = await Vault.open(store);
  const device = new Device({ store, vault, caches: null });
  const cuts = new Set();
  const api = new FieldApi({
    base,
    token: () => device.token(),
    fetch: mortal(cuts),
    timers: timersOf(CALLS),
  });
  const outbox = new Outbox({ store, vault, now, ticks: () => performance.now() * speed });
  const parts = { outbox, api, locks: null, random, timers: timersOf(speed), page: new EventTarget() };
  const sender = new Sender(parts);
  const pack = new Pack({ store, vault, api, outbox, now });
  const tab = { store, vault, device, api, outbox, sender, pack, isDead: false };
  /** The battery ends: what is under way is cut off where it is. */
  tab.kill = () => {
    tab.isDead = true;
    for (const cut of cuts) cut();
    store.close();
    outbox.close();
    sender.stop();
  };
  return tab;
}

/** `fetch` that ends with the page. */
function mortal(cuts) {
  return async (url, options) => {
    const either = new AbortController();
    const abort = () => either.abort();
    options.signal.addEventListener("abort", abort, { once: true });
    cuts.add(abort);
    return fetch(url, { ...options, signal: either.signal }).finally(() => cuts.delete(abort));
  };
}

const timersOf = (speed) => ({
  setTimeout: (work, ms) => setTimeout(work, ms / speed),
  clearTimeout: (timer) => clearTimeout(timer),
});
