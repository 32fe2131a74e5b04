// Operations on their way to the server: kept through loss of net and leaving the page, sent one
// after another in the order in which they were drawn. Knows neither page nor map.

import { HttpError } from "../net/http.js";

const AGAIN_MS = [1000, 2000, 5000, 10000];

/** A random UUID; `crypto.randomUUID` is missing where a page comes over plain http. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}

export class OpQueue {
  #key;
  #storage;
  #send;
  #listener;
  #entries;
  #isSending = false;
  #timer = null;
  #failures = 0;
  #isHalted = false;

  /**
   * `send(entry)` answers or throws HttpError. The listener hears `onChange()`,
   * `onAnswer(entry, answer)`, `onRefused(entry, error)` (it has been dropped),
   * `onConflict(entry, error)` and `onBlocked(entry, error)`: then nothing is sent until
   * `resolve`, `drop` or `restart`.
   */
  constructor(key, storage, send, listener) {
    this.#key = key;
    this.#storage = storage;
    this.#send = send;
    this.#listener = listener;
    this.#entries = kept(storage, key);
  }

  /** `[{client_op_id, base_revision, op}]`, the oldest first. */
  get waiting() {
    return this.#entries;
  }

  get isSending() {
    return this.#isSending;
  }

  add(op, base) {
    this.#entries.push({ client_op_id: newId(), base_revision: base, op });
    this.#keep();
    this.flush();
  }

  /** Take the last operation back that nobody has been sent; it, or null. */
  takeBack() {
    const last = this.#entries.length - 1;
    if (last < 0 || (last === 0 && this.#isSending)) return null;
    const taken = this.#entries.pop();
    this.#keep();
    return taken;
  }

  /** Send the one that is in conflict again, saying how to go on. */
  resolve(how) {
    this.#entries[0].resolve = how;
    this.#keep();
    this.restart();
  }

  drop() {
    this.#entries.shift();
    this.#keep();
    this.restart();
  }

  restart() {
    this.#isHalted = false;
    this.flush();
  }

  /** Send what waits. */
  async flush() {
    clearTimeout(this.#timer);
    if (this.#isSending || this.#isHalted || this.#entries.length === 0) return;
    this.#isSending = true;
    const entry = this.#entries[0];
    let outcome;
    try {
      const answer = await this.#send(entry);
      outcome = () => this.#take(entry, answer);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      outcome = () => this.#stumble(entry, error);
    } finally {
      this.#isSending = false;
    }
    outcome();
    this.flush();
  }

  #take(entry, answer) {
    this.#failures = 0;
    this.#entries.shift();
    for (const later of this.#entries) {
      // What was drawn on top of it was drawn on what it made; unless others came between.
      const isNext = answer.revision === entry.base_revision + 1;
      if (isNext && later.base_revision === entry.base_revision) later.base_revision = answer.revision;
    }
    this.#keep();
    this.#listener.onAnswer(entry, answer);
  }

  #stumble(entry, error) {
    // No connection, a busy or a failing server, a session that has ended: it stays and waits.
    if (error.status === 0 || error.status === 401 || error.status >= 500) {
      this.#isHalted = true;
      const pause = AGAIN_MS[Math.min(this.#failures++, AGAIN_MS.length - 1)];
      this.#timer = setTimeout(() => this.restart(), pause);
      this.#listener.onChange();
      return;
    }
    if (error.status === 409 && error.code === "conflict") {
      this.#isHalted = true;
      this.#listener.onConflict(entry, error);
      return;
    }
    // The plan is no draft any more, or not one's own to change: what was drawn is not lost by it.
    if (error.status !== 422) {
      this.#isHalted = true;
      this.#listener.onBlocked(entry, error);
      return;
    }
    this.#entries.shift();
    this.#keep();
    this.#listener.onRefused(entry, error);
  }

  #keep() {
    try {
      if (this.#entries.length > 0) this.#storage.setItem(this.#key, JSON.stringify(this.#entries));
      else this.#storage.removeItem(this.#key);
    } catch {
      // A full or forbidden storage keeps nothing over a visit; what is here is sent all the same.
    }
    this.#listener.onChange();
  }
}

function kept(storage, key) {
  try {
    return JSON.parse(storage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}
