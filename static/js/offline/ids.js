// Ids that the tablet makes itself: UUIDs of version 7 (RFC 9562), which sort by the time they were made.

const COUNTER_END = 0x1000;

let lastMs = 0;
let counter = 0;

/**
 * A UUID of version 7, greater than every other that this page has made, also when the clock is set back.
 * @param {() => number} [now] milliseconds since 1970
 * @returns {string}
 */
export function uuid7(now = Date.now) {
  const ms = Math.floor(now());
  if (ms > lastMs) {
    lastMs = ms;
    // Begins low, so that one millisecond has room for at least 2,048 of them.
    counter = crypto.getRandomValues(new Uint16Array(1))[0] & 0x7ff;
  } else if (++counter === COUNTER_END) {
    lastMs++;
    counter = 0;
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0, rest = lastMs; i < 6; i++, rest = Math.floor(rest / 256)) bytes[5 - i] = rest % 256;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}
