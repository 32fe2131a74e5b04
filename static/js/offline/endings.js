// How rows of the outbox end: corrected by another, thrown away, forgotten. All within a transaction of the caller.

import { NotHere } from "./errors.js";
import { dropPhotos, sharePhotos } from "./photos.js";

/** The id of the draft that corrects a refused operation: `fresh`, or the one begun before. */
export async function beginAnew(store, id, fresh, now) {
  const row = await store.records.get(id);
  if (row?.state !== "refused") throw new NotHere("Only what was refused is corrected.");
  if (row.correctedBy && (await store.records.get(row.correctedBy))) return row.correctedBy;
  const { entity, action, record, serverId, baseRev, formVersion, body } = row;
  const copy = { id: fresh, state: "draft", entity, action, record, serverId, baseRev, formVersion, body };
  await store.records.add({ ...copy, replaces: id, version: 1, madeAt: now });
  await sharePhotos(store, id, fresh);
  await store.records.put({ ...row, correctedBy: fresh, version: row.version + 1 });
  return fresh;
}

/** A draft with its photos; what it was to correct may be corrected anew. */
export async function throwAway(store, row) {
  await drop(store, row);
  const refused = row.replaces && (await store.records.get(row.replaces));
  if (refused) await store.records.put({ ...refused, correctedBy: null, version: refused.version + 1 });
}

/** What has been complete since before `until`, with the refused ones that it stands for: they say nothing more. */
export async function dropComplete(store, id, until) {
  const row = await store.records.get(id);
  if (!(row?.completeAt <= until)) return;
  for (let old = row; old; ) {
    await drop(store, old);
    old = old.replaces ? await store.records.get(old.replaces) : null;
  }
}

async function drop(store, row) {
  await dropPhotos(store, await store.attachments.where("op").equals(row.id).toArray());
  await store.records.delete(row.id);
}
