// The draft on the page: what the server has confirmed, what waits on top of it, who lives where.
// Tells others by events: "plan", "sheet", "moving", "queue", "refused", "conflict", "applied".

import { Census } from "../geo/census.js";
import { isOnlyNoded } from "../geo/differences.js";
import { Topology } from "../geo/topology.js";
import { getJson, sendJson } from "../net/http.js";
import { foreseen } from "./optimistic.js";
import { newId, OpQueue } from "./queue.js";

export class Draft extends EventTarget {
  plan = null;
  /** Code → Feature as confirmed, and with what waits on top. */
  confirmed = new Map();
  features = new Map();
  /** Code → published geometry of what the plan changes; null where there was none. */
  published = new Map();
  statistics = new Map();
  moves = [];
  issues = [];
  census = null;
  tags = [];
  setting = [0, 0];
  #changed = new Set();
  #held = 0;
  #isStale = false;
  #isBlocked = false;
  #shownCodes = new Set();

  constructor(config) {
    super();
    this.urls = config.urls;
    this.csrf = config.csrf;
    this.seesHouseholds = config.may.households;
    this.queue = new OpQueue(
      `gis-grid.plan.${config.plan}.${config.user}`,
      localStorage,
      (entry) => sendJson(this.urls.operations, entry, this.csrf, { retries: 0 }),
      {
        onChange: () => this.#tell("queue"),
        onAnswer: (entry, answer) => this.#take(entry, answer),
        onRefused: (entry, error) => this.#refuse(entry, error),
        onConflict: (entry, error) => this.#tell("conflict", { entry, error }),
        onBlocked: (entry, error) => this.#block(entry, error),
      },
    );
  }

  /** A fair cut of a grid, as an operation; nothing is done. */
  suggest(grid, parts) {
    return this.#suggested({ type: "divide", grid, parts });
  }

  /** What the grids of a village should hand over to be nearer each other; nothing is done. */
  suggestExchanges(village) {
    return this.#suggested({ type: "balance", village });
  }

