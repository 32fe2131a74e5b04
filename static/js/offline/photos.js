// Photos of operations: what is known of them apart from their bytes. All within transactions of the caller
// where it says so; bytes are hashed and sealed before, since a transaction does not wait for that.

import { EmptyPhoto, NotADraft, NotHere } from "./errors.js";
import { uuid7 } from "./ids.js";
import { PHOTO_STATES, STATES } from "./states.js";

/** The tables that a transaction over photos needs. */
export const PHOTO_TABLES = ["records", "attachments", "blobs"];

/**
 * SHA-256 in hex.
 * @param {Uint8Array} bytes
 * @returns {Promise<string>}
 */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Bytes of a file or of what a script has.
 * @param {Blob | Uint8Array | ArrayBuffer} source
 * @returns {Promise<Uint8Array>}
 */
export async function bytesOf(source) {
  if (source instanceof Uint8Array) return source;
  return new Uint8Array(source instanceof ArrayBuffer ? source : await source.arrayBuffer());
}

/** Rows for a new photo, sealed and with its SHA-256: `{attachment, blob}`, nothing written yet. */
export async function preparePhoto(vault, op, source, { name = "", type = "", id = uuid7() }) {
  const bytes = await bytesOf(source);
  if (bytes.byteLength === 0) throw new EmptyPhoto("The photo is empty.");
  const attachment = {
    id,
    op,
    blob: id,
    state: "draft",
    sha256: await sha256(bytes),
    size: bytes.byteLength,
    type: type || source.type || "application/octet-stream",
    name: await vault.seal(name),
  };
  return { attachment, blob: { id, bytes: await vault.sealBytes(bytes) } };
}

/** In a transaction: the photo of the same operation that is this one already, by its id or its bytes; or undefined. */
export async function samePhoto(store, { id, op, sha256: hash }) {
  const there = await store.attachments.where("op").equals(op).toArray();
  return there.find((one) => one.id === id || one.sha256 === hash);
}

/** What rows show of photos, opened: no bytes. */
export async function describePhotos(vault, attachments) {
  return Promise.all(
    attachments.map(async ({ id, op, state, sha256: hash, size, type, name, problem }) => ({
      id,
      op,
      state,
      sha256: hash,
      size,
      type,
      name: await vault.unseal(name).catch(() => ""),
      problem: problem ?? null,
    })),
  );
}

/** `{sent, total, refused}` by what the server has said. */
export function tallyPhotos(attachments) {
  return {
    total: attachments.length,
    sent: attachments.filter(({ state }) => PHOTO_STATES[state].sent).length,
    refused: attachments.filter(({ state }) => state === "refused").length,
  };
}

/**
 * `{completeAt}` of an operation: since when everything of it, also its photos, is on the server and settled; or undefined.
 * What is held may still be refused, and is then corrected from what is here.
 */
export function completeAt(row, attachments, now) {
  const isOnServer = STATES[row.state].onServer && row.state !== "held";
  const isComplete = isOnServer && attachments.every(({ state }) => PHOTO_STATES[state].sent);
  return { completeAt: isComplete ? (row.completeAt ?? now) : undefined };
}

/** In a transaction: forget these photos, and their bytes unless another operation shares them. */
export async function dropPhotos(store, attachments) {
  for (const { id, blob } of attachments) {
    await store.attachments.delete(id);
    if ((await store.attachments.where("blob").equals(blob).count()) === 0) await store.blobs.delete(blob);
  }
}

/**
 * In a transaction: take a photo off its draft. One that the server won't have may go at any time, since nothing
 * can become of it.
 */
export async function takeOff(store, id) {
  const attachment = await store.attachments.get(id);
  if (!attachment) return null;
  const row = await store.records.get(attachment.op);
  if (row?.state !== "draft" && attachment.state !== "refused") {
    throw new NotADraft("The photo belongs to what was sealed.");
  }
  await dropPhotos(store, [attachment]);
  return row;
}

/**
 * The bytes of a photo.
 * @returns {Promise<Uint8Array>}
 */
export async function readPhoto(store, vault, id) {
  const attachment = await store.attachments.get(id);
  const kept = attachment && (await store.blobs.get(attachment.blob));
  if (!kept) throw new NotHere("The photo is not kept here.");
  return vault.unsealBytes(kept.bytes);
}

/** In a transaction: the same photos for another operation; the bytes are shared, not copied. */
export async function sharePhotos(store, from, to) {
  for (const attachment of await store.attachments.where("op").equals(from).toArray()) {
    const { problem: _old, url: _url, tries: _tries, tryAt: _at, ...kept } = attachment;
    await store.attachments.add({ ...kept, id: uuid7(), op: to, state: "draft" });
  }
}
