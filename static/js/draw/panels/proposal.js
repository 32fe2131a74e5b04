// An operation before it is done: what it comes to, and "do it" or "leave it".

import { byId, element } from "../../ui/dom.js";
import { n, t } from "../../ui/texts.js";
import { moveLine } from "./checks.js";

export class Proposal {
  #box = byId("proposal");

  constructor(draft, editor, { onGrids, onShown }) {
    this.draft = draft;
    this.editor = editor;
    this.onGrids = onGrids;
    this.onShown = onShown;
    byId("proposal-do").addEventListener("click", () => editor.accept());
    byId("proposal-drop").addEventListener("click", () => editor.dropProposal());
    editor.addEventListener("proposal", () => this.show());
  }

  show() {
    const { proposal } = this.editor;
    this.#box.hidden = !proposal;
    if (!proposal) return;
    const { op, answer, error } = proposal;
    byId("proposal-title").textContent = t(`op.${op.type}`);
    byId("proposal-do").disabled = !answer && !error;
    byId("proposal-body").replaceChildren(...this.#choices(op), ...this.#outcome(proposal));
    this.onShown();
  }

  #choices(op) {
    if (op.type === "merge") return [this.#choice(t("draw.name_stays"), "keep", op, op.grids)];
    if (op.type === "transfer") {
      const { topology } = this.draft;
      const beside = new Set([op.to]);
      for (const { faces } of topology.arcs)
        if (faces.includes(op.from)) for (const code of faces) beside.add(code);
      beside.delete(op.from);
      const villages = [...this.draft.villages.keys()];
      return [this.#choice(t("draw.goes_to"), "to", op, [...beside, ...villages])];
    }
    return [];
  }

  #choice(label, field, op, codes) {
    const options = codes.map((code) =>
      element(
        "option",
        { value: code, selected: code === op[field] },
        code.length === 12
          ? t("draw.new_grid_of", { village: this.draft.nameOf(code) })
          : this.draft.nameOf(code),
      ),
    );
    const onchange = ({ target }) => this.editor.propose({ ...op, [field]: target.value });
    return element(
      "label",
      { class: "field" },
      element("span", {}, label),
      element("select", { class: "form-select", id: "proposal-choice", onchange }, ...options),
    );
  }

  /** Neighbours that only had points set into their borders say nothing. */
  #isConcerned({ code, after }, op) {
    const isNamed = [op.grid, op.from, op.to, ...(op.grids ?? [])].includes(code);
    const now = this.draft.census?.of(code).households;
    return isNamed || !this.draft.features.has(code) || !after || after.households !== now;
  }

  #outcome({ op, answer, error }) {
    if (error) return [element("p", { class: "hint" }, t("draw.offline_proposal"))];
    if (!answer) return [element("div", { class: "skeleton", "aria-hidden": "true" })];
    const names = new Map(answer.statistics.map(({ code, name }) => [code, name]));
    const moves = answer.moves.map((move) => moveLine(this.draft, move, this.onGrids, names));
    const rows = answer.statistics
      .filter((row) => this.#isConcerned(row, op))
      .map(({ code, name, after }) => {
        const now = this.draft.census?.of(code);
        const isKnown = this.draft.features.has(code);
        return element(
          "tr",
          {},
          element("th", { scope: "row" }, name),
          element("td", { class: "is-number" }, now && isKnown ? n(now.households) : "—"),
          element(
            "td",
            { class: "is-number is-after" },
            after?.households === undefined ? "—" : n(after.households),
          ),
        );
      });
    const issues = answer.issues.map(({ message }) => element("li", {}, message));
    return [
      element(
        "table",
        { class: "draw-table" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...["draw.grid", "draw.now", "draw.then"].map((key) => element("th", { scope: "col" }, t(key))),
          ),
        ),
        element("tbody", {}, ...rows),
      ),
      moves.length > 0 ? element("ul", { class: "plain" }, ...moves) : "",
      issues.length > 0 ? element("ul", { class: "plain hint" }, ...issues) : "",
    ];
  }
}
