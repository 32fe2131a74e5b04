// Before and after side by side under one camera: what is published, or was on a day, at the left
// of a divider that is drawn across the map.

import { differing, movedSince } from "../../geo/differences.js";
import { inner } from "../../geo/planar.js";
import { Topology } from "../../geo/topology.js";
import { getJson, withParams } from "../../net/http.js";
import { byId, element } from "../../ui/dom.js";
import { isIsoDay } from "../../ui/isodate.js";
import { sentenceOf } from "../../ui/notices.js";
import { t } from "../../ui/texts.js";
import { fillArea, INK, stroke, trace, writeLabel } from "../ink.js";
import { ActiveSheet } from "../sheet.js";
import { moveLine } from "./checks.js";

const CLIPPED = ["sheet", "marks", "active"];

export class Compare {
  #before = null;
  #topology = null;
  #differing = new Set();
  #sheet = new ActiveSheet((pen) => this.#paint(pen), "then");
  #swipe = byId("swipe");

  constructor(draft, drawmap, { onGrids }) {
    this.draft = draft;
    this.drawmap = drawmap;
    this.onGrids = onGrids;
    byId("compare-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#open();
    });
    byId("compare-close").addEventListener("click", () => this.close());
    this.#swipe.addEventListener("input", () => this.#clip());
    drawmap.map.on("move zoomend resize", () => this.#before && this.#clip());
    draft.addEventListener("sheet", () => this.#before && this.#list());
  }

  async #open() {
    const { value } = byId("compare-day");
    const at = isIsoDay(value) ? value : null;
    const { grids, area } = this.draft.urls;
    byId("compare-error").textContent = "";
    try {
      const { features } = await getJson(withParams(grids, { level: "small", parent: area, at }));
      this.#before = new Map(features.map((feature) => [feature.properties.code, feature]));
    } catch (error) {
      byId("compare-error").textContent = sentenceOf(error);
      return;
    }
    this.#topology = new Topology(this.#before.values());
    byId("swipe-left").textContent = at ?? t("draw.published");
    byId("comparing").hidden = false;
    byId("compare-close").hidden = false;
    this.#sheet.addTo(this.drawmap.map);
    this.#list();
    this.#clip();
  }

  close() {
    this.#before = null;
    this.#sheet.remove();
    byId("comparing").hidden = true;
    byId("compare-close").hidden = true;
    byId("compare-list").replaceChildren();
    for (const pane of this.#panes()) pane.style.clipPath = "";
  }

  #panes() {
    return CLIPPED.map((name) => this.drawmap.map.getPane(name)).filter(Boolean);
  }

  #clip() {
    const { map } = this.drawmap;
    const { x: width, y: height } = map.getSize();
    this.edge = (width * Number(this.#swipe.value)) / 100;
    const corner = map.containerPointToLayerPoint([this.edge, 0]);
    const [left, top] = [corner.x, corner.y];
    const right = left + width + 2;
    // The panes have no size of their own: a polygon in their pixels cuts all the same.
    const ring = [
      [left, top],
      [right, top],
      [right, top + height],
      [left, top + height],
    ].map(([x, y]) => `${x}px ${y}px`);
    for (const pane of this.#panes()) pane.style.clipPath = `polygon(${ring.join(",")})`;
    byId("swipe-line").style.left = `${this.edge}px`;
    this.#sheet.redraw();
  }

  #list() {
    const inside = new Map(
      [...this.draft.features].filter(([, { properties }]) => properties.why !== "outside"),
    );
    this.#differing = differing(this.#before, inside);
    const lines = [...this.#differing].map((code) => {
      const name = this.#before.get(code)?.properties.name ?? this.draft.nameOf(code);
      const was = !this.#before.has(code) ? "new" : inside.has(code) ? "changed" : "ended";
      const onclick = () => this.onGrids([code]);
      return element(
        "li",
        {},
        element("button", { type: "button", class: "link", onclick }, t(`compare.${was}`, { name })),
      );
    });
    const { census, households } = this.draft;
    const moves = census ? movedSince(census, households, this.#topology, this.#differing) : [];
    byId("compare-list").replaceChildren(
      ...(lines.length > 0 ? lines : [element("li", {}, t("compare.same"))]),
      ...moves.map((move) => moveLine(this.draft, move, this.onGrids)),
    );
    this.#sheet.redraw();
  }

  #paint(pen) {
    if (!this.#before) return false;
    const { context, size } = pen;
    context.save();
    context.beginPath();
    context.rect(0, 0, this.edge, size.y);
    context.clip();
    for (const code of this.#differing) {
      const feature = this.#before.get(code);
      if (feature) fillArea(pen, feature.geometry, "#44556b", 0.18);
    }
    context.beginPath();
    for (const { ids } of this.#topology.arcs)
      trace(
        pen,
        ids.map((id) => this.#topology.place(id)),
      );
    stroke(pen, "rgba(255,255,255,.8)", 4);
    stroke(pen, INK.weak, 1.5);
    if (pen.zoom > 13) {
      for (const { geometry, properties } of this.#before.values()) {
        const [x, y] = pen.at(inner(geometry.coordinates[0]));
        if (x > 0 && x < this.edge && y > 0 && y < size.y)
          writeLabel(pen, properties.name, x, y, "#444", "12px");
      }
    }
    context.restore();
    return true;
  }
}
