// Rows of the outbox as the page shows them: opened, with what is known of their photos, never with the bytes.

import { Unreadable } from "./errors.js";
import { describePhotos, tallyPhotos } from "./photos.js";
import { openConflicts } from "./states.js";

const LAST = "\uffff";

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {import("./states.js").State} state
 * @property {string} entity
 * @property {string} action
 * @property {string} record
 * @property {number | null} serverId
 * @property {number | null} baseRev
 * @property {number | null} seq
 * @property {string | null} replaces the refused operation that this one corrects
 * @property {string | null} correctedBy
 * @property {number} madeAt ms
 * @property {number | null} sealedAt ms
 * @property {Object<string, unknown>} values
 * @property {Object<string, unknown>} old
 * @property {object | null} fix
 * @property {object | null} receipt the server's last word
 * @property {number} open conflicts that nobody has settled yet
 * @property {{code: string, message: string, at: number, tries: number} | null} problem why it could not be sent so far
 * @property {{total: number, sent: number, refused: number}} photos
 * @property {{id: string, name: string, type: string, size: number, sha256: string, state: string, problem: object | null}[]} attachments
 * @property {boolean} unreadable
 */

/** At most `limit` rows as they are kept, newest first, of one state, several or all. */
export async function newestRows(store, { state, limit, before = LAST }) {
  const newest = (collection) => collection.reverse().limit(limit).toArray();
  const { records } = store;
  if (!state) return newest(records.where("id").below(before));
  const ranges = [state].flat().map((one) => records.where("[state+id]").between([one, ""], [one, before]));
  const found = (await Promise.all(ranges.map(newest))).flat();
  return found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
}

/**
 * @returns {Promise<Row[]>}
 */
export async function openRows(store, vault, rows) {
  const ids = rows.map(({ id }) => id);
  const all = await store.attachments.where("op").anyOf(ids).toArray();
  return Promise.all(
    rows.map((row) =>
      openRow(
        vault,
        row,
        all.filter(({ op }) => op === row.id),
      ),
    ),
  );
}

// One that can't be read is listed as such and hides no other.
async function openRow(vault, row, attachments) {
  const { id, state, entity, action, record, serverId, baseRev, madeAt } = row;
  const { seq = null, replaces = null, correctedBy = null, sealedAt = null, problem = null } = row;
  const shown = { id, state, entity, action, record, serverId, baseRev, madeAt, seq, replaces, correctedBy };
  const photos = tallyPhotos(attachments);
  const described = {
    ...shown,
    sealedAt,
    problem,
    open: 0,
    photos,
    attachments: await describePhotos(vault, attachments),
  };
  try {
    const receipt = row.receipt ? await vault.unseal(row.receipt) : null;
    const open = openConflicts(receipt).length;
    return { ...described, ...(await vault.unseal(row.body)), receipt, open, unreadable: false };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { ...described, values: {}, old: {}, fix: null, receipt: null, unreadable: true };
  }
}
