// Panel, drawer and table at the edge of the map. On a desk they stand side by side; on a
// tablet one lies over the map at a time; on a phone they share one sheet of three heights.

import { byId } from "./dom.js";
import { t } from "./texts.js";

const HEIGHTS = ["low", "middle", "full"];
const SMALL = matchMedia("(max-width: 1100px), (pointer: coarse) and (max-width: 1400px)");
const PHONE = matchMedia("(max-width: 640px)");
const WIDTHS = "gis-grid.widths";

export class Panels {
  #parts = { panel: byId("panel"), drawer: byId("drawer"), table: byId("table") };
  #onResize;

  /** `onResize({isCut})` after the map's room has changed; `isCut`: a list took of a small one. */
  constructor(view, onResize) {
    this.view = view;
    this.#onResize = onResize;
    // A small screen starts with the map alone.
    if (SMALL.matches && !location.hash.includes("panel=")) view.set({ panel: false }, { quiet: true });
    view.watch(["panel", "selected", "table"], (state, changed) => this.#show(state, changed));
    SMALL.addEventListener("change", () => this.#show(view.now, []));
    for (const grip of document.querySelectorAll(".sheet-grip")) this.#dragSheet(grip);
    for (const edge of document.querySelectorAll(".width-grip")) this.#dragWidth(edge);
    this.#restoreWidths();
    this.setHeight("middle");
    this.#show(view.now, []);
  }

  get isPhone() {
    return PHONE.matches;
  }

  /** Pixels of the map's left, right and bottom that panels lie over. */
  covered() {
    const map = byId("map").getBoundingClientRect();
    const room = { left: 0, right: 0, bottom: 0 };
    for (const part of Object.values(this.#parts)) {
      const box = part.getBoundingClientRect();
      if (box.width === 0 || box.right <= map.left || box.left >= map.right || box.top >= map.bottom)
        continue;
      if (PHONE.matches) room.bottom = Math.max(room.bottom, map.bottom - box.top);
      else if (part.id === "panel") room.left = box.right - map.left;
      else if (part.id === "drawer") room.right = map.right - box.left;
    }
    // A sheet over the whole map leaves nothing to aim at.
    if (room.bottom > map.height * 0.8) room.bottom = 0;
    return room;
  }

  setHeight(height) {
    byId("page").dataset.sheet = height;
    for (const grip of document.querySelectorAll(".sheet-grip")) {
      grip.setAttribute("aria-label", t(`sheet.${height}`));
    }
  }

  #show(state, changed) {
    const open = { panel: state.panel, drawer: Boolean(state.selected), table: state.table };
    let front = ["drawer", "table", "panel"].find((name) => open[name]) ?? "";
    const opened = { panel: "panel", selected: "drawer", table: "table" };
    for (const key of changed) if (open[opened[key]]) front = opened[key];
    if (SMALL.matches && changed.length && this.#closeOthers(front, open)) return;
    byId("page").dataset.front = front;
    for (const [name, part] of Object.entries(this.#parts)) part.hidden = !open[name];
    for (const button of document.querySelectorAll("[data-toggle]")) {
      button.setAttribute("aria-pressed", this.#parts[button.dataset.toggle].checkVisibility());
    }
    if (changed.length && byId("page").dataset.sheet === "low") this.setHeight("middle");
    this.#onResize({ isCut: SMALL.matches && changed.includes("table") && state.table });
  }

  /** On a small screen the layers give way to what came after them. */
  #closeOthers(front, open) {
    if (front === "panel" || !open.panel) return false;
    this.view.set({ panel: false }, { quiet: true });
    return true;
  }

  #dragSheet(grip) {
    let startY = null;
    let startHeight = 0;
    const part = grip.closest(".part");
    grip.addEventListener("click", () => {
      const next = HEIGHTS[(HEIGHTS.indexOf(byId("page").dataset.sheet) + 1) % HEIGHTS.length];
      this.setHeight(next);
    });
    grip.addEventListener("pointerdown", (event) => {
      startY = event.clientY;
      startHeight = part.getBoundingClientRect().height;
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (startY === null) return;
      part.style.height = `${startHeight + startY - event.clientY}px`;
    });
    grip.addEventListener("pointerup", (event) => {
      if (startY === null) return;
      const height = startHeight + startY - event.clientY;
      const isDrag = Math.abs(startY - event.clientY) > 8;
      startY = null;
      part.style.height = "";
      if (!isDrag) return;
      // A drag is no tap: the click that follows must not change the height again.
      grip.addEventListener("click", (click) => click.stopImmediatePropagation(), {
        capture: true,
        once: true,
      });
      this.setHeight(height < innerHeight * 0.28 ? "low" : height < innerHeight * 0.7 ? "middle" : "full");
    });
  }

  #dragWidth(edge) {
    const part = edge.closest(".part");
    const name = edge.dataset.size;
    const horizontal = part.id !== "table";
    const limits = horizontal ? [240, 560] : [160, innerHeight * 0.7];
    const apply = (size) => {
      const kept = Math.round(Math.max(limits[0], Math.min(limits[1], size)));
      document.documentElement.style.setProperty(`--${name}`, `${kept}px`);
      localStorage.setItem(WIDTHS, JSON.stringify({ ...readWidths(), [name]: kept }));
    };
    const size = () => part.getBoundingClientRect()[horizontal ? "width" : "height"];
    edge.addEventListener("pointerdown", (event) => {
      edge.setPointerCapture(event.pointerId);
      const from = horizontal ? event.clientX : event.clientY;
      const before = size();
      const sign = part.id === "panel" ? 1 : -1;
      edge.onpointermove = (move) =>
        apply(before + sign * ((horizontal ? move.clientX : move.clientY) - from));
      edge.onpointerup = () => {
        edge.onpointermove = null;
        this.#onResize({ isCut: false });
      };
    });
    edge.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -20, ArrowDown: -20, ArrowRight: 20, ArrowUp: 20 }[event.key];
      if (!step) return;
      event.preventDefault();
      apply(size() + (part.id === "drawer" ? -step : step));
      this.#onResize({ isCut: false });
    });
  }

  #restoreWidths() {
    for (const [name, size] of Object.entries(readWidths())) {
      document.documentElement.style.setProperty(`--${name}`, `${Number(size)}px`);
    }
  }
}

function readWidths() {
  try {
    return JSON.parse(localStorage.getItem(WIDTHS)) ?? {};
  } catch {
    return {};
  }
}
