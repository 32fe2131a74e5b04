// The tools and the one in hand: keys, snapping, what is proposed and what is refused.

import { isOnlyNoded } from "../geo/differences.js";
import { snap } from "../geo/nearest.js";
import { t } from "../ui/texts.js";
import { Gestures } from "./gestures.js";
import { handle, INK, placeOf, stroke, trace } from "./ink.js";

const SNAP_PX = 12;

export class Editor extends EventTarget {
  #tools = new Map();
  #abort = null;

  constructor(draft, references) {
    super();
    this.draft = draft;
    this.references = references;
    this.chosen = null;
    this.isSnapping = true;
    this.isTracing = false;
    this.snapped = null;
    this.proposal = null;
    this.tool = null;
  }

  /** Take hold of the map; until then nothing can be drawn. */
  attach(drawmap) {
    this.drawmap = drawmap;
    new Gestures(drawmap.map, () => (this.draft.topology && this.tool) || {});
    this.draft.addEventListener("sheet", () => {
      if (this.chosen && !this.draft.features.has(this.chosen)) this.choose(null);
    });
  }

  add(name, tool) {
    this.#tools.set(name, tool);
  }

  use(name) {
    this.dropProposal();
    this.tool?.cancel?.();
    this.tool?.stop?.();
    this.tool = this.#tools.get(name);
    this.name = name;
    this.tell("");
    this.tool.start?.();
    this.drawmap.map.getContainer().dataset.hand = name;
    this.redraw();
    this.#say("tool", { name });
  }

  choose(code) {
    this.chosen = code;
    this.drawmap.mark({ chosen: code ? [code] : [] });
    this.#say("chosen", { code });
  }

  /** A sentence beside the tool: what to do next, or what was wrong. */
  tell(text, { isError = false } = {}) {
    this.#say("told", { text, isError });
  }

  /** After a finger has gone nothing hovers: what it was drawn to is no longer marked. */
  settle({ kind }) {
    if (kind === "touch") this.snapped = null;
  }

  /** Have the sheet of the gesture drawn again, and the buttons of the tool. */
  redraw() {
    this.drawmap.active.redraw();
  }

  changed() {
    this.redraw();
    this.#say("progress", {});
  }

  /** The place that a touch means: drawn to what is near by, unless Alt is held. */
  placeOf(touch, except = null) {
    const isOn = this.isSnapping && !touch.isFree;
    this.snapped = isOn
      ? snap(touch.place, {
          topology: this.draft.topology,
          references: this.references,
          scale: this.drawmap.scale,
          reach: SNAP_PX,
          except,
        })
      : null;
    return this.snapped?.place ?? touch.place;
  }

  paint(pen) {
    const isProposed = this.#paintProposal(pen);
    const isPainted = (this.tool?.paint?.(pen) ?? false) || isProposed;
    if (!this.snapped) return isPainted;
    handle(pen, this.snapped.place, 9, {
      colour: INK.draft,
      fill: "transparent",
      isSquare: this.snapped.kind === "vertex",
    });
    if (this.snapped.line) {
      pen.context.beginPath();
      trace(pen, this.snapped.line);
      stroke(pen, INK.draft, 2, [2, 4]);
    }
    return true;
  }

  /** The borders that a proposal would draw. */
  #paintProposal(pen) {
    const changed = (this.proposal?.answer?.changed ?? []).filter(({ properties, geometry }) => {
      const now = this.draft.features.get(properties.code);
      return !now || !isOnlyNoded(now.geometry, geometry);
    });
    for (const { geometry } of changed)
      for (const ring of geometry.coordinates.flat()) {
        pen.context.beginPath();
        trace(pen, ring);
        stroke(pen, INK.draft, 3, [8, 4]);
      }
    return changed.length > 0;
  }

  /** What an operation would come to, before it is done; null in `answer` while it is not known. */
  async propose(op) {
    this.#abort?.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.proposal = { op, answer: null, error: null };
    this.#say("proposal", {});
    try {
      const answer = await this.draft.preview(op, signal);
      if (signal.aborted) return;
      this.proposal.answer = answer;
      this.redraw();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status !== 0 && error.code !== "conflict") {
        this.refused(error);
        return;
      }
      // Without a connection it can be done all the same; the server judges later.
      this.proposal.error = error;
    }
    this.#say("proposal", {});
  }

  /** Ask the server for a fair cut, and show what it would come to. */
  suggest(grid, parts) {
    return this.#suggested(grid, async () => (await this.draft.suggest(grid, parts)).op);
  }

  /** Ask for the first of the exchanges that would balance the village of the chosen grid. */
  suggestExchange(grid, village) {
    return this.#suggested(grid, async () => {
      const { exchanges } = await this.draft.suggestExchanges(village);
      return exchanges[0]?.op;
    });
  }

  async #suggested(grid, ask) {
    this.tell(t("draw.suggesting"));
    try {
      const op = await ask();
      this.tell(op ? "" : t("draw.nothing_to_suggest"));
      if (op && this.chosen === grid) await this.propose(op);
    } catch (error) {
      this.tell("");
      this.refused(error);
    }
  }

  accept() {
    const { op } = this.proposal;
    this.proposal = null;
    this.redraw();
    this.draft.perform(op);
    this.tool.cancel?.();
    this.tell("");
    this.#say("proposal", {});
  }

  dropProposal() {
    this.#abort?.abort();
    if (!this.proposal) return;
    this.proposal = null;
    this.redraw();
    this.#say("proposal", {});
  }

  /** A refusal: its sentence beside the tool, its place on the map. */
  refused(error) {
    const issues = error.details?.issues ?? [];
    const places = issues
      .map(({ place, message }) => ({ place: placeOf(place), message }))
      .filter(({ place }) => place);
    this.drawmap.mark({ issues: places });
    this.proposal = null;
    this.#say("refusal", { error, issues });
    this.#say("proposal", {});
  }

  isLocked(code) {
    return this.draft.features.get(code)?.properties.locked ?? true;
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
