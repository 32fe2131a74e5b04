// Giving houses away: circle them, and the land in the circle goes to a neighbour, in whichever
// village it lies.

import { faceAt, pointsIn } from "../../geo/nearest.js";
import { ontoSegment } from "../../geo/planar.js";
import { onLattice } from "../../geo/topology.js";
import { t } from "../../ui/texts.js";
import { INK, stroke, trace, writeLabel } from "../ink.js";

const STEP_PX = 5;
const PLAY_PX = 2;

export class LassoTool {
  #ring = [];
  #isOpen = false;
  #from = null;

  constructor(editor) {
    this.editor = editor;
  }

  get hint() {
    return t("draw.lasso_hint");
  }

  down({ place }) {
    if (!this.editor.draft.mayDraw) return false;
    this.editor.dropProposal();
    this.editor.drawmap.mark({ issues: [], chosen: [] });
    this.#ring = [place];
    this.#isOpen = true;
    return true;
  }

  drag({ place }) {
    const [sx, sy] = this.editor.drawmap.scale;
    const last = this.#ring.at(-1);
    if (Math.hypot((place[0] - last[0]) * sx, (place[1] - last[1]) * sy) < STEP_PX) return;
    this.#ring.push(place);
    this.editor.redraw();
  }

  drop() {
    this.#isOpen = false;
    this.#ring = thinned(this.#ring, this.editor.drawmap.scale, PLAY_PX).map(onLattice);
    const { draft } = this.editor;
    const codes = this.#overlapped();
    if (this.#ring.length < 3 || codes.length === 0) {
      this.cancel();
      return;
    }
    const inside = draft.census ? pointsIn(draft.census, this.#ring) : [];
    const counts = new Map(codes.map((code) => [code, 0]));
    for (const i of inside) {
      const code = draft.census.at[i];
      if (counts.has(code)) counts.set(code, counts.get(code) + 1);
    }
    // Who gives is the grid of the most houses in the circle; who takes the one that it reaches into.
    const [from] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    const to = codes.find((code) => code !== from) ?? this.#neighbour(from);
    this.#offer(from, to);
  }

  letGo() {
    this.cancel();
  }

  /** A tap on another grid makes it the one that takes. */
  tap({ place }) {
    const code = faceAt(this.editor.draft.topology, place);
    if (this.#from && code && code !== this.#from) this.#offer(this.#from, code);
  }

  cancel() {
    const had = this.#ring.length > 0;
    this.#ring = [];
    this.#from = null;
    this.#isOpen = false;
    this.editor.redraw();
    return had;
  }

  paint(pen) {
    if (this.#ring.length === 0) return false;
    const { context } = pen;
    context.beginPath();
    trace(pen, this.#ring, !this.#isOpen);
    context.globalAlpha = 0.12;
    context.fillStyle = INK.draft;
    context.fill();
    context.globalAlpha = 1;
    stroke(pen, INK.draft, 2.5, [6, 4]);
    const { census } = this.editor.draft;
    if (census && this.#ring.length > 2) {
      const [x, y] = pen.at(this.#ring[0]);
      const inside = pointsIn(census, this.#ring, (i) => !this.#from || census.at[i] === this.#from);
      writeLabel(pen, t("draw.households", { households: inside.length }), x, y - 18, INK.draft, "700 15px");
    }
    return true;
  }

  #offer(from, to) {
    this.#from = from;
    this.editor.drawmap.mark({ chosen: [from, to].filter(Boolean) });
    if (!to) return;
    this.editor.propose({ type: "transfer", from, to, area: [[...this.#ring, this.#ring[0]]] });
  }

  /** Grids with land in the circle, most of its points first. */
  #overlapped() {
    const { topology } = this.editor.draft;
    const counts = new Map();
    for (const place of this.#ring) {
      const code = faceAt(topology, place);
      if (code) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([code]) => code);
  }

  /** Whose border lies nearest to the circle. */
  #neighbour(from) {
    const { topology } = this.editor.draft;
    const [sx, sy] = this.editor.drawmap.scale;
    let best = null;
    for (const { ids, faces } of topology.arcs) {
      if (!faces.includes(from) || faces.length < 2) continue;
      const other = faces.find((code) => code !== from);
      const pixels = ids.map((id) => [topology.lon[id] * sx, topology.lat[id] * sy]);
      for (const [lon, lat] of this.#ring) {
        for (let i = 1; i < pixels.length; i++) {
          const { distance } = ontoSegment([lon * sx, lat * sy], pixels[i - 1], pixels[i]);
          if (!best || distance < best.distance) best = { distance, code: other };
        }
      }
    }
    return best?.code ?? null;
  }
}

/** A line without the points that lie within `play` pixels of what is left (Douglas–Peucker). */
function thinned(line, [sx, sy], play) {
  if (line.length < 3) return line;
  const pixels = line.map(([lon, lat]) => [lon * sx, lat * sy]);
  const kept = new Set([0, line.length - 1]);
  const stack = [[0, line.length - 1]];
  while (stack.length > 0) {
    const [from, to] = stack.pop();
    let worst = { distance: play, i: -1 };
    for (let i = from + 1; i < to; i++) {
      const { distance } = ontoSegment(pixels[i], pixels[from], pixels[to]);
      if (distance > worst.distance) worst = { distance, i };
    }
    if (worst.i < 0) continue;
    kept.add(worst.i);
    stack.push([from, worst.i], [worst.i, to]);
  }
  return line.filter((_, i) => kept.has(i));
}
