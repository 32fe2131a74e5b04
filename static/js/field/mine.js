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

  row(id) {
    return this.#rows.find((row) => row.id === id);
  }

  #isSeen({ entity, action, values, state, serverId }) {
    if (!values.place || !["create", "change"].includes(action)) return false;
    if (!["applied", "duplicate"].includes(state)) return true;
    return action === "create" && !this.app.ground.record(entity, serverId);
  }
}

function markOf(row) {
  return {
    id: row.id,
    world: worldOf(row.values.place),
    tone: TONE[row.state] ?? "waiting",
    title: kindWord(row),
  };
}
