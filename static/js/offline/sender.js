// Brings what is sealed to the server, and its word back. Whatever breaks off in between, what is not answered
// is sent again with the same id, and the server knows it by that.

import { CallError, Later, Paused, Refused, Revoked } from "./api.js";
import { backoff, MOST_MS } from "./backoff.js";
import { NotHere, Unreadable } from "./errors.js";
import { alone } from "./lock.js";
import { readPhoto } from "./photos.js";
import { BATCH, Queue } from "./queue.js";
import { PHOTO_STATES } from "./states.js";
import { Uploader } from "./uploads.js";

// Failures of whole batches in a row before a pass ends: enough to find one bad operation among a hundred by halves
// (7), few enough not to hammer a server that can answer nothing.
const FAILURES = 10;
const PHOTO_FAILURES = 5;
const ASK = 200;
// Answers that may be the fault of what was sent: the batch is parted. All others are the connection's or the
// server's, whatever is sent.
const PARTED = ["error", "garbled"];
// Another tab sends; it may be closed before it is through.
const ELSEWHERE_MS = 30_000;
// After this many timeouts of a single operation the next one has its turn.
const TIMEOUTS = 3;

/**
 * `phase`: `off`, `idle` (nothing to do), `sending`, `waiting` (for `nextAt`; `reason` says why), `elsewhere` (another tab sends),
 * `paused` (a new code is wanted), `revoked`.
 * @typedef {{phase: string, reason: string, message: string, nextAt: number | null}} SenderState
 */

/** Fires `change` (`detail` is a SenderState) and `photo` (`detail: {id, op, offset, size}`). */
export class Sender extends EventTarget {
  #queue;
  #uploader;
  #parts;
  #timer = null;
  #running = null;
  #isStarted = false;
  #isWanted = false;
  #failures = 0;
  #most = BATCH.operations;
  #timeouts = 0;
  #askMost = ASK;
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
    this.pause = (tries) => backoff(tries, random);
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
      if (["paused", "revoked"].includes(this.#state.phase) && (await api.token()) === this.#endedToken)
        return this.#state;
      const parts = { store: outbox.store, locks, now: outbox.now };
      const done = await alone(parts, async (renewLock) => {
        const renew = async () => {
          if (!(await renewLock())) throw new Later("elsewhere");
          if (this.#state.phase !== "sending") this.#tell({ phase: "sending" });
        };
        await this.#queue.putBack();
        await this.#push(renew);
        await this.#ask(renew);
        // What has waited for an answer about the same thing.
        await this.#push(renew);
        await this.#photos(renew);
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
      this.#endedToken = await api.token();
      return this.#tell({
        phase: error instanceof Revoked ? "revoked" : "paused",
        reason: error.code,
        message: error.message,
      });
    }
    const wait = Math.min(MOST_MS, Math.max(this.pause(++this.#failures), error.afterMs ?? 0));
    // What the device itself can't do (a closed database, no room) is tried again like the rest, and said.
    const reason = error instanceof Later ? error.reason : (error.code ?? "device");
    return this.#tell({ phase: "waiting", reason, message: error.message, nextAt: outbox.now() + wait });
  }

  async #push(renew) {
    const found = { failures: 0 };
    for (;;) {
      const rows = await this.#queue.next({ ...BATCH, operations: this.#most });
      if (rows.length === 0) return;
      await this.#send(rows, renew, found);
    }
  }

  /** Send these; if it may be one of them that can't be answered, in halves. */
  async #send(rows, renew, found) {
    await renew();
    const free = await this.#readable(await this.#queue.free(rows));
    const marked = await this.#queue.markSending(free.map(({ id }) => id));
    const sent = free.filter(({ id }) => marked.includes(id));
    if (sent.length === 0) return;
    try {
      const receipts = await this.#call(sent);
      found.failures = 0;
      this.#timeouts = 0;
      this.#most = Math.min(BATCH.operations, this.#most * 2);
      await this.#queue.storeReceipts(marked, receipts, this.pause);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      await this.#unanswered(sent, error);
      if (++found.failures >= FAILURES) {
        throw error instanceof Later ? error : new Later("error", error.message);
      }
      if (sent.length === 1) return;
      const middle = Math.ceil(sent.length / 2);
      await this.#send(sent.slice(0, middle), renew, found);
      await this.#send(sent.slice(middle), renew, found);
    }
  }

  /** None of these was acknowledged: they wait again. Throws unless it may be the fault of one of them. */
  async #unanswered(rows, error) {
    if (error.reason === "timeout") await this.#timedOut(rows, error);
    const mayBeTheirs = isTheirs(error);
    if (mayBeTheirs && rows.length === 1)
      await this.#queue.setAside(rows[0].id, problemOf(error), this.pause);
    await this.#queue.release(rows.map(({ id }) => id));
    if (!mayBeTheirs) throw error;
  }

  /** Those that can be opened, as `{…row, opened}`; the others are set aside. */
  async #readable(rows) {
    const { outbox } = this.#parts;
    const readable = [];
    for (const row of rows) {
      try {
        readable.push({ ...row, opened: await outbox.operation(row) });
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        await this.#queue.setAside(row.id, problemOf(error), this.pause);
      }
    }
    return readable;
  }

