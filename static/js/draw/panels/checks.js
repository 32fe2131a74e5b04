// What is wrong or worth knowing, one tap from its place; and who moves from where to where.

import { byId, element, icon } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { placeOf } from "../ink.js";

export class Checks {
  constructor(draft, editor, { onPlace, onGrids }) {
    this.draft = draft;
    this.editor = editor;
    this.onPlace = onPlace;
    this.onGrids = onGrids;
    draft.addEventListener("sheet", () => this.show());
    editor.addEventListener("refusal", ({ detail }) => this.#showIssues([...detail.issues, ...draft.issues]));
  }

  show() {
    this.#showIssues(this.draft.issues);
    const { moves } = this.draft;
    byId("moves").replaceChildren(...moves.map((move) => moveLine(this.draft, move, this.onGrids)));
    byId("moves-empty").hidden = moves.length > 0;
  }

  #showIssues(issues) {
    byId("issues").replaceChildren(...issues.map((issue) => this.#issue(issue)));
    byId("issues-empty").hidden = issues.length > 0;
    const wrong = issues.filter(({ severity }) => severity === "error").length;
    const count = byId("issues-count");
    count.hidden = issues.length === 0;
    count.textContent = wrong || issues.length;
    count.classList.toggle("is-error", wrong > 0);
  }

  #issue(issue) {
    const go = () => {
      const place = placeOf(issue.place);
      if (place) this.onPlace(place, issue);
      else this.onGrids(issue.grids);
    };
    return element(
      "li",
      { class: `issue is-${issue.severity}` },
      element(
        "button",
        { type: "button", class: "issue-button", onclick: go },
        icon(issue.severity === "info" ? "info-circle" : "alert-triangle"),
        element("span", {}, issue.message),
      ),
      ...this.#takers(issue),
    );
  }

  /** Land that belongs to no grid is given to one beside it. */
  #takers({ code, grids, place }) {
    const inside = placeOf(place);
    if (code !== "gap" || !inside || !this.draft.mayDraw) return [];
    return grids
      .filter((grid) => this.draft.features.has(grid))
      .map((to) =>
        element(
          "button",
          {
            type: "button",
            class: "btn btn-sm",
            onclick: () => this.editor.propose({ type: "fill_gap", place: inside, to }),
          },
          t("draw.gap_to", { name: this.draft.nameOf(to) }),
        ),
      );
  }
}

/** “12 households from A to B”, with their codes behind it. */
export function moveLine(draft, { from, to, kind, count, items }, onGrids, names = new Map()) {
  const nameOf = (code) => names.get(code) ?? draft.nameOf(code);
  const text = t(kind === "household" ? "draw.move" : "draw.move_other", {
    count,
    from: nameOf(from),
    to: nameOf(to),
  });
  const button = element(
    "button",
    { type: "button", class: "link", onclick: () => onGrids([from, to]) },
    text,
  );
  const list = element(
    "details",
    {},
    element("summary", {}, t("draw.which")),
    items.map(({ code }) => code).join("、"),
  );
  return element("li", { class: "move" }, button, items.length > 0 ? list : "");
}
