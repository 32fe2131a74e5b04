// A file in the place of a village's grids: tried first, with what cleaning it came to, then done.

import { sendJson } from "../../net/http.js";
import { byId, element } from "../../ui/dom.js";
import { sentenceOf } from "../../ui/notices.js";
import { n, t } from "../../ui/texts.js";
import { newId } from "../queue.js";

export class Importing {
  #form = byId("import-form");
  #error = byId("import-error");
  #cleaned = byId("import-cleaned");

  constructor(draft, editor) {
    this.draft = draft;
    this.editor = editor;
    this.#form.addEventListener("submit", (event) => this.#try(event));
    this.#form.addEventListener("change", () => this.#forget());
    byId("import-do").addEventListener("click", () => this.#send(false));
    draft.addEventListener("plan", () => this.#show());
  }

  #show() {
    byId("import").hidden = !this.draft.mayDraw;
    const choice = this.#form.elements.village;
    if (choice.options.length > 0) return;
    const villages = [...this.draft.villages].map(([value, label]) => element("option", { value }, label));
    choice.replaceChildren(...villages);
  }

  #forget() {
    byId("import-do").hidden = true;
    this.#cleaned.replaceChildren();
    this.#error.textContent = "";
  }

  #try(event) {
    event.preventDefault();
    return this.#send(true);
  }

  async #send(isTrial) {
    const { draft } = this;
    this.#forget();
    if (draft.queue.waiting.length > 0) {
      this.#error.textContent = t("draw.import_waits");
      return;
    }
    const fields = new FormData(this.#form);
    fields.set("base_revision", draft.plan.revision);
    fields.set("client_op_id", newId());
    fields.set("dry_run", isTrial);
    try {
      const answer = await sendJson(`${draft.urls.plan}/import`, fields, draft.csrf, { retries: 0 });
      if (isTrial) this.#tell(answer);
      else {
        this.#form.reset();
        await draft.load();
      }
    } catch (error) {
      this.#error.textContent = sentenceOf(error);
      this.editor.refused(error);
    }
  }

  #tell({ cleaned }) {
    const lines = cleaned.map(({ code, before_m2, after_m2, moved_m }) =>
      element(
        "li",
        {},
        t("draw.import_cleaned", { code, before: n(before_m2), after: n(after_m2), moved: n(moved_m) }),
      ),
    );
    this.#cleaned.replaceChildren(...lines);
    byId("import-do").hidden = false;
  }
}
