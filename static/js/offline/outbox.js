// What was done in the field, from the first keystroke to the server's final word. Nothing is told as done before the
// transaction that does it has ended. Everything that is changed here is checked against the row as it is in that
// transaction, since another tab may have been quicker.

import { Clock } from "./clock.js";
import { beginAnew, dropComplete, throwAway } from "./endings.js";
import { NotADraft, NotEnrolled, NotHere, writing } from "./errors.js";
import { finished, putFinished } from "./finishing.js";
import { uuid7 } from "./ids.js";
import { newestRows, openRows } from "./listing.js";
import { completeAt, PHOTO_TABLES, preparePhoto, readPhoto, samePhoto, takeOff } from "./photos.js";
import { STATES } from "./states.js";
import { channelOf } from "./store.js";
import { inState, tally } from "./tally.js";
import { Turns } from "./turns.js";

export {
  EmptyPhoto,
  NotADraft,
  NotEnrolled,
  NotHere,
  NothingChanged,
  OtherPerson,
  StorageFull,
  Unreadable,
} from "./errors.js";
export { PHOTO_STATES, STATES } from "./states.js";

// Time to look something up again on the tablet before it is forgotten there.
const KEEP_MS = 7 * 24 * 3600 * 1000;
const PAGE = 50;

/** Fires `change` (`detail: {ids, isSealed}`) after every change, also by another tab; `wiped` when another tab has
 * wiped everything: reload then. */
export class Outbox extends EventTarget {
  #channel = null;
  // Work on one operation begins after all that was called for it before.
  #turns = new Turns();

