// Brings what is sealed to the server, and its word back. Whatever breaks off in between, what is not answered
// is sent again with the same id, and the server knows it by that.

import { Later, Paused, Revoked } from "./api.js";
import { backoff, MOST_MS } from "./backoff.js";
import { NotHere, Unreadable } from "./errors.js";
import { Exchange, isTheirs, problemOf } from "./exchange.js";
import { alone } from "./lock.js";
import { readPhoto } from "./photos.js";
import { Queue } from "./queue.js";
import { PHOTO_STATES } from "./states.js";
import { Uploader } from "./uploads.js";

// Photos in a row that the server can't take, before a pass ends.
const PHOTO_FAILURES = 5;
// Another tab sends; it may be closed before it is through.
const ELSEWHERE_MS = 30_000;

/**
 * `phase`: `off`, `idle` (nothing to do), `sending`, `waiting` (for `nextAt`; `reason` says why), `elsewhere` (another tab sends),
 * `paused` (a new code is wanted), `revoked`.
 * @typedef {{phase: string, reason: string, message: string, nextAt: number | null}} SenderState
 */

/** Fires `change` (`detail` is a SenderState) and `photo` (`detail: {id, op, offset, size}`). */
export class Sender extends EventTarget {
  #queue;
  #pause;
  #exchange;
  #uploader;
  #parts;
  #timer = null;
  #running = null;
  #isStarted = false;
  #isWanted = false;
  #failures = 0;
  #endedToken = null;
  #state = { phase: "off", reason: "", message: "", nextAt: null };

  /**
   * @param {{outbox: import("./outbox.js").Outbox, api: import("./api.js").FieldApi, locks?: LockManager | null,
   *   random?: () => number, timers?: {setTimeout: Function, clearTimeout: Function}, page?: EventTarget}} parts
   */
  constructor({
    outbox,
    api,
    locks = globalThis.navigator?.locks ?? null,
    random,
    timers = globalThis,
    page = globalThis,
  }) {
    super();
    this.#parts = { outbox, api, locks, timers, page };
    this.#queue = new Queue(outbox);
    this.#uploader = new Uploader(api);
    this.#pause = (tries) => backoff(tries, random);
    this.#exchange = new Exchange({ outbox, api, queue: this.#queue, pause: this.#pause });
  }

  /** @returns {SenderState} */
  get state() {
    return this.#state;
  }

