// Choosing a grid; what can be done with it stands in the panel.

import { faceAt } from "../../geo/nearest.js";

export class SelectTool {
  constructor(editor) {
    this.editor = editor;
  }

  tap({ place }) {
    this.editor.choose(faceAt(this.editor.draft.topology, place));
  }

  cancel() {
    if (!this.editor.chosen) return false;
    this.editor.choose(null);
    return true;
  }
}
