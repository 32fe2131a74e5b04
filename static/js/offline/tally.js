// How much there is of what, counted by indexes alone.

import { PHOTO_STATES, STATES } from "./states.js";

/**
 * Operations in each state, photos, and what no server has (`unsent` operations, `photos.open`).
 * @param {import("dexie").Dexie} store
 * @returns {Promise<Object<string, number> & {unsent: number, photos: {total: number, sent: number, open: number, refused: number, draft: number}}>}
 */
export async function tally(store) {
  return store.transaction("r", store.records, store.attachments, async () => {
    const counts = {};
    for (const state of Object.keys(STATES)) counts[state] = await inState(store, state).count();
    const photos = { total: 0, sent: 0, open: 0, refused: 0, draft: 0 };
    for (const [state, { sent, open }] of Object.entries(PHOTO_STATES)) {
      const n = await store.attachments.where("state").equals(state).count();
      if (state === "unwanted") continue;
      if (state === "draft") photos.draft = n;
      else photos.total += n;
      if (sent) photos.sent += n;
      if (open) photos.open += n;
      if (state === "refused") photos.refused = n;
    }
    counts.photos = photos;
    counts.unsent = await unsentOperations(store, counts);
    return counts;
  });
}

async function unsentOperations(store, counts) {
  const states = Object.keys(STATES).filter((state) => STATES[state].unsent && state !== "refused");
  const corrected = await inState(store, "refused")
    .filter((row) => Boolean(row.correctedBy))
    .count();
  return states.reduce((sum, state) => sum + counts[state], counts.refused - corrected);
}

/** Rows of one state, as a collection by id. */
export const inState = (store, state) =>
  store.records.where("[state+id]").between([state, ""], [state, "\uffff"], true, true);

/** Whether losing this database would lose work, or work that was not judged yet. */
export async function hasUnsent(store) {
  const { unsent, received, photos } = await tally(store);
  return unsent + received + photos.open > 0;
}
