// A plain list of what was done, the newest first; each step can be taken back or done again.

import { byId, element, icon } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";

const HINTS = ["undo", "redo"];

export class History {
  #list = byId("history");

  constructor(draft, { onGrids }) {
    this.draft = draft;
    this.onGrids = onGrids;
    for (const type of ["plan", "sheet", "queue"]) draft.addEventListener(type, () => this.show());
  }

  show() {
    const { draft } = this;
    if (!draft.plan) return;
    const waiting = draft.queue.waiting.map(({ op }) => this.#waitingLine(op)).reverse();
    const undone = new Map();
    for (const one of draft.plan.operations) {
      if (one.inverts !== null) undone.set(one.inverts, one.type === "undo");
    }
    const done = draft.plan.operations
      .filter(({ type }) => !HINTS.includes(type))
      .map((one) => this.#line(one, undone.get(one.number) ?? one.undone))
      .reverse();
    this.#list.replaceChildren(...waiting, ...done);
    byId("history-empty").hidden = waiting.length + done.length > 0;
    byId("undo").disabled = !draft.mayDraw || (waiting.length === 0 && done.length === 0);
    const isAnyUndone = draft.plan.operations.some((one) => undone.get(one.number) ?? one.undone);
    byId("redo").disabled = !draft.mayDraw || (waiting.length === 0 && !isAnyUndone);
  }

  #waitingLine(op) {
    const codes = [op.grid, op.from, ...(op.grids ?? [])].filter(Boolean);
    return element(
      "li",
      { class: "step is-waiting" },
      element("span", { class: "step-what" }, sentence(this.draft, op.type, codes)),
      element("small", {}, t("draw.unsent")),
    );
  }

  #line(one, isUndone) {
    const { draft } = this;
    const act = () => (isUndone ? draft.redo(one.number) : draft.undo(one.number));
    const at = new Date(one.at);
    const time = `${at.toLocaleDateString("sv-SE")} ${at.toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" })}`;
    const parts = [
      element(
        "button",
        { type: "button", class: "step-what link", onclick: () => this.onGrids(one.grids) },
        sentence(draft, one.type, one.grids),
      ),
      element("small", {}, `${one.number} · ${one.author} · ${time}`, one.dropped ? ` · ${one.dropped}` : ""),
    ];
    if (draft.mayDraw && !one.dropped) {
      const word = t(isUndone ? "draw.redo" : "draw.undo");
      parts.push(
        element(
          "button",
          { type: "button", class: "btn btn-sm step-act", onclick: act },
          icon(isUndone ? "arrow-forward-up" : "arrow-back-up"),
          word,
        ),
      );
    }
    return element(
      "li",
      { class: isUndone ? "step is-undone" : "step", "data-number": one.number },
      ...parts,
    );
  }
}

/** What an operation did, in words. */
export function sentence(draft, type, codes) {
  const known = codes.filter((code) => draft.features.has(code) || draft.statistics.has(code));
  const names = known.slice(0, 3).map((code) => draft.nameOf(code));
  const grids = names.join("、") + (known.length > 3 ? " …" : "");
  return grids ? t("draw.step", { what: t(`op.${type}`), grids }) : t(`op.${type}`);
}
