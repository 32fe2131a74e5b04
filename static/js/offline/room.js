// How much room the browser gives, and whether it has promised not to clear it away.

// A day's photos: some 500 of 400 kB. With less, a person should send or take less along before setting out.
export const LOW_BYTES = 200_000_000;
// Browsers round what they tell and may give less than they say: near the end counts as low, however much it is.
export const LOW_SHARE = 0.95;

/**
 * Whether the browser has promised to keep what lies here, also when the device runs full.
 * @param {StorageManager | undefined} [storage]
 * @returns {Promise<boolean>}
 */
export async function persisted(storage = globalThis.navigator?.storage) {
  return (await storage?.persisted?.()) ?? false;
}

/**
 * Ask for that promise; browsers give it more readily to an installed page. The answer, not the wish.
 * @param {StorageManager | undefined} [storage]
 * @returns {Promise<boolean>}
 */
export async function askPersist(storage = globalThis.navigator?.storage) {
  if (await persisted(storage)) return true;
  try {
    return (await storage?.persist?.()) ?? false;
  } catch {
    // Some browsers refuse by throwing where there is no person to ask.
    return false;
  }
}

/**
 * Bytes used and given; null where the browser does not say.
 * @param {StorageManager | undefined} [storage]
 * @returns {Promise<{usage: number | null, quota: number | null, free: number | null, low: boolean}>}
 */
export async function room(storage = globalThis.navigator?.storage) {
  const { usage = null, quota = null } = (await storage?.estimate?.().catch(() => null)) ?? {};
  if (usage === null || quota === null) return { usage, quota, free: null, low: false };
  const free = Math.max(0, quota - usage);
  return { usage, quota, free, low: free < LOW_BYTES || usage > quota * LOW_SHARE };
}
