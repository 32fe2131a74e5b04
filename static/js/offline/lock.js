// One sender at a time over all tabs: the browser's own locks, or where it has none, a row that has to be renewed.
// Two at once would double nothing (the server knows each op_id), but would cost the bad connection twice.

import { uuid7 } from "./ids.js";

// Longer than the longest call (1 MB over a bad connection), so that who is sending is not overtaken; a tab that was closed is
// waited for as long.
export const LEASE_MS = 150_000;
const LEASE = "lease";

/**
 * Run `work(renew)` if nobody else does: its answer, or null. `renew()` says that one still
 * works; false: another has taken over meanwhile.
 * @template T
 * @param {{store: import("dexie").Dexie, locks?: LockManager | null, now?: () => number}} parts
 * @param {(renew: () => Promise<boolean>) => Promise<T>} work
 * @returns {Promise<T | null>}
 */
export async function alone({ store, locks, now = Date.now }, work) {
  if (locks) {
    const name = `${store.name}-sender`;
    return locks.request(name, { ifAvailable: true }, (lock) => (lock ? work(async () => true) : null));
  }
  const holder = uuid7();
  if (!(await take(store, holder, now()))) return null;
  try {
    return await work(() => take(store, holder, now()));
  } finally {
    await give(store, holder);
  }
}

function take(store, holder, now) {
  return store.transaction("rw", store.settings, async () => {
    const lease = await store.settings.get(LEASE);
    // One that lasts longer than any is from before the clock was set back.
    const isHeld = lease && lease.until > now && lease.until <= now + LEASE_MS;
    if (isHeld && lease.holder !== holder) return false;
    await store.settings.put({ name: LEASE, holder, until: now + LEASE_MS });
    return true;
  });
}

function give(store, holder) {
  return store.transaction("rw", store.settings, async () => {
    if ((await store.settings.get(LEASE))?.holder === holder) await store.settings.delete(LEASE);
  });
}
