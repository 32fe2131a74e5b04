// The calls of a pass that carry operations and receipts, and what is done when they fail. Operations of which nobody
// knows what became of them are never given up and never given another id.

import { CallError, Later, Refused } from "./api.js";
import { Unreadable } from "./errors.js";
import { BATCH } from "./queue.js";

// Failures of whole batches in a row before a pass ends: enough to find one bad operation among a hundred by halves
// (7), few enough not to hammer a server that can answer nothing.
const FAILURES = 10;
const ASK = 200;
// Answers that may be the fault of what was sent: the batch is parted. All others are the connection's or the
// server's, whatever is sent.
const PARTED = ["error", "garbled"];
// After this many timeouts of a single operation the next one has its turn.
const TIMEOUTS = 3;
// So often a clock that leaps while something is sent is waited for.
const TIMES = 3;
// How much is left here, as the server has heard last.
const LEFT = "told_left";

/** Whether an answer may be the fault of what was sent. */
export const isTheirs = (error) => error instanceof Refused || PARTED.includes(error.reason);

/** What rows keep of a failure. */
export const problemOf = ({ code, reason, message, status }) => ({
  code: code || reason || String(status ?? ""),
  message,
});

/** By operation, how much the clock was put forward since it was made. */
export const putRightOf = (rows) =>
  Object.fromEntries(rows.filter((row) => row?.putRight).map(({ id, putRight }) => [id, putRight]));

export class Exchange {
  #outbox;
  #api;
  #queue;
  #pause;
  #most = BATCH.operations;
  #timeouts = 0;
  #askMost = ASK;

  /**
   * @param {{outbox: import("./outbox.js").Outbox, api: import("./api.js").FieldApi, queue: import("./queue.js").Queue,
   *   pause: (tries: number) => number}} parts
   */
  constructor({ outbox, api, queue, pause }) {
    this.#outbox = outbox;
    this.#api = api;
    this.#queue = queue;
    this.#pause = pause;
  }

  /** Send all that is sealed and due. */
  async push(renew) {
    const found = { failures: 0 };
    for (;;) {
      const rows = await this.#queue.next({ ...BATCH, operations: this.#most });
      if (rows.length === 0) return;
      await this.#send(rows, renew, found);
    }
  }

  /** What the server says of the time. That it says nothing is no fault of what was to be sent. */
  async #serverTime() {
    try {
      return (await this.#api.me()).server_time;
    } catch (error) {
      if (error instanceof Later || error instanceof Refused) throw new Later("busy", "", { cause: error });
      throw error;
    }
  }

  /**
   * `{sentAt, putRight}`: this very moment, and by how much the clock was put forward since each was made, both by one clock.
   * Where it has leapt, what the server says of the time is wanted first; where it leaps just now, it is all done again.
   */
  async #timesOf(ids) {
    const { clock, now } = this.#outbox;
    for (let tries = 1; ; tries++) {
      if (await clock.isUnsure()) await clock.hear(await this.#serverTime());
      const era = await clock.era();
      const sentAt = new Date(now()).toISOString();
      const putRight = putRightOf(await this.#outbox.store.records.bulkGet(ids));
      await clock.look();
      if (era === (await clock.era()) || tries === TIMES) return { sentAt, putRight };
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
      await this.#queue.storeReceipts(marked, receipts, this.#pause);
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
      await this.#queue.setAside(rows[0].id, problemOf(error), this.#pause);
    await this.#queue.release(rows.map(({ id }) => id));
    if (!mayBeTheirs) throw error;
  }

  /** Those that can be opened, as `{…row, opened}`; the others are set aside. */
  async #readable(rows) {
    const outbox = this.#outbox;
    const readable = [];
    for (const row of rows) {
      try {
        readable.push({ ...row, opened: await outbox.operation(row) });
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        await this.#queue.setAside(row.id, problemOf(error), this.#pause);
      }
    }
    return readable;
  }

  /** The receipts of the server for these. */
  async #call(rows) {
    const outbox = this.#outbox;
    const operations = rows.map(({ opened }) => opened);
    const { device } = await outbox.store.settings.get("device");
    const queue = await this.#queue.length(rows);
    // By these the server knows how far this clock is off, and was, and puts the times that it told right.
    const { sentAt, putRight } = await this.#timesOf(rows.map(({ id }) => id));
    const answer = await this.#api.push({
      device,
      queue,
      sent_at: sentAt,
      put_right: putRight,
      operations,
    });
    if (!Array.isArray(answer?.receipts)) throw new Later("garbled");
    await this.#noteTold(queue);
    await outbox.clock.hear(answer.server_time);
    return answer.receipts;
  }

  /** On a bad line smaller batches get through; one operation that never does lets others before. */
  async #timedOut(rows, error) {
    this.#most = Math.max(1, Math.floor(rows.length / 2));
    if (rows.length > 1 || ++this.#timeouts < TIMEOUTS) return;
    this.#timeouts = 0;
    await this.#queue.setAside(rows[0].id, problemOf(error), this.#pause);
  }

  /** Nothing is left to be sent: whoever leads shall see what still lies here, where that is not what was told with the last batch. */
  async tellLeft(renew) {
    const left = await this.#queue.length();
    const told = await this.#outbox.store.settings.get(LEFT);
    if (!told || told.value === left) return;
    await renew();
    try {
      await this.#api.receipts([], left);
      await this.#noteTold(left);
    } catch (error) {
      // A server that won't hear it hears it with the next batch.
      if (!isTheirs(error)) throw error;
    }
  }

  /** Also for after a reload: a photo that came without a push changes what was told. */
  #noteTold(value) {
    return this.#outbox.store.settings.put({ name: LEFT, value });
  }

  /** Ask how received, held and conflicting ones went on; what the server only keeps, or no longer knows, is sent once more. */
  async ask(renew) {
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
        this.#pause,
      );
    }
  }

  async #askFor(rows) {
    const ids = rows.map(({ id }) => id);
    const { receipts } = await this.#api.receipts(ids);
    const answered = Array.isArray(receipts) ? receipts : [];
    const missing = await this.#queue.storeReceipts(ids, answered, this.#pause);
    await this.#queue.askLater(missing, this.#pause);
    await this.#sendAgain(rows, answered, missing);
  }

  async #sendAgain(rows, answered, missing) {
    const undecided = answered.filter((receipt) => receipt?.outcome === "received").map(({ op_id }) => op_id);
    const unsure = rows.filter(
      ({ id, state }) => state !== "conflict" && (missing.includes(id) || undecided.includes(id)),
    );
    const again = await this.#readable(unsure.slice(0, BATCH.operations));
    if (again.length === 0) return;
    const sent = again.map(({ id }) => id);
    await this.#queue.storeReceipts(sent, await this.#call(again), this.#pause);
  }
}
