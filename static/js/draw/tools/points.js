// Moving, adding and taking out the points of borders. A point has both sides: dragging it moves
// every grid that it belongs to, and the counts follow under the finger.

import { nearestEdge, nearestVertex } from "../../geo/nearest.js";
import { onLattice } from "../../geo/topology.js";
import { t } from "../../ui/texts.js";
import { handle, INK, stroke, trace, writeLabel } from "../ink.js";

// Below this a border has no room for a point in its middle; above this many none are drawn.
const LEAST_PX = 34;
const MOST_HANDLES = 1500;
const FROM_ZOOM = 14;

export class PointsTool {
  #grip = null;
  #chosen = null;
  #hovered = null;

  constructor(editor) {
    this.editor = editor;
  }

  get hint() {
    return this.#chosen ? t("draw.point_chosen") : t("draw.points_hint");
  }

  get canRemove() {
    return this.#chosen !== null;
  }

  down({ place, reach }) {
    const { draft, drawmap } = this.editor;
    if (!draft.mayDraw) return false;
    const { topology } = draft;
    const vertex = nearestVertex(topology, place, drawmap.scale, reach);
    if (vertex) {
      if (!this.#isMine(vertex.id)) return this.#refuse(vertex.id);
      const from = topology.place(vertex.id);
      this.#grip = {
        id: vertex.id,
        origin: from,
        op: (to) => ({ type: "move_nodes", moves: [{ from, to }] }),
      };
      return true;
    }
    const middle = this.#middleAt(place, reach);
    if (!middle) return false;
    this.#grip = { ...middle, id: null };
    return true;
  }

  drag(touch) {
    const grip = this.#grip;
    const { draft } = this.editor;
    if (!grip.isHeld) this.#hold(grip);
    const from = draft.topology.place(grip.id);
    const to = onLattice(this.editor.placeOf(touch, grip.id));
    if (to[0] === from[0] && to[1] === from[1]) return;
    draft.topology.move(grip.id, to);
    draft.followed(grip.id, from);
    this.#focus([to]);
    this.editor.redraw();
  }

  drop() {
    const { draft } = this.editor;
    const grip = this.#grip;
    this.#grip = null;
    this.editor.snapped = null;
    if (!grip.isHeld) return;
    const to = draft.topology.place(grip.id);
    draft.perform(grip.op(to));
    draft.release();
    this.editor.drawmap.active.focus(null);
    this.editor.changed();
  }

  letGo() {
    const grip = this.#grip;
    this.#grip = null;
    this.editor.snapped = null;
    if (!grip?.isHeld) return;
    this.editor.draft.restore();
    this.editor.draft.release();
    this.editor.drawmap.active.focus(null);
  }

  tap({ place, reach }) {
    const { draft, drawmap } = this.editor;
    const vertex = nearestVertex(draft.topology, place, drawmap.scale, reach);
    this.#chosen = vertex && this.#isMine(vertex.id) ? draft.topology.place(vertex.id) : null;
    this.editor.changed();
  }

  /** A long press takes a point out. */
  long(touch) {
    this.tap(touch);
    this.remove();
  }