  #suggested(wanted) {
    return sendJson(`${this.urls.plan}/suggest`, { wanted }, this.csrf, { retries: 0 });
  }

  get mayDraw() {
    return Boolean(this.plan?.may.draw);
  }

  async load() {
    const [plan, sheet, diff, points] = await Promise.all([
      getJson(this.urls.plan),
      getJson(this.urls.geojson),
      getJson(this.urls.diff),
      this.seesHouseholds && !this.census ? getJson(this.urls.points) : null,
    ]);
    if (points) this.#takePoints(points);
    this.plan = plan;
    this.confirmed = new Map(sheet.features.map((feature) => [feature.properties.code, feature]));
    this.plan.revision = sheet.plan.revision;
    this.#takeDiff(diff);
    this.#tell("plan");
    this.#show();
    if (this.mayDraw && this.#isBlocked) this.queue.restart();
    else this.queue.flush();
    this.#isBlocked = !this.mayDraw;
  }

  /** Ask the server again for everything: what others did, how the plan stands. */
  async reload() {
    if (this.#held > 0) this.#isStale = true;
    else await this.load();
  }

  /** Do an operation: seen at once, sent as soon as may be. */
  perform(op) {
    this.queue.add(op, this.plan.revision);
    this.#show();
  }

  /** What an operation would come to; nothing is written. */
  preview(op, signal) {
    const body = { base_revision: this.plan.revision, client_op_id: newId(), dry_run: true, op };
    return sendJson(this.urls.operations, body, this.csrf, { retries: 0, signal });
  }

  undo(number) {
    if (number === undefined && this.queue.takeBack()) {
      this.#show();
      return;
    }
    this.perform({ type: "undo", ...(number !== undefined && { operation: number }) });
  }

  redo(number) {
    this.perform({ type: "redo", ...(number !== undefined && { operation: number }) });
  }

  /** `how`: "mine" (theirs are undone) or "new_draft" (a copy of what it was drawn on). */
  resolve(how) {
    this.queue.resolve(how);
  }

  dropMine() {
    this.queue.drop();
    this.reload();
  }

  /** Nothing on the sheet is replaced between `hold` and `release`: a finger has hold of it. */
  hold() {
    this.#held++;
  }

  release() {
    this.#held--;
    if (this.#held > 0 || !this.#isStale) return;
    this.#isStale = false;
    this.#show();
  }

  /** A vertex of the sheet moved under the finger: counts follow. */
  followed(id, from) {
    this.census?.follow(this.topology, id, from);
    this.#tell("moving", { codes: this.topology.facesAt(id) });
  }

  /** After a gesture that was dropped: the sheet as it was. */
  restore() {
    this.#show();
  }

  nameOf(code) {
    return (
      this.features.get(code)?.properties.name ??
      this.statistics.get(code)?.name ??
      this.plan.names?.[code] ??
      this.villages.get(code) ??
      code
    );
  }

  /** Code → name of the villages on the sheet. */
  get villages() {
    const found = new Map();
    for (const { properties } of this.confirmed.values())
      if (properties.village_name) found.set(properties.village, properties.village_name);
    return found;
  }

  /** Whether the land of a grid is other than published; points set into its border don't count. */
  isChanged(code) {
    return this.#changed.has(code);
  }

  /** Whether a published grid has other land in the draft, or none. */
  isGone(code) {
    return this.#changed.has(code) || !this.features.has(code);
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #takePoints({ households, tags, setting }) {
    this.tags = tags ?? [];
    this.setting = setting.households_a_grid;
    if (!households) return;
    this.households = households;
    this.census = new Census({ ...households, people: households.people ?? households.id.map(() => 1) });
  }

  #takeDiff(diff) {
    this.published = new Map(
      diff.changed.map(({ properties }) => [properties.code, properties.before ?? null]),
    );
    this.statistics = new Map(diff.statistics.map((row) => [row.code, row]));
    this.moves = diff.moves;
    this.issues = [...diff.issues];
  }

  #take(entry, answer) {
    if (answer.plan) {
      this.#tell("copied", { plan: answer.plan });
      return;
    }
    const isNext = answer.revision === this.plan.revision + 1;
    const villages = this.villages;
    for (const code of answer.ended) this.confirmed.delete(code);
    for (const feature of answer.changed) {
      const { code, village } = feature.properties;
      const before = this.confirmed.get(code)?.properties;
      if (!this.published.has(code)) this.published.set(code, this.confirmed.get(code)?.geometry ?? null);
      feature.properties = {
        locked: false,
        ...before,
        ...feature.properties,
        village_name: villages.get(village) ?? before?.village_name ?? "",
      };
      this.confirmed.set(code, feature);
    }
    for (const row of answer.statistics) this.statistics.set(row.code, row);
    this.plan.revision = answer.revision;
    this.plan.operations.push(answer.operation);
    this.#tell("applied", { op: entry.op, answer });
    this.#show();
    // Others were there in between, or steps were taken back: the whole is asked for.
    if (!isNext || entry.resolve || answer.operation.inverts !== null) this.reload();
    else this.#renewDiff();
  }

  async #renewDiff() {
    const { revision } = this.plan;
    if (this.queue.waiting.length > 0) return;
    const diff = await getJson(this.urls.diff);
    if (diff.revision !== revision || this.plan.revision !== revision) return;
    this.#takeDiff(diff);
    if (this.#held === 0) this.#show();
  }

  #refuse(entry, error) {
    this.#tell("refused", { op: entry.op, error });
    this.#show();
  }

  /** The server takes nothing for this plan now; what waits stays, and goes once it does again. */
  #block(entry, error) {
    if (!this.#isBlocked) {
      this.#isBlocked = true;
      this.#tell("refused", { op: entry.op, error });
      this.reload();
    }
  }

  #show() {
    if (this.#held > 0) {
      this.#isStale = true;
      return;
    }
    let features = this.confirmed;
    for (const { op } of this.queue.waiting) features = foreseen(features, op);
    const touched = this.#touched(features);
    this.features = features;
    this.topology = new Topology(features.values());
    this.census?.recount(this.topology, touched);
    this.#changed = new Set(
      [...features].filter(([code, one]) => this.#differs(code, one)).map(([code]) => code),
    );
    this.#tell("sheet");
  }

  #differs(code, { geometry, properties }) {
    if (properties.state === "same") return false;
    const before = this.published.get(code);
    if (!before) return this.published.has(code) || properties.state === "new";
    return !isOnlyNoded(before, geometry);
  }

  /** Grids whose land may differ from what was counted last. */
  #touched(features) {
    const touched = new Set([...this.#shownCodes]);
    this.#shownCodes = new Set();
    for (const [code, feature] of features) {
      if (feature.properties.state !== "same") {
        touched.add(code);
        this.#shownCodes.add(code);
      }
      if (this.features.get(code)?.geometry !== feature.geometry && this.features.size > 0) touched.add(code);
    }
    for (const code of this.features.keys()) if (!features.has(code)) touched.add(code);
    for (const code of this.published.keys()) touched.add(code);
    return touched;
  }
}
