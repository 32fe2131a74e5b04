// How long to wait before the next attempt.

const FIRST_MS = 2000;
// A surveyor who comes back into the net is served within this time, also where no event tells of it.
export const MOST_MS = 5 * 60_000;

/**
 * Doubles with each attempt up to five minutes; half of it by chance, so that the tablets of a town that has lost its
 * server don't all come back in the same second.
 * @param {number} tries 1 for the first
 * @param {() => number} [random]
 * @returns {number} ms
 */
export function backoff(tries, random = Math.random) {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20));
  return most * (0.5 + random() / 2);
}
