// Lines drawn by taps: to split a grid, to lead a border elsewhere. What they cut off is shown
// with its households while the line is drawn.

import { cutPolygon } from "../../geo/cutting.js";
import { faceAt, nearestVertex, pointsIn } from "../../geo/nearest.js";
import { inner } from "../../geo/planar.js";
import { onLattice } from "../../geo/topology.js";
import { alongBorders, alongLine } from "../../geo/tracing.js";
import { t } from "../../ui/texts.js";
import { handle, INK, stroke, trace, writeLabel } from "../ink.js";

const SHADES = ["#0077bb", "#ee7733", "#009988", "#aa3377"];

export class LineTool {
  #lines = [];
  #points = [];
  #snaps = [];
  #tip = null;

  /** `kind`: "split" or "reshape". */
  constructor(editor, kind) {
    this.editor = editor;
    this.kind = kind;
  }

  get hint() {
    if (this.#points.length === 0) return t(this.kind === "split" ? "draw.split_hint" : "draw.reshape_hint");
    return t("draw.line_hint");
  }

  get canFinish() {
    return this.#points.length > 1 || this.#lines.length > 0;
  }

  get canBack() {
    return this.#points.length > 0;
  }

  get canAddLine() {
    return this.kind === "split" && this.#points.length > 1;
  }

  tap(touch) {
    if (!this.editor.draft.mayDraw) return;
    this.editor.dropProposal();
    this.editor.drawmap.mark({ issues: [] });
    const place = onLattice(this.editor.placeOf(touch));
    const { snapped } = this.editor;
    this.#points.push(...this.#traced(snapped, place));
    this.#snaps.push({ snapped, until: this.#points.length });
    this.#tip = null;
    this.editor.settle(touch);
    this.editor.changed();
  }

  hover(touch) {
    if (!this.editor.draft.mayDraw) return;
    this.#tip = this.editor.placeOf(touch);
    this.editor.redraw();
  }

  /** The second tap of a double tap ends the line where the first one was. */
  double() {
    this.finish();
  }

  /** Begin another line of the same cut. */
  addLine() {
    this.#lines.push(this.#points);
    this.#points = [];
    this.#snaps = [];
    this.editor.changed();
  }

  back() {
    this.#snaps.pop();
    this.#points.length = this.#snaps.at(-1)?.until ?? 0;
    if (this.#points.length === 0 && this.#lines.length > 0) {
      this.#points = this.#lines.pop();
      this.#snaps = this.#points.map((_, i) => ({ snapped: null, until: i + 1 }));
    }
    this.editor.dropProposal();
    this.editor.changed();
  }

  cancel() {
    const had = this.#points.length > 0 || this.#lines.length > 0;
    this.#lines = [];
    this.#points = [];
    this.#snaps = [];
    this.#tip = null;
    this.editor.snapped = null;
    return had;
  }

  finish() {
    if (!this.canFinish) return;
    const lines = this.#all().filter((line) => line.length > 1);
    this.#tip = null;
    this.editor.snapped = null;
    if (this.kind === "reshape") {
      this.editor.propose({ type: "reshape", line: lines[0] });
      return;
    }
    const grid = this.#grid(lines);
    if (grid) this.editor.propose({ type: "split", grid, lines });
    else this.editor.tell(t("draw.crosses_nothing"), { isError: true });
  }

  paint(pen) {
    const lines = this.#all();
    if (this.#tip && this.#points.length > 0) lines[lines.length - 1] = [...this.#points, this.#tip];
    if (lines.every((line) => line.length === 0)) return this.#tip !== null;
    this.#paintPieces(pen, lines);
    pen.context.beginPath();
    for (const line of lines) trace(pen, line);
    stroke(pen, "rgba(255,255,255,.9)", 6);
    stroke(pen, INK.draft, 3);
    for (const { until } of this.#snaps) handle(pen, this.#points[until - 1], 5, { colour: INK.draft });
    return true;
  }

  #all() {
    return [...this.#lines, this.#points];
  }

  /** The points from the last one to a new one; along what both lie on while tracing is on. */
  #traced(snapped, place) {
    const before = this.#snaps.at(-1)?.snapped;
    if (!this.editor.isTracing || !snapped || !before) return [place];
    if (snapped.line && snapped.line === before.line)
      return alongLine(snapped.line, before, snapped).slice(1).map(onLattice);
    const { topology } = this.editor.draft;
    const ids = [before, snapped].map((one) => this.#vertexOf(topology, one));
    if (ids.includes(null)) return [place];
    const way = alongBorders(topology, ...ids);
    return way ? [...way.slice(1, -1), place] : [place];
  }

  /** By its place: the sheet may have been built anew since. */
  #vertexOf(topology, { kind, a, place }) {
    if (kind === "vertex") return topology.at(place) ?? null;
    if (kind === "border")
      return nearestVertex(topology, place, this.editor.drawmap.scale, Infinity)?.id ?? a;
    return null;
  }

  #grid(lines) {
    const { chosen, draft } = this.editor;
    if (chosen && this.#piecesOf(chosen, lines).length > 1) return chosen;
    const line = lines.at(-1);
    const tries = [];
    for (let i = 1; i < line.length; i++)
      tries.push([(line[i - 1][0] + line[i][0]) / 2, (line[i - 1][1] + line[i][1]) / 2]);
    tries.sort((a, b) => this.#fromMiddle(line, a) - this.#fromMiddle(line, b));
    const codes = tries.map((place) => faceAt(draft.topology, place)).filter(Boolean);
    return codes.find((code) => this.#piecesOf(code, lines).length > 1) ?? codes[0] ?? null;
  }

  #fromMiddle(line, place) {
    const [a, b] = [line[0], line.at(-1)];
    return Math.hypot(place[0] - (a[0] + b[0]) / 2, place[1] - (a[1] + b[1]) / 2);
  }

  #piecesOf(code, lines) {
    const face = this.editor.draft.topology.faces.get(code);
    if (!face) return [];
    const { topology } = this.editor.draft;
    return face.polygons.flatMap((rings) => {
      const places = rings.map((ring) => ring.map((id) => topology.place(id)));
      return cutPolygon(places, lines) ?? [places];
    });
  }

  #paintPieces(pen, lines) {
    const { draft } = this.editor;
    const drawn = lines.filter((line) => line.length > 1);
    if (drawn.length === 0) return;
    const codes = new Set(drawn.flat().map((place) => faceAt(draft.topology, place)));
    const grid = this.#grid(drawn);
    if (grid) codes.add(grid);
    codes.delete(null);
    for (const code of this.kind === "split" && grid ? [grid] : codes) {
      const pieces = this.#piecesOf(code, drawn);
      if (pieces.length < 2) continue;
      // Where a border is led elsewhere the largest piece stays what it was.
      pieces.slice(this.kind === "split" ? 0 : 1).forEach((rings, i) => {
        this.#paintPiece(pen, code, rings, SHADES[i % SHADES.length]);
      });
    }
  }

  #paintPiece(pen, code, rings, colour) {
    const { census } = this.editor.draft;
    const { context } = pen;
    context.beginPath();
    for (const ring of rings) trace(pen, ring, true);
    context.globalAlpha = 0.18;
    context.fillStyle = colour;
    context.fill("evenodd");
    context.globalAlpha = 1;
    if (!census) return;
    const inside = pointsIn(census, rings[0], (i) => census.at[i] === code);
    const [x, y] = pen.at(inner(rings));
    writeLabel(pen, t("draw.households", { households: inside.length }), x, y, "#222", "700 15px");
  }
}
