// A patrol under way: its track is kept point by point in a draft and sealed in batches; checkpoints are
// noted when one is there. Begins and ends only by the person's hand.

import { NotADraft, NotHere } from "../offline/errors.js";
import { distanceM } from "../offline/nearby.js";
import { Holding } from "./holding.js";

const MOST_POINTS = 500;
const BATCH_MS = 120_000;
// Points nearer than this to the last one and sooner than that say nothing new.
const STEP_M = 4;
const STEP_MS = 10_000;
const EARLY_MS = 60_000;
// A fix wider than this says nothing about where one walked.
const WIDEST_M = 100;
const KEY = "patrol";
const LOCK = "gis-grid-field-patrol";
const MOST_LEFT = 1000;

/** Another tab of the page keeps a run. */
class PatrolElsewhere extends Error {
  name = "PatrolElsewhere";
}

export class Patrolling extends EventTarget {
  #stop = null;
  #draft = null;
  #points = [];
  #began = 0;
  #lock = null;
  #turn = Promise.resolve();
  #hold = new Holding(LOCK);
  run = null;
  problem = null;

  constructor(app) {
    super();
    this.app = app;
    document.addEventListener("visibilitychange", () => {
      // The browser takes the lock away with the page; it is asked for again.
      if (this.#stop && document.visibilityState === "visible") this.#keepAwake();
    });
  }

  /** Whether the screen is kept on; where not, the track ends with the screen. */
  get isAwake() {
    return this.#lock !== null && !this.#lock.released;
  }

  /** Whether another tab of the page keeps the track: two would walk every metre twice. */
  get isElsewhere() {
    return this.run !== null && this.#stop === null;
  }

  get count() {
    return (this.run?.points ?? 0) + this.#points.length;
  }

  /** Go on with what was under way when the page was closed. */
  async resume() {
    this.run = await this.#kept();
    if (!this.run) return;
    if (await this.#hold.take()) await this.#goOn();
    else {
      this.#hold.wait(() => this.#goOn().catch((error) => this.app.failed(error)));
      this.#tell();
    }
  }

  /** This tab holds the run: what a kill has left half done is finished first. */
  async #goOn() {
    this.run = await this.#kept();
    if (this.run) await this.#sealLeft();
    if (this.run && (await this.#hasEnded())) await this.#keep(null);
    if (this.run) this.#watch();
    else this.#hold.letGo();
    this.#tell();
  }

  /** `route`: of the pack; `planned`: one of its runs, or null. */
  async start(route, planned) {
    if (!(await this.#hold.take())) throw new PatrolElsewhere();
    // Another tab may have begun one since this page was opened.
    if (await this.#kept()) {
      await this.#goOn();
      return;
    }
    await this.#sealLeft();
    const { outbox, sender } = this.app;
    const values = { members: route.members ?? [], started_at: new Date().toISOString() };
    if (planned) values.run = planned.id;
    else values.route = route.id;
    const id = await outbox.draft("run", "start", { values, formVersion: this.app.ground.forms.version });
    try {
      const { record } = await outbox.get(id);
      // Before it is sealed: a run that the server knows is one that goes on here, whatever is killed in between.
      await this.#keep({ record, route: route.id, startedAt: Date.now(), passed: [], points: 0 });
      await outbox.seal(id);
    } catch (error) {
      await this.#keep(null);
      await outbox.discard(id).catch(() => {});
      this.#hold.letGo();
      throw error;
    }
    this.#watch();
    sender.kick();
    this.#tell();
  }

  async end() {
    this.#stop?.();
    this.#stop = null;
    await this.#turn;
    await this.flush();
    await this.#sealLeft({ isEnding: true });
    await this.#record("end", { ended_at: new Date().toISOString() });
    await this.#keep(null);
    await this.#lock?.release().catch(() => {});
    this.#lock = null;
    this.#hold.letGo();
    this.app.sender.kick();
    this.#tell();
  }

  async pass(order) {
    if (this.run.passed.includes(order)) return;
    // At once, so that a second tap finds it.
    this.run.passed.push(order);
    try {
      await this.#record("passed", { checkpoint: order, at: new Date().toISOString() }, () =>
        this.#keep({ ...this.run }),
      );
    } catch (error) {
      this.run.passed = this.run.passed.filter((one) => one !== order);
      throw error;
    }
    this.#tell();
  }

  /** The note that is being written, as a row of the outbox: begun with the first keystroke, or null. */
  async note({ isBegun = false } = {}) {
    const { outbox } = this.app;
    const { record } = this.run;
    const open = (await outbox.trace(record)).find((one) => one.action === "note" && one.state === "draft");
    if (!open && !isBegun) return null;
    const formVersion = this.app.ground.forms.version;
    return outbox.get(open?.id ?? (await outbox.draft("run", "note", { record, formVersion })));
  }

  /** Seal what has been walked so far. */
  async flush() {
    const [id, points] = [this.#draft, this.#points];
    this.#draft = null;
    this.#points = [];
    if (id) await this.#sealDraft(id, points);
  }

  /** `between()`: what is kept after the draft and before it is sealed; a kill there is finished by `#sealLeft`. */
  async #record(action, values, between = async () => {}) {
    const { record } = this.run;
    const id = await this.app.outbox.draft("run", action, {
      record,
      values,
      formVersion: this.app.ground.forms.version,
    });
    await between();
    await this.app.outbox.seal(id);
  }

  /**
   * Drafts that no pen is over any more: tracks, and what was killed before it was sealed. A note of the run under way
   * is still being written.
   */
  async #sealLeft({ isEnding = false } = {}) {
    const rows = await this.app.outbox.rows({ state: "draft", limit: MOST_LEFT });
    // A correction is under the pen of the person.
    for (const row of rows.filter(({ entity, replaces }) => entity === "run" && !replaces).reverse()) {
      const isOurs = this.run?.record === row.record;
      const { action, values } = row;
      if (action === "track") await this.#sealDraft(row.id, values.points ?? [], isOurs);
      else if (action === "note" && isOurs && !isEnding) continue;
      else if (action === "note" && !values.text?.trim()) await this.app.outbox.discard(row.id);
      // Nobody was told that it has begun.
      else if (action === "start" && !isOurs) await this.app.outbox.discard(row.id);
      else {
        await this.app.outbox.seal(row.id, { asBegun: true });
        if (action === "passed" && isOurs && !this.run.passed.includes(values.checkpoint))
          await this.#keep({ ...this.run, passed: [...this.run.passed, values.checkpoint] });
      }
    }
  }

  /** Whether its end was sealed, and only the mark here was left. */
  async #hasEnded() {
    const rows = await this.app.outbox.trace(this.run.record);
    return rows.some(({ action, state }) => action === "end" && state !== "draft");
  }

  async #sealDraft(id, points, isOurs = true) {
    if (points.length === 0) {
      await this.app.outbox.discard(id);
      return;
    }
    await this.app.outbox.seal(id, { asBegun: true });
    if (isOurs) await this.#keep({ ...this.run, points: this.run.points + points.length });
    this.app.sender.kick();
  }

  async #kept() {
    return (await this.app.store.settings.get(KEY))?.value ?? null;
  }

