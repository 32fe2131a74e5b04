// A tablet whose battery was empty has a clock that is days off, and the net puts it right when it comes back: just before
// what was done by the wrong one is sent. So it is kept here when the clock leapt, and with the next word of the server what
// was made before such a leap is told apart from what was made after it.
//
// A clock that is put forward looks like a tablet that has slept; how much it was put forward in all the server's time tells.

import { writing } from "./errors.js";
import { inState } from "./tally.js";

// What a page is late by that is busy or hardly runs.
const LEAP_MS = 60_000;
// Less is a clock that goes a little wrong, or a slow way to the server.
const TOLERANCE_MS = 120_000;
const BEAT_MS = 20_000;
const MOST_LEAPS = 500;
// `OFFSET`: how much this clock is behind the server's, as heard last. `LEAPS`: `{seen, first, leaps}`, where `first` is the
// number of the first leap that is kept.
const OFFSET = "clock";
const LEAPS = "leaps";
// What no server has judged; its times can still be put right.
const OPEN = ["draft", "sealed", "sending"];

/**
 * How much the clock was put forward in each leap.
 * @param {number[]} leaps ms by which the clock went on more than the page saw time go by, in their order
 * @param {number} total ms by which it was put forward in all
 * @returns {number[]} ms, 0 where the tablet only slept
 */
export function putForward(leaps, total) {
  // Backwards goes no sleep.
  const steps = leaps.map((by) => Math.min(by, 0));
  const left = total - steps.reduce((sum, step) => sum + step, 0);
  if (Math.abs(left) <= TOLERANCE_MS || leaps.length === 0) return steps;
  if (left > 0) {
    // That one, of those that are wide enough, in which the least would have been sleep.
    const wide = leaps.filter((by) => by >= left - TOLERANCE_MS);
    if (wide.length > 0) steps[leaps.lastIndexOf(Math.min(...wide))] += left;
  } else {
    // Put back while it slept it seems to have been put back by less.
    const back = leaps.findLastIndex((by) => by < 0);
    steps[back >= 0 ? back : leaps.length - 1] += left;
  }
  return steps;
}

export class Clock {
  #seen = null;

  /**
   * @param {{store: import("dexie").Dexie, now?: () => number, ticks?: () => number}} parts
   *   `ticks`: ms that go by evenly, whatever the clock is set to
   */
  constructor({ store, now = Date.now, ticks = () => performance.now() }) {
    this.store = store;
    this.now = now;
    this.ticks = ticks;
  }

  /**
   * Look whether the clock has leapt since anybody looked; called before whatever keeps a time, and now and then.
   * @returns {Promise<boolean>} whether it has, or the tablet has slept
   */
  async look() {
    return writing(() => this.store.transaction("rw", this.store.settings, () => this.#look()));
  }

  async #look() {
    const [now, ticks] = [this.now(), this.ticks()];
    const kept = await this.#kept();
    const isOurs = this.#seen !== null && this.#seen.now === kept.seen;
    const passed = isOurs ? ticks - this.#seen.ticks : 0;
    const by = kept.seen === null ? 0 : now - kept.seen - passed;
    const hasLeapt = Math.abs(by) > LEAP_MS;
    if (!hasLeapt && isOurs && passed < BEAT_MS) return false;
    const leaps = hasLeapt ? [...kept.leaps, by] : kept.leaps;
    const dropped = Math.max(0, leaps.length - MOST_LEAPS);
    const value = { seen: now, first: kept.first + dropped, leaps: leaps.slice(dropped) };
    await this.store.settings.put({ name: LEAPS, value });
    this.#seen = { now, ticks };
    return hasLeapt;
  }

  /** How many leaps there were before: what is made now carries it as its `era`. Within a transaction over `settings`. */
  async era() {
    const { first, leaps } = await this.#kept();
    return first + leaps.length;
  }

  /** Whether something may have to be put right before it is sent: the server's time is wanted first. */
  async isUnsure() {
    await this.look();
    return (await this.#kept()).leaps.length > 0;
  }

  /**
   * The server has told its time: what was made before a leap of the clock is put right.
   * @param {string | undefined} serverTime
   */
  async hear(serverTime) {
    const { records, settings } = this.store;
    await writing(() =>
      this.store.transaction("rw", records, settings, async () => {
        const value = Date.parse(serverTime) - this.now();
        if (!Number.isFinite(value)) return;
        await this.#look();
        const kept = await this.#kept();
        const before = (await settings.get(OFFSET))?.value;
        if (kept.leaps.length > 0) {
          if (before !== undefined) await this.#putRight(kept, putForward(kept.leaps, before - value));
          const first = kept.first + kept.leaps.length;
          await settings.put({ name: LEAPS, value: { ...kept, first, leaps: [] } });
        }
        await settings.put({ name: OFFSET, value });
      }),
    );
  }

  async #putRight({ first }, steps) {
    for (const state of OPEN) {
      await inState(this.store, state).modify((row) => {
        const by = steps.slice(Math.max(0, (row.era ?? first) - first)).reduce((sum, step) => sum + step, 0);
        if (row.era === undefined || by === 0) return;
        row.putRight = (row.putRight ?? 0) + by;
        // Another version: who writes it just now reads it again.
        row.version++;
      });
    }
  }

  async #kept() {
    return (await this.store.settings.get(LEAPS))?.value ?? { seen: null, first: 0, leaps: [] };
  }
}
