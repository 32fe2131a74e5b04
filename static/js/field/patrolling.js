// A patrol under way: its track is kept point by point in a draft and sealed in batches; checkpoints are
// noted when one is there. Begins and ends only by the person's hand.

import { distanceM } from "../offline/nearby.js";

const MOST_POINTS = 500;
const BATCH_MS = 120_000;
// Points nearer than this to the last one and sooner than that say nothing new.
const STEP_M = 4;
const STEP_MS = 10_000;
// A fix wider than this says nothing about where one walked.
const WIDEST_M = 100;
const KEY = "patrol";

export class Patrolling extends EventTarget {
  #stop = null;
  #draft = null;
  #points = [];
  #began = 0;
  #lock = null;
  #turn = Promise.resolve();
  #letGo = null;
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
    this.run = (await this.app.store.settings.get(KEY))?.value ?? null;
    if (!this.run) return;
    if (!(await this.#hold())) {
      this.#tell();
      return;
    }
    const [left] = (await this.app.outbox.rows({ state: "draft" })).filter(
      ({ entity, action, record }) => entity === "run" && action === "track" && record === this.run.record,
    );
    if (left) await this.#sealDraft(left.id, left.values.points ?? []);
    this.#watch();
    this.#tell();
  }

  /** `route`: of the pack; `planned`: one of its runs, or null. */
  async start(route, planned) {
    const values = { members: route.members ?? [], started_at: new Date().toISOString() };
    if (planned) values.run = planned.id;
    else values.route = route.id;
    const id = await this.app.outbox.draft("run", "start", {
      values,
      formVersion: this.app.ground.forms.version,
    });
    const { record } = await this.app.outbox.seal(id);
    await this.#hold();
    await this.#keep({ record, route: route.id, startedAt: Date.now(), passed: [], points: 0 });
    this.#watch();
    this.app.sender.kick();
    this.#tell();
  }

  async end() {
    this.#stop?.();
    this.#stop = null;
    await this.#turn;
    await this.flush();
    await this.#record("end", { ended_at: new Date().toISOString() });
    await this.#keep(null);
    await this.#lock?.release().catch(() => {});
    this.#lock = null;
    this.#letGo?.();
    this.#letGo = null;
    this.app.sender.kick();
    this.#tell();
  }

  async pass(order) {
    if (this.run.passed.includes(order)) return;
    await this.#keep({ ...this.run, passed: [...this.run.passed, order] });
    await this.#record("passed", { checkpoint: order, at: new Date().toISOString() });
    this.#tell();
  }

  note(text) {
    return this.#record("note", { text });
  }

  /** Seal what has been walked so far. */
  async flush() {
    const [id, points] = [this.#draft, this.#points];
    this.#draft = null;
    this.#points = [];
    if (id) await this.#sealDraft(id, points);
  }

  async #record(action, values) {
    const { record } = this.run;
    const id = await this.app.outbox.draft("run", action, {
      record,
      values,
      formVersion: this.app.ground.forms.version,
    });
    await this.app.outbox.seal(id);
  }

  async #sealDraft(id, points) {
    if (points.length === 0) {
      await this.app.outbox.discard(id);
      return;
    }
    await this.app.outbox.seal(id);
    await this.#keep({ ...this.run, points: this.run.points + points.length });
    this.app.sender.kick();
  }

  async #keep(run) {
    this.run = run;
    if (run) await this.app.store.settings.put({ name: KEY, value: run });
    else await this.app.store.settings.delete(KEY);
  }

  /** Be the one tab that keeps the track, until `#letGo`; false where another one is. */
  #hold() {
    const { locks } = navigator;
    if (!locks || this.#letGo) return Promise.resolve(true);
    return new Promise((resolve) => {
      locks.request("gis-grid-field-patrol", { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(false);
          return undefined;
        }
        const held = new Promise((letGo) => {
          this.#letGo = letGo;
        });
        resolve(true);
        return held;
      });
    });
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
    const last = this.#points.at(-1);
    const isNew =
      !last || distanceM([last[0], last[1]], place) > STEP_M || at - Date.parse(last[3]) > STEP_MS;
    if (!isNew) return;
    if (!this.#draft) {
      this.#began = Date.now();
      this.#draft = await this.app.outbox.draft("run", "track", {
        record: this.run.record,
        formVersion: this.app.ground.forms.version,
      });
    }
    const point = [
      Number(place[0].toFixed(7)),
      Number(place[1].toFixed(7)),
      Math.round(accuracy * 10) / 10,
      new Date(at).toISOString(),
    ];
    this.#points.push(point);
    await this.app.outbox.save(this.#draft, { points: this.#points });
    await this.#reach(place, accuracy);
    if (this.#points.length >= MOST_POINTS || Date.now() - this.#began > BATCH_MS) await this.flush();
    this.#tell();
  }

  /** Note the checkpoints that one stands at. */
  async #reach(place, accuracy) {
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
