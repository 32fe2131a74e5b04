// A rescue file is sealed for the server alone: who finds it, on a stick or in a download folder, has nothing. What it takes
// to open it is asked from the server, for the person's own tablets (gis_grid/fieldsync/sealed.py has the form).

import { BadRescue } from "./errors.js";

const MAGIC = "GGSEAL1\n";
const PIECE = 1 << 18;
const TAG = 16;
const MOST_HEADER = 1024;
const CURVE = { name: "ECDH", namedCurve: "P-256" };

/**
 * The sealed form of what `pieces` yields, a piece of 256 KiB at a time.
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {{key: string, device: string}} about `key`: the server's point in base64, as the page came with it
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* sealed(pieces, { key, device }) {
  const theirs = fromBase64(key);
  const own = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const cipher = await cipherOf(await secretOf(own.privateKey, { point, theirs, device }), "encrypt");
  yield front({ device, key: await idOf(theirs), point: toBase64(point) });
  let number = 0;
  let held = new Uint8Array(PIECE);
  let length = 0;
  const seal = async (bytes, isLast) =>
    new Uint8Array(await crypto.subtle.encrypt(nonce(number++, isLast), cipher, bytes));
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      // Only when more comes it is known not to be the last.
      if (length === PIECE) {
        yield await seal(held, false);
        held = new Uint8Array(PIECE);
        length = 0;
      }
      const part = piece.subarray(at, at + PIECE - length);
      held.set(part, length);
      length += part.length;
      at += part.length;
    }
  }
  yield await seal(held.subarray(0, length), true);
}

/**
 * What stands in the clear at the front of a sealed file: `{device, key, point}`; null for one that is not sealed.
 * @param {Blob} file
 */
export async function headerOf(file) {
  const front = new Uint8Array(await file.slice(0, MAGIC.length + 2 + MOST_HEADER).arrayBuffer());
  if (new TextDecoder().decode(front.subarray(0, MAGIC.length)) !== MAGIC) return null;
  try {
    const header = JSON.parse(new TextDecoder().decode(front.subarray(MAGIC.length + 2, startOf(front))));
    const { device, key, point } = header;
    if ([device, key, point].every((one) => typeof one === "string")) return { device, key, point };
  } catch (cause) {
    throw new BadRescue("The file is damaged.", { cause });
  }
  throw new BadRescue("The file is damaged.");
}

/**
 * The content of a sealed file.
 * @param {Blob} file
 * @param {string} secret of this file, in base64, as the server gives it
 * @returns {Promise<Blob>}
 */
export async function unsealed(file, secret) {
  const cipher = await cipherOf(fromBase64(secret), "decrypt");
  const front = new Uint8Array(await file.slice(0, MAGIC.length + 2).arrayBuffer());
  const parts = [];
  for (let at = startOf(front), number = 0; at < file.size; number++) {
    const end = Math.min(file.size, at + PIECE + TAG);
    const bytes = await file.slice(at, end).arrayBuffer();
    try {
      // A blob each: browsers lay large ones on the disk.
      const isLast = end === file.size;
      parts.push(new Blob([await crypto.subtle.decrypt(nonce(number, isLast), cipher, bytes)]));
    } catch (cause) {
      throw new BadRescue("The file is damaged or cut off.", { cause });
    }
    at = end;
  }
  if (parts.length === 0) throw new BadRescue("The file is cut off.");
  return new Blob(parts);
}

function front(header) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const magic = new TextEncoder().encode(MAGIC);
  const bytes = new Uint8Array(magic.length + 2 + text.length);
  bytes.set(magic);
  new DataView(bytes.buffer).setUint16(magic.length, text.length);
  bytes.set(text, magic.length + 2);
  return bytes;
}

/** Where the first piece begins. */
function startOf(front) {
  if (front.length < MAGIC.length + 2) throw new BadRescue("The file is cut off.");
  return MAGIC.length + 2 + new DataView(front.buffer).getUint16(MAGIC.length);
}

/** HKDF over what both pairs share, bound to the tablet: 32 bytes. */
async function secretOf(privateKey, { point, theirs, device }) {
  const other = await crypto.subtle.importKey("raw", theirs, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: other }, privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array(point.length + theirs.length);
  salt.set(point);
  salt.set(theirs, point.length);
  const info = new TextEncoder().encode(`gis-grid rescue 1 ${device}`);
  return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, base, 256);
}

const cipherOf = (secret, use) => crypto.subtle.importKey("raw", secret, "AES-GCM", false, [use]);

/** Eleven bytes of the piece's number, one that says whether it is the last. */
function nonce(number, isLast) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(7, number);
  iv[11] = isLast ? 1 : 0;
  return { name: "AES-GCM", iv };
}

async function idOf(point) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", point));
  return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
