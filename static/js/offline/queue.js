// What the sender does to the outbox's rows: which are next, and what an answer makes of them. One transaction an answer.

import { writing } from "./errors.js";
import { completeAt } from "./photos.js";
import { mayBecome, OUTCOMES, openConflicts, PHOTO_STATES, PHOTO_WORDS, STATES } from "./states.js";
import { inState, tally } from "./tally.js";

// The server takes 200 and 2 MB; half of that leaves room for its own counting.
export const BATCH = { operations: 100, bytes: 1_000_000 };
// What is held waits for people: asking more often would only cost traffic.
const HELD_MS = 15 * 60_000;
// The server may have more to say of these.
const ASKED = ["received", "held", "conflict"];
// In these the server has the operation, so that it knows whose a photo is.
const HAS = ["received", "applied", "duplicate", "conflict", "held"];

export class Queue {
  /** @param {import("./outbox.js").Outbox} outbox */
  constructor(outbox) {
    this.outbox = outbox;
    this.store = outbox.store;
  }

  /** What a closed page or a lost answer left as being sent waits again. */
  async putBack() {
    const rows = await inState(this.store, "sending").toArray();
    await this.#move(
      rows.map(({ id }) => id),
      "sealed",
    );
  }

  /**
   * The next rows to be sent together, in their order. One that has failed by itself (`tries`) goes alone, when it is
   * due and after the others. What is about the same thing as an earlier one waits for that one's answer, since it may
   * name what the earlier one makes.
   * @param {{operations: number, bytes: number}} most
   * @returns {Promise<object[]>}
   */
  async next(most = BATCH) {
    const now = this.outbox.now();
    const batch = [];
    let single = null;
    let bytes = 0;
    const blocked = new Set();
    for (const row of await this.#unsettled()) {
      const isBlocked = about(row).some((key) => blocked.has(key));
      if (row.state === "sealed" && !isBlocked && !row.tries) {
        const isFull = batch.length >= most.operations || bytes + row.bytes > most.bytes;
        if (isFull && batch.length > 0) break;
        batch.push(row);
        bytes += row.bytes;
      } else {
        if (row.state === "sealed" && !isBlocked && isDue(row.tryAt, now)) single ??= row;
        for (const key of about(row)) blocked.add(key);
      }
    }
    return batch.length === 0 && single ? [single] : batch;
  }

  /** Of these, what may be sent now: a part of a batch may have to wait for what another part has failed to bring. */
  async free(rows) {
    const ids = new Set(rows.map(({ id }) => id));
    const blocked = new Set();
    const free = [];
    for (const row of await this.#unsettled()) {
      const keys = about(row);
      if (ids.has(row.id) && row.state === "sealed" && !keys.some((key) => blocked.has(key))) free.push(row);
      else for (const key of keys) blocked.add(key);
    }
    return free;
  }

  /** Mark them as being sent; those that are no longer sealed are left out. */
  markSending(ids) {
    return this.#move(ids, "sending");
  }

  /** Nobody has answered for these: they wait as before. */
  release(ids) {
    return this.#move(ids, "sealed");
  }

  /**
   * The server can't answer for this one: it stays, and is tried again by itself at `tryAt`.
   * @param {string} id
   * @param {{code: string, message: string}} problem
   * @param {(tries: number) => number} pause ms
   */
  async setAside(id, problem, pause) {
    const now = this.outbox.now();
    await this.#write(async () => {
      const row = await this.store.records.get(id);
      if (row && ["sealed", "sending"].includes(row.state))
        await this.store.records.put(aside(row, problem, pause, now));
    });
    this.outbox.tell([id]);
  }

  /**
   * Store an answer: the receipts for the operations that were sent or asked for.
   * @param {string[]} ids as they were sent
   * @param {unknown[]} receipts
   * @param {(tries: number) => number} pause ms, for those without a receipt
   * @returns {Promise<string[]>} those without a receipt that can be read
   */
  async storeReceipts(ids, receipts, pause) {
    const found = matched(ids, receipts);
    const sealed = new Map();
    for (const [id, receipt] of found) sealed.set(id, await this.outbox.vault.seal(receipt));
    const now = this.outbox.now();
    await this.#write(async () => {
      for (const id of ids) {
        const row = await this.store.records.get(id);
        if (!row) continue;
        const receipt = found.get(id);
        if (receipt) await this.#advance(row, receipt, sealed.get(id), pause);
        else if (row.state === "sending") {
          const problem = { code: "no_receipt", message: "" };
          await this.store.records.put(aside(row, problem, pause, now));
        }
      }
    });
    this.outbox.tell(ids);
    return ids.filter((id) => !found.has(id));
  }

  /**
   * Rows that the server has but has not judged for good, photos it should have by now, and conflicts that an office may have
   * settled; the longest unasked first.
   */
  async toAsk(limit) {
    const now = this.outbox.now();
    const received = await inState(this.store, "received").toArray();
    const held = await inState(this.store, "held").toArray();
    const conflicts = await inState(this.store, "conflict")
      .filter(({ open }) => open !== 0)
      .toArray();
    const due = [...received, ...held, ...conflicts].filter(({ askAt }) => isDue(askAt, now));
    return due.sort((a, b) => (a.askAt ?? 0) - (b.askAt ?? 0)).slice(0, limit);
  }

  /** Nothing was said of these: ask again later. */
  async askLater(ids, pause) {
    const now = this.outbox.now();
    await this.#write(async () => {
      for (const id of ids) {
        const row = await this.store.records.get(id);
        if (!row || !ASKED.includes(row.state)) continue;
        await this.store.records.put({ ...row, ...askNext(row, now, pause), version: row.version + 1 });
      }
    });
  }

  /**
   * How much no server has: operations, drafts, what was refused, photos. `rows`: those that are told in this very call, and
   * of which nothing more is left. The server shows it to those who lead.
   */
  async length(rows = []) {
    const { unsent, photos } = await tally(this.store);
    const told = rows.filter(({ state }) => STATES[state].unsent).length;
    return Math.max(0, unsent + photos.open - told);
  }

  /** When something set aside, asked for or tried again is due next, ms; or null. */
  async nextDue() {
    const times = [];
    for (const state of ["sealed", "received", "held"]) {
      await inState(this.store, state).each(({ tryAt, askAt }) => times.push(tryAt, askAt));
    }
    for (const state of Object.keys(PHOTO_STATES).filter((one) => PHOTO_STATES[one].open)) {
      await this.store.attachments
        .where("state")
        .equals(state)
        .each(({ tryAt }) => times.push(tryAt));
    }
    const now = this.outbox.now();
    const known = times.filter((time) => time > 0).map((time) => (isDue(time, now) ? now : time));
    return known.length > 0 ? Math.min(...known) : null;
  }

  /** The next photo that is due, the oldest first, of an operation that the server has; or null. */
  async nextPhoto() {
    const now = this.outbox.now();
    const open = Object.keys(PHOTO_STATES).filter((state) => PHOTO_STATES[state].open);
    const photos = await this.store.attachments.where("state").anyOf(open).sortBy("id");
    for (const photo of photos) {
      if (!isDue(photo.tryAt, now)) continue;
      const row = await this.store.records.get(photo.op);
      if (row && HAS.includes(row.state)) return photo;
    }
    return null;
  }

  /** Where a photo's upload goes on; null for from the start. */
  async keepUrl(id, url) {
    await this.#write(() => this.store.attachments.update(id, { url }));
  }

  /** A photo that could not be brought over is tried again later, after the others. */
  async setPhotoAside(id, { code, message }, pause) {
    const now = this.outbox.now();
    const op = await this.#write(async () => {
      const photo = await this.store.attachments.get(id);
      if (!photo) return null;
      const tries = (photo.tries ?? 0) + 1;
      const problem = { code, message, at: now, tries };
      await this.store.attachments.put({ ...photo, tries, tryAt: now + pause(tries), problem });
      return photo.op;
    });
    if (op) this.outbox.tell([op]);
  }

  /** All without a final word, in their order. */
  async #unsettled() {
    const range = (state) => [
      [state, Number.NEGATIVE_INFINITY],
      [state, Number.POSITIVE_INFINITY],
    ];
    const found = await Promise.all(
      ["sealed", "sending", "received"].map((state) =>
        this.store.records
          .where("[state+seq]")
          .between(...range(state))
          .toArray(),
      ),
    );
    const rows = await Promise.all(found.flat().map(async (row) => [await this.#placeOf(row), row]));
    return rows.sort(([a, one], [b, other]) => a - b || one.seq - other.seq).map(([, row]) => row);
  }

  /** A correction stands where the refused one stood: what came after that waits for it, and never it for them. */
  async #placeOf(row) {
    let first = row;
    while (first.replaces) {
      const earlier = await this.store.records.get(first.replaces);
      if (!earlier) break;
      first = earlier;
    }
    return first.seq;
  }

  async #advance(row, receipt, sealed, pause) {
    const now = this.outbox.now();
    const to = OUTCOMES[receipt.outcome];
    const isNews = mayBecome(row.state, to);
    // A word that says less than what is known (an answer that came late) changes nothing of the operation.
    if (!isNews && to !== row.state) return;
    const words = new Map((receipt.attachments ?? []).map((word) => [word?.id, word]));
    const photos = await this.store.attachments.where("op").equals(row.id).toArray();
    for (const photo of photos) await this.#advancePhoto(photo, to, words.get(photo.id));
    const { tries: _tries, tryAt: _tryAt, problem: _problem, asked, askAt: _askAt, ...kept } = row;
    const next = { ...kept, state: to, receipt: sealed, version: row.version + 1 };
    next.open = openConflicts(receipt).length;
    if (ASKED.includes(to)) Object.assign(next, askNext({ state: to, asked }, now, pause));
    if (Number.isInteger(receipt.server_id)) next.serverId = receipt.server_id;
    await this.store.records.put({ ...next, ...completeAt(next, photos, now) });
  }

  async #advancePhoto(photo, outcome, word) {
    if (outcome === "refused") photo.state = "unwanted";
    else if (PHOTO_WORDS.includes(word?.state)) photo.state = word.state;
    else return;
    photo.problem = photo.state === "refused" ? { code: "refused", message: word.message ?? "" } : null;
    await this.store.attachments.put(photo);
  }

  async #move(ids, to) {
    const moved = [];
    await this.#write(async () => {
      for (const id of ids) {
        const row = await this.store.records.get(id);
        if (!row || !mayBecome(row.state, to)) continue;
        await this.store.records.put({ ...row, state: to, version: row.version + 1 });
        moved.push(id);
      }
    });
    if (moved.length > 0) this.outbox.tell(moved);
    return moved;
  }

  #write(work) {
    return writing(() => this.store.transaction("rw", this.store.records, this.store.attachments, work));
  }
}