  remove() {
    if (!this.#chosen) return;
    const { draft } = this.editor;
    const id = draft.topology.at(this.#chosen);
    const place = this.#chosen;
    this.#chosen = null;
    if (id === undefined || draft.topology.isCorner(id)) {
      this.editor.tell(t("draw.corner_stays"), { isError: true });
      return;
    }
    draft.perform({ type: "move_nodes", remove: [place] });
    this.editor.changed();
  }

  hover({ place, reach }) {
    const { draft, drawmap } = this.editor;
    const vertex = nearestVertex(draft.topology, place, drawmap.scale, reach);
    const id = vertex && this.#isMine(vertex.id) ? vertex.id : null;
    drawmap.map
      .getContainer()
      .classList.toggle("is-grabbing", id !== null || Boolean(this.#middleAt(place, reach)));
    if (id === this.#hovered) return;
    this.#hovered = id;
    this.editor.redraw();
  }

  cancel() {
    const had = this.#chosen !== null;
    this.#chosen = null;
    return had;
  }

  paint(pen) {
    if (this.#grip?.isHeld) return this.#paintHeld(pen);
    return this.#paintHandles(pen);
  }

  #hold(grip) {
    const { draft } = this.editor;
    draft.hold();
    grip.isHeld = true;
    this.editor.drawmap.mark({ issues: [] });
    if (grip.id === null) {
      const [a, b] = grip.edge;
      const between = [draft.topology.place(a), draft.topology.place(b)];
      grip.id = draft.topology.insert(a, b, grip.place);
      grip.op = (at) => ({ type: "move_nodes", insert: [{ between, at }] });
    }
    this.#focus([]);
  }

  /** What moves: the borders at the point, and where it is led. */
  #focus(places) {
    const { topology } = this.editor.draft;
    const ids = topology.arcsAt(this.#grip.id).flatMap((arc) => arc.ids);
    this.editor.drawmap.active.focus([...places, ...ids.map((id) => topology.place(id))]);
  }

  /** Whether a point may be moved: all around it are grids of one's own, none of it is the outer border. */
  #isMine(id) {
    const { topology } = this.editor.draft;
    const edges = topology.around(id).map((other) => topology.facesOf(id, other));
    return edges.every((codes) => codes.length === 2 && codes.every((code) => !this.editor.isLocked(code)));
  }

  #refuse(id) {
    const { topology } = this.editor.draft;
    const isOuter = topology.around(id).some((other) => topology.facesOf(id, other).length < 2);
    this.editor.tell(t(isOuter ? "draw.outer_border" : "draw.locked_grid"), { isError: true });
    return false;
  }

  #middleAt(place, reach) {
    const { draft, drawmap } = this.editor;
    const { topology } = draft;
    const edge = nearestEdge(topology, place, drawmap.scale, reach);
    if (!edge || edge.arc.faces.length < 2 || edge.arc.faces.some((code) => this.editor.isLocked(code)))
      return null;
    const middle = middleOf(topology, edge.a, edge.b);
    const [sx, sy] = drawmap.scale;
    const distance = Math.hypot((middle[0] - place[0]) * sx, (middle[1] - place[1]) * sy);
    if (distance > reach || lengthOf(topology, edge.a, edge.b, drawmap.scale) < LEAST_PX) return null;
    return { edge: [edge.a, edge.b], place: middle };
  }

  #paintHeld(pen) {
    const { draft } = this.editor;
    const { topology } = draft;
    const { id } = this.#grip;
    pen.context.beginPath();
    for (const arc of topology.arcsAt(id))
      trace(
        pen,
        arc.ids.map((other) => topology.place(other)),
      );
    stroke(pen, "rgba(255,255,255,.9)", 6);
    stroke(pen, INK.draft, 3);
    handle(pen, topology.place(id), 8, { colour: INK.draft });
    this.#paintCounts(pen, id);
    return true;
  }

  #paintCounts(pen, id) {
    const { draft } = this.editor;
    if (!draft.census) return;
    const [x, y] = pen.at(draft.topology.place(id));
    const texts = draft.topology
      .facesAt(id)
      .map((code) =>
        t("draw.count_of", { name: draft.nameOf(code), households: draft.census.of(code).households }),
      );
    texts.forEach((text, i) => {
      writeLabel(pen, text, x, y - 26 - 18 * i, INK.draft);
    });
  }

  #paintHandles(pen) {
    const { draft, drawmap } = this.editor;
    const { topology } = draft;
    if (drawmap.map.getZoom() < FROM_ZOOM || !draft.mayDraw) return false;
    const bounds = drawmap.map.getBounds();
    const [west, south, east, north] = [
      bounds.getWest(),
      bounds.getSouth(),
      bounds.getEast(),
      bounds.getNorth(),
    ];
    const isSeen = (id) =>
      topology.lon[id] > west &&
      topology.lon[id] < east &&
      topology.lat[id] > south &&
      topology.lat[id] < north;
    let count = 0;
    for (const { ids, bounds: box, faces } of topology.arcs) {
      if (faces.length < 2 || box[0] > east || box[2] < west || box[1] > north || box[3] < south) continue;
      if (faces.some((code) => this.editor.isLocked(code))) continue;
      for (let i = 0; i < ids.length && count < MOST_HANDLES; i++) {
        if (!isSeen(ids[i])) continue;
        count++;
        if (i + 1 < ids.length && lengthOf(topology, ids[i], ids[i + 1], drawmap.scale) >= LEAST_PX)
          handle(pen, middleOf(topology, ids[i], ids[i + 1]), 3, { colour: "#99b" });
        const isEnd = i === 0 || i === ids.length - 1;
        handle(pen, topology.place(ids[i]), ids[i] === this.#hovered ? 8 : 5, { isSquare: isEnd });
      }
    }
    if (this.#chosen) handle(pen, this.#chosen, 8, { colour: INK.draft, fill: INK.draft });
    return count > 0;
  }
}

const middleOf = (topology, a, b) => [
  (topology.lon[a] + topology.lon[b]) / 2,
  (topology.lat[a] + topology.lat[b]) / 2,
];

const lengthOf = (topology, a, b, [sx, sy]) =>
  Math.hypot((topology.lon[a] - topology.lon[b]) * sx, (topology.lat[a] - topology.lat[b]) * sy);
