// A tablet for the tests: all parts of the offline core over a database in memory, with a clock that tests move.

import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { FieldApi } from "../../static/js/offline/api.js";
import { Device } from "../../static/js/offline/device.js";
import { Outbox } from "../../static/js/offline/outbox.js";
import { Sender } from "../../static/js/offline/sender.js";
import { openStore } from "../../static/js/offline/store.js";
import { Vault } from "../../static/js/offline/vault.js";
import { FieldServer } from "./fieldserver.js";

export const START = Date.UTC(2026, 10, 25, 1, 12);

let made = 0;

/** `{server, disk, clock}` of one browser; `open()` is a tab of it. */
export function browser(server = new FieldServer()) {
  // `set(ms)` puts the clock forward or back; time goes by with `ms`.
  const clock = { ms: START, put: 0, set: (by) => (clock.put += by) };
  // Channels reach over whole processes by name: each browser has its own.
  const name = `test-${++made}`;
  const disk = new IDBFactory();
  return { server, disk, clock, name, open: (more) => openTab({ server, disk, clock, name, ...more }) };
}

async function openTab({ server, disk, clock, name, locks = null, middleware = null, timers }) {
  const store = await openStore({ name, indexedDB: disk, IDBKeyRange });
  if (middleware) {
    store.use({ stack: "dbcore", ...middleware });
    store.close();
    await store.open();
  }
  const now = () => clock.ms++ + clock.put;
  const vault = await Vault.open(store);
  const device = new Device({ store, vault, caches: null });
  const api = new FieldApi({
    base: "http://field.test",
    token: () => device.token(),
    fetch: server.fetch,
    timers,
  });
  const outbox = new Outbox({ store, vault, now, ticks: () => clock.ms });
  const sender = new Sender({ outbox, api, locks, random: () => 0.5, page: new EventTarget() });
  const close = async () => {
    await sender.stop();
    outbox.close();
    store.close();
  };
  return { store, vault, device, api, outbox, sender, close };
}

/** A tab of a new browser that has been enrolled. */
export async function enrolled(server = new FieldServer(), more = {}) {
  const own = browser(server);
  const tab = await own.open(more);
  await tab.device.enrol(tab.api, "CODE", "平板 1");
  return { ...own, ...tab };
}

/** A sealed visit with photos; its id. */
export async function visit(outbox, { serverId = null, text = "在家", photos = [], ...more } = {}) {
  const id = await outbox.draft("household", "visit", { serverId, ...more });
  await outbox.save(id, { text });
  for (const bytes of photos) await outbox.addPhoto(id, bytes, { name: "p.jpg", type: "image/jpeg" });
  await outbox.seal(id);
  return id;
}

/** Bytes of a photo that are like no other's. */
export function picture(size, seed = 1) {
  const bytes = new Uint8Array(size);
  for (let i = 0, x = seed; i < size; i++) {
    x = (x * 1103515245 + 12345) & 0x7fffffff;
    bytes[i] = x >> 16;
  }
  return bytes;
}

/** Passes of the sender, with time going by, until it has nothing to do. */
export async function settle({ sender, clock }, passes = 60) {
  for (let i = 0; i < passes; i++) {
    const { phase, nextAt } = await sender.run();
    if (phase === "idle") return i + 1;
    clock.ms = Math.max(clock.ms, nextAt ?? 0) + 1;
  }
  throw new Error(`still ${JSON.stringify(sender.state)}`);
}

export const states = async (outbox) =>
  (await outbox.rows({ limit: 1000 })).map(({ state }) => state).reverse();
