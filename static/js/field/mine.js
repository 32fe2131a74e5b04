// Records of this tablet on the map: drafts, what waits, what was refused; and what has just come to the
// server and is not in the pack yet.

import { worldOf } from "./map/world.js";
import { kindWord } from "./words.js";

const TONE = { draft: "draft", refused: "trouble", conflict: "trouble", applied: "done", duplicate: "done" };
const MOST = 500;

export class Mine {
  #rows = [];

  constructor(app) {
    this.app = app;
  }

  async load() {
    const rows = await this.app.outbox.rows({ limit: MOST });
    this.#rows = rows.filter((row) => !row.correctedBy);
    this.app.map.showMine(this.#rows.filter((row) => this.#isSeen(row)).map(markOf));
  }

  /** Whether something of one's own about it is not settled. */
  has(entity, serverId) {
    return this.#rows.some(
      (row) =>
        row.entity === entity && row.serverId === serverId && !["applied", "duplicate"].includes(row.state),
    );
  }

  /**
   * A household of the pack as it will be when what this tablet has written of it has come through: who corrects it
   * a second time sees the own correction, and it is that which the second one follows.
   */
  over(one) {
    const record = one.record ?? this.#recordOf(one.id);
    const own = this.#rows.filter((row) => isAbout(row, { ...one, record })).reverse();
    const { head_name: head = one.head, ...said } = Object.assign({}, ...own.map(takenIn));
    const tags = new Set(one.tags ?? []);
    const told = { ...one, head };
    for (const [field, value] of Object.entries(said)) {
      if (!field.startsWith("tag:")) told[field] = value;
      else if (value) tags.add(field.slice(4));
      else tags.delete(field.slice(4));
    }
    return { ...told, tags: [...tags] };
  }

  /** Households that were finished here and that the pack does not have yet, as rows, newest first. */
  get newHouseholds() {
    return this.#rows.filter(
      ({ entity, action, state, serverId }) =>
        entity === "household" &&
        action === "create" &&
        !["draft", "refused"].includes(state) &&
        !this.app.ground.household(serverId),
    );
  }

  /**
   * A household that was entered here, as one of the pack (which it may be in by now), with its `row`; null where there is
   * none. `id`: of its row.
   */
  entered(id) {
    const row = this.#rows.find((one) => one.id === id);
    if (!row) return null;
    const inPack = this.app.ground.household(row.serverId);
    if (inPack) return inPack;
    const { serverId, record, values } = row;
    const { address, head_name: head, phone, origin, note, place } = values;
    const tags = Object.keys(values).filter((field) => field.startsWith("tag:") && values[field]);
    const told = { address, head, phone, origin, note, place, tags: tags.map((field) => field.slice(4)) };
    return { id: serverId, record, rev: null, row, ...told };
  }

  /** A correction of it that was begun and not finished: it is gone on with, or the two would contradict each other. */
  begun(one) {
    const about = { ...one, record: one.record ?? this.#recordOf(one.id) };
    return this.#rows.find((row) => row.state === "draft" && corrects(row, about)) ?? null;
  }

  /** The tablet's own id of a household that was entered here. */
  #recordOf(serverId) {
    const made = this.#rows.find(
      (row) => row.entity === "household" && row.action === "create" && row.serverId === serverId,
    );
    return made?.record ?? null;
  }

  #isSeen({ entity, action, values, state, serverId }) {
    if (!values.place || !["create", "change"].includes(action)) return false;
    if (!["applied", "duplicate"].includes(state)) return true;
    return action === "create" && !this.app.ground.record(entity, serverId);
  }
}

const ON_THE_WAY = ["sealed", "sending", "received"];

/** Whether a row changes this household and the pack does not have it yet. */
const isAbout = (row, one) => corrects(row, one) && isNews(row.state, row.receipt, one);

function corrects({ entity, action, record, serverId }, one) {
  if (entity !== "household" || action !== "change") return false;
  return record === one.record || (serverId !== null && serverId === one.id);
}

/** What of it stands on the server, or will: not what somebody else has changed. */
function takenIn({ state, values, receipt }) {
  if (state !== "conflict") return values;
  const clashing = new Set((receipt?.conflicts ?? []).map(({ field }) => field));
  return Object.fromEntries(Object.entries(values).filter(([field]) => !clashing.has(field)));
}

function isNews(state, receipt, one) {
  return ON_THE_WAY.includes(state) || (["applied", "conflict"].includes(state) && receipt?.rev > one.rev);
}

function markOf(row) {
  return {
    id: row.id,
    world: worldOf(row.values.place),
    tone: TONE[row.state] ?? "waiting",
    title: kindWord(row),
  };
}
