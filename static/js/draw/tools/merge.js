// Joining neighbours by tapping them; which name stays is asked before it is done.

import { faceAt } from "../../geo/nearest.js";
import { t } from "../../ui/texts.js";

export class MergeTool {
  #codes = [];

  constructor(editor) {
    this.editor = editor;
  }

  get hint() {
    return t(this.#codes.length === 0 ? "draw.merge_hint" : "draw.merge_second");
  }

  get canFinish() {
    return this.#codes.length > 1;
  }

  tap({ place }) {
    const { draft } = this.editor;
    const code = faceAt(draft.topology, place);
    if (!code || !draft.mayDraw) return;
    if (this.editor.isLocked(code)) {
      this.editor.tell(t("draw.locked_grid"), { isError: true });
      return;
    }
    this.#codes = this.#codes.includes(code)
      ? this.#codes.filter((one) => one !== code)
      : [...this.#codes, code];
    this.editor.drawmap.mark({ chosen: this.#codes, issues: [] });
    this.editor.changed();
    if (this.#codes.length > 1) this.finish();
    else this.editor.dropProposal();
  }

  finish() {
    if (!this.canFinish) return;
    const { draft } = this.editor;
    const households = (code) => draft.census?.of(code).households ?? 0;
    const keep = this.#codes.reduce((a, b) => (households(b) > households(a) ? b : a));
    this.editor.propose({ type: "merge", grids: [...this.#codes], keep });
  }

  cancel() {
    const had = this.#codes.length > 0;
    this.#codes = [];
    this.editor.drawmap.mark({ chosen: [] });
    return had;
  }

  stop() {
    this.editor.choose(null);
  }
}
