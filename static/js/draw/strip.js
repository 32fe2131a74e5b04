// The strip over the map: what the tool in hand wants next, its buttons, and what went wrong.

import { byId } from "../ui/dom.js";
import { sentenceOf } from "../ui/notices.js";

export class Strip {
  #said = null;

  constructor(editor) {
    this.editor = editor;
    byId("tool-finish").addEventListener("click", () => editor.tool?.finish?.());
    byId("tool-back").addEventListener("click", () => editor.tool?.back?.());
    byId("tool-line").addEventListener("click", () => editor.tool?.addLine?.());
    byId("tool-remove").addEventListener("click", () => editor.tool?.remove?.());
    byId("tool-cancel").addEventListener("click", () => this.#leave());
    for (const [id, wish] of [
      ["tool-snap", "isSnapping"],
      ["tool-trace", "isTracing"],
    ]) {
      const button = byId(id);
      button.addEventListener("click", () => {
        editor[wish] = !editor[wish];
        button.setAttribute("aria-pressed", editor[wish]);
      });
      button.setAttribute("aria-pressed", editor[wish]);
    }
    for (const button of document.querySelectorAll("[data-tool]"))
      button.addEventListener("click", () => editor.use(button.dataset.tool));
    editor.addEventListener("tool", () => this.#show());
    editor.addEventListener("progress", () => {
      this.#said = null;
      this.#show();
    });
    editor.addEventListener("proposal", () => this.#show());
    editor.addEventListener("told", ({ detail }) => {
      this.#said = detail.text ? detail : null;
      this.#show();
    });
    editor.draft.addEventListener("applied", () => {
      if (this.#said?.isError) this.#said = null;
      this.#show();
    });
    editor.addEventListener("refusal", ({ detail }) => {
      const text = detail.issues[0]?.message ?? sentenceOf(detail.error);
      this.#said = { text, isError: true };
      this.#show();
    });
  }

  #leave() {
    const { editor } = this;
    editor.drawmap.mark({ issues: [] });
    editor.dropProposal();
    if (editor.tool?.cancel?.() || this.#said?.isError) {
      this.#said = null;
      editor.changed();
    } else editor.use("select");
  }

  #show() {
    const { tool, name, proposal } = this.editor;
    const { text, isError = false } = this.#said ?? { text: proposal ? "" : (tool?.hint ?? "") };
    const isDrawing = !proposal && (name === "split" || name === "reshape" || name === "create");
    // "Another line" and "last point back" still make sense beside a proposal.
    byId("strip").hidden = (name === "select" || (Boolean(proposal) && !tool?.canBack)) && !text;
    byId("tool-text").textContent = text;
    byId("strip").classList.toggle("is-error", isError);
    byId("tool-finish").hidden = !tool?.canFinish || Boolean(proposal);
    byId("tool-back").hidden = !tool?.canBack;
    byId("tool-line").hidden = !tool?.canAddLine;
    byId("tool-remove").hidden = !tool?.canRemove || Boolean(proposal);
    byId("tool-snap").hidden = !(isDrawing || name === "points");
    byId("tool-trace").hidden = !(isDrawing && name !== "create");
    for (const button of document.querySelectorAll("[data-tool]"))
      button.setAttribute("aria-pressed", button.dataset.tool === name);
  }
}
