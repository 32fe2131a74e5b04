// The side beside the map: tabs on a desk, a sheet of three heights on a phone.

import { byId } from "../ui/dom.js";
import { t } from "../ui/texts.js";

const HEIGHTS = ["low", "middle", "full"];
const LAID_OVER = matchMedia("(max-width: 1100px), (pointer: coarse) and (max-width: 1400px)");
const PHONE = matchMedia("(max-width: 640px)");

export class Side {
  /** `onResize()` after the map's room has changed. */
  constructor({ onResize }) {
    this.onResize = onResize;
    for (const tab of document.querySelectorAll("[role=tab]")) {
      tab.addEventListener("click", () => this.#open(tab));
      tab.addEventListener("keydown", (event) => this.#walk(event));
    }
    byId("side-toggle").addEventListener("click", () => this.toggle());
    const grip = document.querySelector("#side .sheet-grip");
    grip.addEventListener("click", () => {
      const next = HEIGHTS[(HEIGHTS.indexOf(byId("page").dataset.sheet) + 1) % HEIGHTS.length];
      this.#setHeight(next);
    });
    this.#setHeight(PHONE.matches ? "low" : "middle");
    this.toggle(!LAID_OVER.matches || PHONE.matches);
  }

  toggle(isOpen = byId("side").hidden) {
    byId("side").hidden = !isOpen;
    byId("side-toggle").setAttribute("aria-pressed", isOpen);
    byId("page").classList.toggle("has-side", isOpen);
    this.onResize();
  }

  /** Where it lies over the map it makes room for a tool. */
  giveWay() {
    if (PHONE.matches) this.#setHeight("low");
    else if (LAID_OVER.matches) this.toggle(false);
  }

  /** What asks for an answer has to be seen. */
  raise() {
    if (byId("side").hidden) this.toggle(true);
    if (PHONE.matches && byId("page").dataset.sheet === "low") this.#setHeight("middle");
  }

  /** Pixels of the map that the side lies over. */
  covered() {
    const side = byId("side").getBoundingClientRect();
    const map = byId("map").getBoundingClientRect();
    if (byId("side").hidden || side.left >= map.right || side.top >= map.bottom) return {};
    return PHONE.matches ? { bottom: map.bottom - side.top } : { right: map.right - side.left };
  }

  #setHeight(height) {
    byId("page").dataset.sheet = height;
    document.querySelector("#side .sheet-grip").setAttribute("aria-label", t(`sheet.${height}`));
  }

  #open(tab) {
    for (const other of document.querySelectorAll("[role=tab]")) {
      const isOpen = other === tab;
      other.setAttribute("aria-selected", isOpen);
      other.tabIndex = isOpen ? 0 : -1;
      byId(other.getAttribute("aria-controls")).hidden = !isOpen;
    }
    if (PHONE.matches && byId("page").dataset.sheet === "low") this.#setHeight("middle");
  }

  #walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const tabs = [...document.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.focus();
    this.#open(next);
  }
}
