// Two at once on the same grids: what the other did is shown on the map, and three ways on.

import { byId, element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { sentence } from "./history.js";

export class Conflict {
  constructor(draft, editor) {
    this.draft = draft;
    this.editor = editor;
    draft.addEventListener("conflict", ({ detail }) => this.#show(detail));
    byId("conflict-mine").addEventListener("click", () => this.#go(() => draft.resolve("mine")));
    byId("conflict-theirs").addEventListener("click", () => this.#go(() => draft.dropMine()));
    byId("conflict-new").addEventListener("click", () => this.#go(() => draft.resolve("new_draft")));
  }

  #show({ entry, error }) {
    const { operations } = error.details;
    byId("conflict-text").textContent = error.message;
    byId("conflict-own").textContent = t("draw.yours", { what: t(`op.${entry.op.type}`) });
    byId("conflict-list").replaceChildren(
      ...operations.map(({ type, grids, author }) =>
        element("li", {}, `${author} · ${sentence(this.draft, type, grids)}`),
      ),
    );
    this.editor.drawmap.mark({ theirs: operations.flatMap(({ changed }) => changed) });
    byId("conflict").hidden = false;
    byId("conflict-mine").focus();
  }

  #go(work) {
    byId("conflict").hidden = true;
    this.editor.drawmap.mark({ theirs: [] });
    work();
  }
}