/** By what operations are about the same thing. */
function about({ record, entity, action, serverId }) {
  const keys = [record];
  if (serverId !== null) keys.push(`${entity}:${serverId}`);
  // A squad is out once at a time: a patrol begins when the server has heard of the end of the one before.
  if (entity === "run" && ["start", "end"].includes(action)) keys.push("run");
  return keys;
}

/** Nothing is put off for longer than `HELD_MS`: what seems to be was put off before the clock was set back. */
function isDue(time, now) {
  return !(time > now && time <= now + HELD_MS);
}

function askNext({ state, asked = 0 }, now, pause) {
  return { asked: asked + 1, askAt: now + (state === "received" ? pause(asked + 1) : HELD_MS) };
}

function aside(row, { code, message }, pause, now) {
  const tries = (row.tries ?? 0) + 1;
  const problem = { code, message, at: now, tries };
  return { ...row, state: "sealed", tries, tryAt: now + pause(tries), problem, version: row.version + 1 };
}

/** The receipts that can be read, by the op_id of what was sent; what is not listed by id is by its place. */
function matched(ids, receipts) {
  const found = new Map();
  for (const receipt of receipts) {
    const id = receipt?.op_id ?? ids[receipt?.index];
    if (!ids.includes(id) || !Object.hasOwn(OUTCOMES, receipt.outcome)) continue;
    if (!Array.isArray(receipt.attachments ?? [])) continue;
    if (!found.has(id)) found.set(id, receipt);
  }
  return found;
}
