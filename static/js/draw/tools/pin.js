// One tap that says a place, for a comment; then the tool before comes back.

import { onLattice } from "../../geo/topology.js";
import { t } from "../../ui/texts.js";

export class PinTool {
  #done = null;
  #before = "select";

  constructor(editor) {
    this.editor = editor;
  }

  get hint() {
    return t("draw.pin_hint");
  }

  ask(done) {
    this.#before = this.editor.name;
    this.editor.use("pin");
    this.#done = done;
  }

  tap({ place }) {
    const done = this.#done;
    this.editor.use(this.#before === "pin" ? "select" : this.#before);
    done?.(onLattice(place));
  }
}
