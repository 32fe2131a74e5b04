// How a draft becomes an operation that never changes again.

import { NothingChanged } from "./errors.js";
import { operationOf } from "./operation.js";
import { describePhotos } from "./photos.js";

// Room for `"seq":…,`, which is counted only when the row is written.
const SEQ_BYTES = 24;

/**
 * The operation of a draft as it is now: `{operation, sealed, bytes}`.
 * @param {import("./outbox.js").Outbox} outbox
 * @param {object} row
 * @param {{device: string, madeAt: number}} about
 */
export async function finished({ store, vault }, row, { device, madeAt }) {
  const listed = await store.attachments.where("op").equals(row.id).toArray();
  const attachments = await describePhotos(vault, listed);
  const body = await vault.unseal(row.body);
  const operation = operationOf(row, body, { device, madeAt, attachments });
  if (row.action === "change" && Object.keys(operation.changes).length + attachments.length === 0) {
    throw new NothingChanged("Everything stands as it stood.");
  }
  const bytes = new TextEncoder().encode(JSON.stringify(operation)).byteLength + SEQ_BYTES;
  return { operation, sealed: await vault.seal(operation), bytes };
}

/**
 * Write it in the place of its draft, within a transaction of the caller; its number, or null if the draft was changed
 * meanwhile. `asBegun`: its times are by the clock of when it was begun.
 */
export async function putFinished({ store, clock }, row, { sealed, bytes }, { madeAt, asBegun }) {
  if ((await store.records.get(row.id))?.version !== row.version) return null;
  const seq = ((await store.settings.get("seq"))?.value ?? 0) + 1;
  await store.settings.put({ name: "seq", value: seq });
  const { era, putRight, ...rest } = row;
  const byClock = asBegun ? { era, putRight } : { era: await clock.era() };
  const told = { state: "sealed", seq, operation: sealed, bytes, sealedAt: madeAt };
  await store.records.put({ ...rest, ...byClock, ...told, version: row.version + 1 });
  await store.attachments.where("op").equals(row.id).modify({ state: "waiting" });
  return seq;
}
