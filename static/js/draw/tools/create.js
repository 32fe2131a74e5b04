// A new grid or uninhabited land, drawn by its corners: it is cut out of what lies there.

import { faceAt } from "../../geo/nearest.js";
import { onLattice } from "../../geo/topology.js";
import { t } from "../../ui/texts.js";
import { handle, INK, stroke, trace } from "../ink.js";

export class CreateTool {
  #points = [];
  #tip = null;

  /** `ask({villages, village}, done)`: ask for name, village and kind. */
  constructor(editor, ask) {
    this.editor = editor;
    this.ask = ask;
  }

  get hint() {
    return t(this.#points.length === 0 ? "draw.create_hint" : "draw.area_hint");
  }

  get canFinish() {
    return this.#points.length > 2;
  }

  get canBack() {
    return this.#points.length > 0;
  }

  tap(touch) {
    if (!this.editor.draft.mayDraw) return;
    this.editor.dropProposal();
    this.#points.push(onLattice(this.editor.placeOf(touch)));
    this.editor.settle(touch);
    this.editor.changed();
  }

  hover(touch) {
    this.#tip = this.editor.placeOf(touch);
    if (this.#points.length > 0) this.editor.redraw();
  }

  double() {
    this.finish();
  }

  back() {
    this.#points.pop();
    this.editor.changed();
  }

  cancel() {
    const had = this.#points.length > 0;
    this.#points = [];
    this.#tip = null;
    this.editor.snapped = null;
    return had;
  }

  finish() {
    if (!this.canFinish) return;
    const { draft } = this.editor;
    this.#tip = null;
    this.editor.snapped = null;
    const code = this.#points.map((place) => faceAt(draft.topology, place)).find(Boolean);
    const village = draft.features.get(code)?.properties.village;
    const area = [[...this.#points, this.#points[0]]];
    this.ask({ village }, (answer) => this.editor.propose({ type: "create", area, ...answer }));
  }

  paint(pen) {
    const ring = this.#tip ? [...this.#points, this.#tip] : this.#points;
    if (this.#points.length === 0) return this.#tip !== null;
    const { context } = pen;
    context.beginPath();
    trace(pen, ring, true);
    context.globalAlpha = 0.15;
    context.fillStyle = INK.draft;
    context.fill();
    context.globalAlpha = 1;
    stroke(pen, INK.draft, 3);
    for (const place of this.#points) handle(pen, place, 5, { colour: INK.draft });
    return true;
  }
}
