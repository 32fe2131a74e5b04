// Everything that no server has in one zip file, for a stick or an office's computer: when the device is revoked, breaks,
// or won't connect. `sealing.js` closes it before it leaves the page. `restore` takes it in again, with the same ids: what
// the server has had in the meantime is not done twice.

import { Zip, ZipPassThrough } from "fflate";
import { Device } from "./device.js";
import { BadRescue, NotHere, Unreadable } from "./errors.js";
import { putRightOf } from "./exchange.js";
import { localTime } from "./operation.js";
import { bytesOf, describePhotos, readPhoto, sha256 } from "./photos.js";
import { FORMAT, VERSION } from "./restore.js";
import { PHOTO_STATES } from "./states.js";

export { restore } from "./restore.js";

// A zip without extensions ends at 4 GiB; some room for its list.
const MOST_BYTES = 4_200_000_000;
const MANIFEST = "manifest.json";

/**
 * The file, made while it is read, one photo in memory at a time:
 * `for await (const piece of rescue(outbox)) await writable.write(piece)`, or `await rescue(outbox).blob()`.
 * A photo that can't be read is left out and named in `problems.json`; it stops nothing.
 * @param {import("./outbox.js").Outbox} outbox
 * @param {{unmade: (op: string) => Promise<string[]>, file: (id: string) => Promise<File | null>} | null} [originals]
 *   photos that lie outside the outbox, because no copy for sending was made of them yet: they come as they are
 * @returns {{name: string, blob: () => Promise<Blob>, [Symbol.asyncIterator]: () => AsyncIterator<Uint8Array>}}
 */
export function rescue(outbox, originals = null) {
  const stamp = localTime(outbox.now()).slice(0, 16).replace(/[-:]/g, "").replace("T", "-");
  const pieces = () => zipped(outbox, originals);
  return {
    name: `${FORMAT}-${stamp}.zip`,
    [Symbol.asyncIterator]: pieces,
    async blob() {
      const parts = [];
      // A blob each: browsers lay large blobs on the disk, while bytes would stay in memory.
      for await (const piece of pieces()) parts.push(new Blob([piece]));
      return new Blob(parts, { type: "application/zip" });
    },
  };
}

async function* zipped(outbox, originals) {
  const ready = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    ready.push(piece);
  });
  const add = (name, bytes) => {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    entry.push(bytes, true);
    return ready.splice(0);
  };
  const { unreadable, ...manifest } = await manifestOf(outbox);
  const problems = [...unreadable];
  const loose = originals ? await addLoose(manifest, originals, problems) : new Set();
  yield* add(MANIFEST, json(manifest));
  let written = 0;
  for (const { id, file, size } of manifest.attachments) {
    try {
      if (written + size > MOST_BYTES) throw new BadRescue("The file would become too large.");
      const bytes = loose.has(id)
        ? await bytesOf(await originals.file(id))
        : await readPhoto(outbox.store, outbox.vault, id);
      written += size;
      yield* add(file, bytes);
    } catch (error) {
      const isOne = [NotHere, Unreadable, BadRescue].some((kind) => error instanceof kind);
      if (!isOne) throw error;
      problems.push({ id, code: error.code });
    }
  }
  if (problems.length > 0) yield* add("problems.json", json(problems));
  zip.end();
  yield* ready.splice(0);
}

/** Originals without a copy, as photos of their drafts and operations; their ids. */
async function addLoose(manifest, originals, problems) {
  const loose = new Set();
  const ops = [...manifest.drafts.map(({ id }) => id), ...manifest.operations.map(({ op_id }) => op_id)];
  for (const op of ops) {
    for (const id of await originals.unmade(op)) {
      try {
        const original = await originals.file(id);
        if (!original) continue;
        const about = { size: original.size, name: original.name, type: original.type };
        const hash = await sha256(await bytesOf(original));
        manifest.attachments.push({ id, op_id: op, sha256: hash, ...about, file: `photos/${id}` });
        loose.add(id);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        problems.push({ id, code: error.code });
      }
    }
  }
  return loose;
}

const json = (value) => new TextEncoder().encode(JSON.stringify(value, null, 1));

/** All of which no server has everything; what can't be read is told in `unreadable`. */
async function manifestOf(outbox) {
  const { store, vault } = outbox;
  const me = await new Device({ store, vault, caches: null }).me();
  const device = await store.settings.get("device");
  const manifest = {
    format: FORMAT,
    version: VERSION,
    device: device?.device ?? null,
    person: me?.person ?? (device?.person ? await vault.unseal(device.person) : null),
    login: me?.login ?? (device?.login ? await vault.unseal(device.login) : null),
    made_at: localTime(outbox.now()),
    // How much this clock is behind the server's, as far as it has heard: by this all times in here are put right.
    // `put_right`: what was made before the clock was put forward, and by how much, ms.
    put_right: {},
    clock_ms: (await store.settings.get("clock"))?.value ?? null,
    seq: (await store.settings.get("seq"))?.value ?? 0,
    operations: [],
    drafts: [],
    // What the server has said, where its last word is that something can't be done.
    refusals: {},
    attachments: [],
    unreadable: [],
  };
  for (const id of await store.records.toCollection().primaryKeys()) {
    const row = await store.records.get(id);
    if (!row || row.completeAt || (await isCorrected(store, row))) continue;
    try {
      await note(manifest, outbox, row);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      manifest.unreadable.push({ id, code: error.code });
      continue;
    }
    const photos = await store.attachments.where("op").equals(id).sortBy("id");
    const open = photos.filter(({ state }) => !PHOTO_STATES[state].sent);
    for (const { id: photo, op, sha256, size, name, type } of await describePhotos(vault, open)) {
      manifest.attachments.push({ id: photo, op_id: op, sha256, size, name, type, file: `photos/${photo}` });
    }
  }
  manifest.operations.sort((a, b) => a.seq - b.seq);
  return manifest;
}

/** A refused one whose corrected successor was sealed says nothing more. */
async function isCorrected(store, { correctedBy }) {
  const successor = correctedBy && (await store.records.get(correctedBy));
  return Boolean(successor) && successor.state !== "draft";
}

async function note(manifest, outbox, row) {
  if (row.state === "draft") {
    const { id, entity, action, record, serverId, baseRev, formVersion, replaces = null, madeAt, body } = row;
    const about = {
      id,
      entity,
      action,
      record,
      server_id: serverId,
      base_rev: baseRev,
      form_version: formVersion,
    };
    Object.assign(manifest.put_right, putRightOf([row]));
    manifest.drafts.push({ ...about, replaces, made_at_ms: madeAt, ...(await outbox.vault.unseal(body)) });
    return;
  }
  manifest.operations.push(await outbox.operation(row));
  Object.assign(manifest.put_right, putRightOf([row]));
  if (row.state === "refused")
    manifest.refusals[row.id] = row.receipt ? await outbox.vault.unseal(row.receipt) : {};
}