  /**
   * @param {{store: import("dexie").Dexie, vault: import("./vault.js").Vault, now?: () => number, ticks?: () => number}} parts
   *   `ticks`: as clock.js has it
   */
  constructor({ store, vault, now = Date.now, ticks }) {
    super();
    this.store = store;
    this.vault = vault;
    this.now = now;
    this.clock = new Clock({ store, now, ticks });
    if (typeof BroadcastChannel === "function") {
      this.#channel = new BroadcastChannel(channelOf(store));
      this.#channel.onmessage = ({ data }) => {
        if (data.wiped) this.dispatchEvent(new Event("wiped"));
        else this.#fire(data);
      };
      // Node would wait for it for ever.
      this.#channel.unref?.();
    }
  }

  /** Stop listening to other tabs. */
  close() {
    this.#channel?.close();
    this.#channel = null;
  }

  /**
   * Begin an operation; it is kept before its id is known.
   * @param {string} entity
   * @param {string} action
   * @param {{record?: string, serverId?: number | null, baseRev?: number | null, old?: object, values?: object, formVersion?: number}} [about]
   *   `old` is what stood there when the form was opened.
   * @returns {Promise<string>} id
   */
  async draft(
    entity,
    action,
    { record, serverId = null, baseRev = null, old = {}, values = {}, formVersion = 1 } = {},
  ) {
    const id = uuid7(this.now);
    const row = {
      id,
      state: "draft",
      entity,
      action,
      record: record ?? uuid7(this.now),
      serverId,
      baseRev,
      formVersion,
    };
    const body = await this.vault.seal({ values, old, fix: null });
    await this.clock.look();
    await this.#write(async () => {
      const era = await this.clock.era();
      await this.store.records.add({ ...row, body, era, version: 1, madeAt: this.now() });
    });
    this.tell([id]);
    return id;
  }

  /**
   * Keep what stands in the form now. Fields that are not named stay; `undefined` takes one off. Calls are
   * carried out in their order, each is on the disk when it returns.
   * @param {string} id
   * @param {Object<string, unknown>} values
   */
  async save(id, values) {
    await this.#rewrite(id, (body) => ({ ...body, values: merged(body.values, values) }));
  }

  /**
   * Keep where it is and how that was found out; `place` also becomes the value of that name. A fix that is there goes only
   * for another: nothing (null) takes none away.
   * @param {string} id
   * @param {{place?: [number, number] | null, fix?: object | null}} position
   */
  async setFix(id, { place, fix }) {
    await this.#rewrite(id, (body) => ({
      ...body,
      fix: fix ?? body.fix,
      values: place === undefined ? body.values : { ...body.values, place },
    }));
  }

  /**
   * Once and no more: the same bytes, or an `id` that is there already, add nothing.
   * @param {string} id
   * @param {Uint8Array | ArrayBuffer | Blob} source
   * @param {{name?: string, type?: string, id?: string}} [about] `id`: the attachment's, where the caller has to know it before
   * @returns {Promise<string>} id of the attachment, which is on the disk with its SHA-256
   */
  async addPhoto(id, source, about = {}) {
    return this.#turns.take(id, async () => {
      const { attachment, blob } = await preparePhoto(this.vault, id, source, about);
      const there = await this.#write(async () => {
        const same = await samePhoto(this.store, attachment);
        if (same?.id === attachment.id) return same.id;
        const row = draftOf(await this.store.records.get(id));
        if (same) return same.id;
        await this.store.blobs.add(blob);
        await this.store.attachments.add(attachment);
        // Another version: who is about to seal it in another tab looks again.
        await this.store.records.put({ ...row, version: row.version + 1 });
        return attachment.id;
      });
      this.tell([id]);
      return there;
    });
  }

  /** @param {string} attachmentId */
  async removePhoto(attachmentId) {
    const row = await this.#write(async () => {
      const owner = await takeOff(this.store, attachmentId);
      if (!owner) return null;
      const left = await this.store.attachments.where("op").equals(owner.id).toArray();
      const complete = completeAt(owner, left, this.now());
      await this.store.records.put({ ...owner, ...complete, version: owner.version + 1 });
      return owner;
    });
    if (row) this.tell([row.id]);
  }

  /**
   * The bytes of a photo, for showing it.
   * @param {string} attachmentId
   * @returns {Promise<Uint8Array>}
   */
  photo(attachmentId) {
    return readPhoto(this.store, this.vault, attachmentId);
  }

  /**
   * Finish a draft: from now on it never changes. Sealing what is sealed changes nothing.
   * @param {string} id
   * @param {{asBegun?: boolean}} [how] `asBegun`: it was made when it was begun, such as what a kill kept from being sealed
   * @returns {Promise<object>} the operation
   */
  async seal(id, { asBegun = false } = {}) {
    return this.#turns.take(id, async () => {
      const device = (await this.store.settings.get("device"))?.device;
      if (!device) throw new NotEnrolled("This device has not been enrolled.");
      for (;;) {
        const row = await this.#row(id);
        if (row.state !== "draft") return this.operation(row);
        const sealed = await this.#sealOnce(row, device, asBegun);
        if (sealed) {
          this.tell([id], true);
          return sealed;
        }
      }
    });
  }

  /** The operation as it is written by then, or null if the draft was changed meanwhile. */
  async #sealOnce(row, device, asBegun) {
    await this.clock.look();
    const madeAt = asBegun ? row.madeAt : this.now();
    const made = await finished(this, row, { device, madeAt });
    const seq = await this.#write(() => putFinished(this, row, made, { madeAt, asBegun }));
    return seq === null ? null : { ...made.operation, seq };
  }

  /**
   * The operation of a sealed row, the same whenever it is asked for.
   * @param {object} row
   */
  async operation(row) {
    return { ...(await this.vault.unseal(row.operation)), seq: row.seq };
  }

  /**
   * Newest first, without photo bytes. One that can't be read is listed as such and hides no other.
   * @param {{state?: import("./states.js").State | import("./states.js").State[], limit?: number, before?: string}} [filter]
   *   `before`: the last id of the page before
   * @returns {Promise<import("./listing.js").Row[]>}
   */
  async rows({ state, limit = PAGE, before } = {}) {
    return openRows(this.store, this.vault, await newestRows(this.store, { state, limit, before }));
  }

  /**
   * @param {string} id
   * @returns {Promise<import("./listing.js").Row | null>}
   */
  async get(id) {
    const row = await this.store.records.get(id);
    return row ? (await openRows(this.store, this.vault, [row]))[0] : null;
  }

  /** How many are in each state; see tally.js. */
  counts() {
    return tally(this.store);
  }

  /**
   * Begin a refused operation anew, with its values and photos. Asked twice it answers the same draft.
   * @param {string} id
   * @returns {Promise<string>} id of the draft
   */
  async correct(id) {
    const draft = await this.#write(() => beginAnew(this.store, id, uuid7(this.now), this.now()));
    this.tell([id, draft]);
    return draft;
  }

  /**
   * Throw away what was refused and what the person won't correct, with its photos. A draft that corrects it stays.
   * @param {string} id
   */
  async giveUp(id) {
    await this.#turns.take(id, () =>
      this.#write(async () => {
        const row = await this.store.records.get(id);
        if (row?.state !== "refused") throw new NotHere("Only what was refused is given up.");
        await throwAway(this.store, row);
      }),
    );
    this.tell([id]);
  }

  /**
   * What is here of a thing, by the tablet's own id of it, in its order; nothing is opened.
   * @param {string} record
   * @returns {Promise<{id: string, action: string, state: import("./states.js").State}[]>}
   */
  async trace(record) {
    const rows = await this.store.records.where("record").equals(record).sortBy("id");
    return rows.map(({ id, action, state }) => ({ id, action, state }));
  }

  /** Somebody has settled a conflict here: what the server says of it now is asked with the next contact, not in a while. */
  async askOfConflicts() {
    await inState(this.store, "conflict").modify({ askAt: 0 });
  }

  /** The person wants to know now: also what an office has made of held ones is asked with the next contact. */
  async askOfOffices() {
    await this.askOfConflicts();
    await inState(this.store, "held").modify({ askAt: 0 });
  }

  /**
   * Throw a draft away, with its photos. What is sealed can't be taken back.
   * @param {string} id
   */
  async discard(id) {
    await this.#turns.take(id, () =>
      this.#write(async () => throwAway(this.store, draftOf(await this.store.records.get(id)))),
    );
    this.tell([id]);
  }

  /**
   * Drop what has been on the server, with all its photos, for seven days.
   * @param {number} [now] ms
   * @returns {Promise<number>} how many
   */
  async forget(now = this.now()) {
    const due = await this.store.records
      .where("completeAt")
      .belowOrEqual(now - KEEP_MS)
      .toArray();
    for (const { id } of due) await this.#write(() => dropComplete(this.store, id, now - KEEP_MS));
    if (due.length > 0) this.tell(due.map(({ id }) => id));
    return due.length;
  }

  /**
   * What operations under way are about: drafts, and sealed ones without a final word.
   * @returns {Promise<{entity: string, serverId: number | null, record: string}[]>}
   */
  async openRecords() {
    const states = Object.keys(STATES).filter(
      (state) => !STATES[state].final || ["held", "refused"].includes(state),
    );
    const rows = await Promise.all(states.map((state) => inState(this.store, state).toArray()));
    return rows
      .flat()
      .filter((row) => !row.correctedBy)
      .map(({ entity, serverId, record }) => ({ entity, serverId, record }));
  }

  /** Tell the page and other tabs that these have changed; `isSealed`: there is something new to send. */
  tell(ids, isSealed = false) {
    this.#channel?.postMessage({ ids, isSealed });
    this.#fire({ ids, isSealed });
  }

  #fire(detail) {
    this.dispatchEvent(new CustomEvent("change", { detail }));
  }

  async #row(id) {
    const row = await this.store.records.get(id);
    if (!row) throw new NotHere("No such operation is kept here.");
    return row;
  }

  #write(work) {
    const tables = [...PHOTO_TABLES, "settings"].map((name) => this.store.table(name));
    // Dexie follows an awaiting function through its transaction only where it sees that it is one.
    return writing(() => this.store.transaction("rw", tables, async () => work()));
  }

  /** Put another body into a draft: read, sealed, and written only if it is still the one that was read. */
  async #rewrite(id, change) {
    await this.#turns.take(id, async () => {
      for (let isDone = false; !isDone; ) {
        const row = draftOf(await this.#row(id));
        const body = await this.vault.seal(change(await this.vault.unseal(row.body)));
        isDone = await writing(() => this.#putBody(row, body));
      }
    });
    this.tell([id]);
  }

  /** Over the one table: a keystroke waits for no write to another. */
  #putBody(row, body) {
    const { records } = this.store;
    return this.store.transaction("rw", records, async () => {
      if ((await records.get(row.id))?.version !== row.version) return false;
      await records.put({ ...row, body, version: row.version + 1 });
      return true;
    });
  }
}

function draftOf(row) {
  if (!row) throw new NotHere("No such operation is kept here.");
  if (row.state !== "draft") throw new NotADraft("It was sealed already.");
  return row;
}

function merged(values, more) {
  const all = { ...values, ...more };
  for (const [field, value] of Object.entries(more)) if (value === undefined) delete all[field];
  return all;
}
