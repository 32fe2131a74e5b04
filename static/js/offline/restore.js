// A rescue file back into the outbox, with the ids that it had. An operation comes with all its photos or not at all, so that
// a restore that was cut off is simply done again.

import { Device, isOther } from "./device.js";
import { BadRescue, OtherPerson, writing } from "./errors.js";
import { PHOTO_TABLES, preparePhoto } from "./photos.js";
import { openZip } from "./unzip.js";

export const FORMAT = "gis-grid-rescue";
export const VERSION = 1;
const PHOTO_STATE = { draft: "draft", refused: "unwanted", sealed: "waiting" };

/**
 * @param {Blob | Uint8Array} file
 * @param {import("./outbox.js").Outbox} outbox
 * @returns {Promise<{records: number, operations: number, drafts: number, photos: number, skipped: number, problems: {id: string, code: string}[]}>}
 *   `skipped`: was here already; `problems`: photos that the file has not or not whole
 */
export async function restore(file, outbox) {
  const zip = await openZip(file instanceof Blob ? file : new Blob([file]));
  const manifest = await readManifest(zip);
  const device = new Device({ store: outbox.store, vault: outbox.vault, caches: null });
  const me = await device.me();
  if (me && isOther(me, manifest)) {
    throw new OtherPerson(`The file holds work of ${manifest.person}.`);
  }
  const done = { records: 0, operations: 0, drafts: 0, photos: 0, skipped: 0, problems: [] };
  const rows = [
    ...manifest.operations.map((operation) => rowOf(operation, manifest)),
    ...manifest.drafts.map(draftRow),
  ];
  for (const { row, body, operation, receipt } of rows) {
    const photos = await photosOf({ row, operation }, manifest, zip, outbox, done);
    const { vault } = outbox;
    const sealed = { ...row, body: await vault.seal(body), version: 1 };
    const putRight = manifest.put_right?.[row.id];
    if (Number.isFinite(putRight)) sealed.putRight = putRight;
    if (operation) sealed.operation = await vault.seal(operation);
    if (receipt) sealed.receipt = await vault.seal(receipt);
    if (!(await put(outbox.store, sealed, photos, manifest.seq))) {
      done.skipped++;
      continue;
    }
    done.records++;
    done[operation ? "operations" : "drafts"]++;
    done.photos += photos.length;
  }
  if (manifest.device) await device.recall(manifest);
  outbox.tell(
    rows.map(({ row }) => row.id),
    true,
  );
  return done;
}

async function readManifest(zip) {
  const entry = zip.get("manifest.json");
  if (!entry) throw new BadRescue("This is no rescue file.");
  let manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(await entry.read()));
  } catch (cause) {
    throw new BadRescue("The file is damaged.", { cause });
  }
  if (manifest?.format !== FORMAT) throw new BadRescue("This is no rescue file.");
  if (manifest.version !== VERSION)
    throw new BadRescue("The rescue file is of another version of this page.");
  const { operations = [], drafts = [], attachments = [], refusals = {}, seq = 0 } = manifest;
  return { ...manifest, operations, drafts, attachments, refusals, seq };
}

/** A sealed row of an operation. What the server has said of it meanwhile it says again; a refusal is kept. */
function rowOf({ seq, ...operation }, { refusals, drafts }) {
  const { op_id: id, entity, action, record, replaces, changes, fix } = operation;
  const receipt = refusals[id] ?? null;
  const madeAt = Date.parse(operation.made_at) || 0;
  const row = {
    id,
    state: receipt ? "refused" : "sealed",
    entity,
    action,
    record,
    serverId: operation.server_id,
    baseRev: operation.base_rev,
    formVersion: operation.form_version,
    seq,
    bytes: new TextEncoder().encode(JSON.stringify(operation)).byteLength + 24,
    madeAt,
    sealedAt: madeAt,
    correctedBy: drafts.find((draft) => draft.replaces === id)?.id ?? null,
  };
  if (replaces) row.replaces = replaces;
  const pick = (which) =>
    Object.fromEntries(Object.entries(changes).map(([field, pair]) => [field, pair[which]]));
  return { row, body: { old: pick(0), values: pick(1), fix }, operation, receipt };
}

function draftRow(draft) {
  const { id, entity, action, record, replaces, values, old, fix } = draft;
  const row = {
    id,
    state: "draft",
    entity,
    action,
    record,
    serverId: draft.server_id,
    baseRev: draft.base_rev,
    formVersion: draft.form_version,
    madeAt: draft.made_at_ms,
  };
  if (replaces) row.replaces = replaces;
  return { row, body: { values, old, fix }, operation: null, receipt: null };
}

/** The photos of one operation, ready to be written; what is missing or not what it was is told in `done.problems`. */
async function photosOf({ row, operation }, { attachments }, zip, { store, vault }, done) {
  if (await store.records.get(row.id)) return [];
  const photos = [];
  for (const { id, sha256, name, type, file } of attachments.filter(({ op_id }) => op_id === row.id)) {
    // What was sealed can't be added to: the server takes no other photos than it lists.
    if (operation && !operation.attachments.some((one) => one.id === id)) {
      done.problems.push({ id, code: "not_listed" });
      continue;
    }
    const entry = zip.get(file);
    const bytes = entry ? await entry.read() : null;
    const photo = bytes && (await preparePhoto(vault, row.id, bytes, { id, name, type }));
    if (photo?.attachment.sha256 !== sha256) {
      done.problems.push({ id, code: photo ? "damaged" : "missing" });
      continue;
    }
    photo.attachment.state = PHOTO_STATE[row.state];
    photos.push(photo);
  }
  return photos;
}

/** In one transaction; false if it was here already. */
function put(store, row, photos, seq) {
  const tables = [...PHOTO_TABLES, "settings"].map((name) => store.table(name));
  return writing(() =>
    store.transaction("rw", tables, async () => {
      if (await store.records.get(row.id)) return false;
      await store.records.add(row);
      for (const { attachment, blob } of photos) {
        await store.blobs.put(blob);
        await store.attachments.put(attachment);
      }
      // The device's count goes on where it was.
      const counted = Math.max((await store.settings.get("seq"))?.value ?? 0, seq, row.seq ?? 0);
      await store.settings.put({ name: "seq", value: counted });
      return true;
    }),
  );
}