  async #keep(run) {
    this.run = run;
    if (run) await this.app.store.settings.put({ name: KEY, value: run });
    else await this.app.store.settings.delete(KEY);
  }

  #watch() {
    this.#keepAwake();
    this.#stop ??= this.app.position.watch((fix, problem, isFresh) => {
      this.problem = problem;
      if (fix && isFresh) {
        // One after the other, or two could begin a batch each.
        this.#turn = this.#turn.then(() => this.#add(fix)).catch((error) => this.app.failed(error));
      } else if (this.#draft && Date.now() - this.#began > BATCH_MS) {
        this.#turn = this.#turn.then(() => this.flush()).catch((error) => this.app.failed(error));
      }
    });
  }

  async #add({ place, accuracy_m: accuracy, at }) {
    if (!this.run || accuracy > WIDEST_M) return;
    // One that was kept from earlier is not of this walk; or it is by another clock, which the next one shows.
    if (Math.abs(Date.now() - at) > EARLY_MS) return;
    // A fix of a moment before is where one began.
    const early = this.run.startedAt - at;
    const told = early > 0 && early < EARLY_MS ? this.run.startedAt : at;
    // What was walked by the earlier clock is a piece of its own.
    if (await this.app.outbox.clock.look()) await this.flush();
    const last = this.#points.at(-1);
    const isNew =
      !last || distanceM([last[0], last[1]], place) > STEP_M || told - Date.parse(last[3]) > STEP_MS;
    if (!isNew) return;
    const point = [
      Number(place[0].toFixed(7)),
      Number(place[1].toFixed(7)),
      Math.round(accuracy * 10) / 10,
      new Date(told).toISOString(),
    ];
    await this.#write(point);
    await this.#reach(place, accuracy);
    if (this.#points.length >= MOST_POINTS || Date.now() - this.#began > BATCH_MS) await this.flush();
    this.#tell();
  }

  /** Into the piece under way; a new one where there is none, or where somebody has sealed or thrown it away. */
  async #write(point) {
    const { outbox, ground } = this.app;
    for (let isDone = false; !isDone; ) {
      if (!this.#draft) {
        this.#began = Date.now();
        const about = { record: this.run.record, formVersion: ground.forms.version };
        this.#draft = await outbox.draft("run", "track", about);
      }
      try {
        await outbox.save(this.#draft, { points: [...this.#points, point] });
        this.#points.push(point);
        isDone = true;
      } catch (error) {
        if (!(error instanceof NotADraft || error instanceof NotHere)) throw error;
        this.#draft = null;
        this.#points = [];
      }
    }
  }

  /** Note the checkpoints that one stands at. */
  async #reach(place, accuracy) {
    await this.app.ground.whole.catch(() => {});
    const route = this.app.ground.route(this.run.route);
    for (const { order, place: stop, radius_m: radius } of route?.checkpoints ?? []) {
      const isThere = distanceM(stop, place) <= radius && accuracy <= Math.max(radius, 50);
      if (isThere) await this.pass(order);
    }
  }

  async #keepAwake() {
    try {
      this.#lock = (await navigator.wakeLock?.request("screen")) ?? null;
      this.#lock?.addEventListener("release", () => this.#tell());
    } catch {
      // Battery saving, or a browser that has none: the page says so.
      this.#lock = null;
    }
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