  /** The receipts of the server for these. */
  async #call(rows) {
    const { outbox, api } = this.#parts;
    const operations = rows.map(({ opened }) => opened);
    const { device } = await outbox.store.settings.get("device");
    const answer = await api.push({ device, queue: await this.#queue.length(), operations });
    if (!Array.isArray(answer?.receipts)) throw new Later("garbled");
    return answer.receipts;
  }

  /** On a bad line smaller batches get through; one operation that never does lets others before. */
  async #timedOut(rows, error) {
    this.#most = Math.max(1, Math.floor(rows.length / 2));
    if (rows.length > 1 || ++this.#timeouts < TIMEOUTS) return;
    this.#timeouts = 0;
    await this.#queue.setAside(rows[0].id, problemOf(error), this.pause);
  }

  /** Ask how received and held ones went on; what the server only keeps, or no longer knows, is sent once more. */
  async #ask(renew) {
    const rows = await this.#queue.toAsk(this.#askMost);
    if (rows.length === 0) return;
    await renew();
    try {
      await this.#askFor(rows);
      this.#askMost = Math.min(ASK, this.#askMost * 2);
    } catch (error) {
      if (!isTheirs(error)) throw error;
      // Smaller groups, the longest unasked first: one for which the server can't answer spoils it for few.
      this.#askMost = Math.max(1, Math.floor(rows.length / 2));
      await this.#queue.askLater(
        rows.map(({ id }) => id),
        this.pause,
      );
    }
  }

  async #askFor(rows) {
    const ids = rows.map(({ id }) => id);
    const { receipts } = await this.#parts.api.receipts(ids);
    const answered = Array.isArray(receipts) ? receipts : [];
    const missing = await this.#queue.storeReceipts(ids, answered, this.pause);
    await this.#queue.askLater(missing, this.pause);
    const undecided = answered.filter((receipt) => receipt?.outcome === "received").map(({ op_id }) => op_id);
    const unsure = rows.filter(({ id }) => missing.includes(id) || undecided.includes(id));
    const again = await this.#readable(unsure.slice(0, BATCH.operations));
    if (again.length === 0) return;
    const sent = again.map(({ id }) => id);
    await this.#queue.storeReceipts(sent, await this.#call(again), this.pause);
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
        await this.#queue.setPhotoAside(photo.id, problemOf(error), this.pause);
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
        this.dispatchEvent(new CustomEvent("photo", { detail: { id, op, offset, size } }));
      },
    });
    // The bytes are there; only the server's receipt says that it is content with them.
    const { receipts } = await api.receipts([op]);
    await this.#queue.storeReceipts([op], Array.isArray(receipts) ? receipts : [], this.pause);
    const after = await outbox.store.attachments.get(id);
    if (after && PHOTO_STATES[after.state].open) {
      await this.#queue.setPhotoAside(id, { code: "not_confirmed", message: "" }, this.pause);
    }
  }

  #tell(state) {
    this.#state = { reason: "", message: "", nextAt: null, ...state };
    this.dispatchEvent(new CustomEvent("change", { detail: this.#state }));
    return this.#state;
  }
}

/** Whether an answer may be the fault of what was sent. */
const isTheirs = (error) => error instanceof Refused || PARTED.includes(error.reason);

const problemOf = ({ code, reason, message, status }) => ({
  code: code || reason || String(status ?? ""),
  message,
});