  /** Send now and whenever there is something, until `stop`. */
  start() {
    const { outbox, page } = this.#parts;
    outbox.addEventListener("change", this.#onChange);
    page.addEventListener?.("online", this.#onOnline);
    this.#isStarted = true;
    this.#tell({ phase: "idle" });
    this.kick();
  }

  /** Send nothing more; what is under way is ended. */
  async stop() {
    const { outbox, page, timers } = this.#parts;
    outbox.removeEventListener("change", this.#onChange);
    page.removeEventListener?.("online", this.#onOnline);
    this.#isStarted = false;
    this.#isWanted = false;
    timers.clearTimeout(this.#timer);
    await this.#running;
    this.#tell({ phase: "off" });
  }

  /** Try now, instead of waiting longer; also after a new code was scanned. */
  async kick() {
    const { timers, outbox } = this.#parts;
    timers.clearTimeout(this.#timer);
    this.#isWanted = true;
    if (this.#running) return;
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.run();
    }
    if (!this.#isStarted) return;
    const wait = (this.#state.nextAt ?? outbox.now() + MOST_MS) - outbox.now();
    timers.clearTimeout(this.#timer);
    this.#timer = timers.setTimeout(() => this.kick(), Math.max(1000, wait));
    // In Node: nobody waits for it.
    this.#timer?.unref?.();
  }

  /**
   * One pass over everything that is due. Never throws for what a server or a connection does.
   * @returns {Promise<SenderState>}
   */
  run() {
    this.#running ??= this.#pass().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  #onOnline = () => this.kick();

  #onChange = ({ detail }) => {
    if (detail.isSealed) this.kick();
  };

  async #pass() {
    const { outbox, locks, api } = this.#parts;
    try {
      const hasEnded = ["paused", "revoked"].includes(this.#state.phase);
      if (hasEnded && (await api.token()) === this.#endedToken) return this.#state;
      const parts = { store: outbox.store, locks, now: outbox.now };
      const done = await alone(parts, async (renewLock) => {
        const renew = async () => {
          if (!(await renewLock())) throw new Later("elsewhere");
          if (this.#state.phase !== "sending") this.#tell({ phase: "sending" });
        };
        await this.#queue.putBack();
        await this.#exchange.push(renew);
        await this.#exchange.ask(renew);
        // What has waited for an answer about the same thing.
        await this.#exchange.push(renew);
        await this.#photos(renew);
        await this.#exchange.tellLeft(renew);
        return true;
      });
      this.#failures = 0;
      if (done === null) return this.#tell({ phase: "elsewhere", nextAt: outbox.now() + ELSEWHERE_MS });
      const nextAt = await this.#queue.nextDue();
      return this.#tell({
        phase: nextAt === null ? "idle" : "waiting",
        reason: nextAt === null ? "" : "due",
        nextAt,
      });
    } catch (error) {
      return this.#stumble(error);
    }
  }

  async #stumble(error) {
    const { api, outbox } = this.#parts;
    if (error instanceof Paused || error instanceof Revoked) {
      this.#endedToken = await api.token().catch(() => null);
      return this.#tell({
        phase: error instanceof Revoked ? "revoked" : "paused",
        reason: error.code,
        message: error.message,
      });
    }
    const wait = Math.min(MOST_MS, Math.max(this.#pause(++this.#failures), error.afterMs ?? 0));
    // What the device itself can't do (a closed database, no room) is tried again like the rest, and said.
    const reason = error instanceof Later ? error.reason : (error.code ?? "device");
    return this.#tell({ phase: "waiting", reason, message: error.message, nextAt: outbox.now() + wait });
  }

  /** One at a time: two would share the same thin line and both be cut off. */
  async #photos(renew) {
    for (let failures = 0; ; ) {
      const photo = await this.#queue.nextPhoto();
      if (!photo) return;
      await renew();
      try {
        await this.#upload(photo, renew);
        failures = 0;
      } catch (error) {
        // A photo that can't be read, or that the server can't take, lets the next one before.
        if (!isTheirs(error) && !(error instanceof NotHere || error instanceof Unreadable)) throw error;
        await this.#queue.setPhotoAside(photo.id, problemOf(error), this.#pause);
        if (++failures >= PHOTO_FAILURES) throw error;
      }
    }
  }

  async #upload(photo, renew) {
    const { outbox, api } = this.#parts;
    const bytes = await readPhoto(outbox.store, outbox.vault, photo.id);
    const name = await outbox.vault.unseal(photo.name).catch(() => "");
    const { id, op, size } = photo;
    await this.#uploader.upload({ ...photo, name }, bytes, {
      onUrl: (url) => this.#queue.keepUrl(id, url),
      onOffset: async (offset) => {
        await renew();
        // What was sealed meanwhile does not wait for the rest of a photo.
        if (this.#isWanted) {
          this.#isWanted = false;
          await this.#exchange.push(renew);
        }
        this.dispatchEvent(new CustomEvent("photo", { detail: { id, op, offset, size } }));
      },
    });
    // The bytes are there; only the server's receipt says that it is content with them.
    const { receipts } = await api.receipts([op]);
    await this.#queue.storeReceipts([op], Array.isArray(receipts) ? receipts : [], this.#pause);
    const after = await outbox.store.attachments.get(id);
    if (after && PHOTO_STATES[after.state].open) {
      await this.#queue.setPhotoAside(id, { code: "not_confirmed", message: "" }, this.#pause);
    }
  }

  #tell(state) {
    this.#state = { reason: "", message: "", nextAt: null, ...state };
    this.dispatchEvent(new CustomEvent("change", { detail: this.#state }));
    return this.#state;
  }
}
