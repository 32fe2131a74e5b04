// The tools around the map: zoom, home, measuring, where am I, the day, the background.

import { Locating } from "../map/locating.js";
import { Measuring } from "../map/measuring.js";
import { byId } from "./dom.js";
import { isIsoDay, showIso } from "./isodate.js";
import { say } from "./notices.js";
import { t } from "./texts.js";

export class Tools {
  #view;
  #config;
  #measuring;
  #locating;
  #isReporting = false;

  constructor(view, config, navmap) {
    this.#view = view;
    this.#config = config;
    this.#measuring = new Measuring(navmap.map, (measured) => this.#showMeasured(measured));
    this.#locating = new Locating(navmap.map, (fix, problem) => this.#showFix(fix, problem));
    byId("zoom-in").addEventListener("click", () => navmap.map.zoomIn());
    byId("zoom-out").addEventListener("click", () => navmap.map.zoomOut());
    byId("home").addEventListener("click", () => navmap.goHome());
    byId("map-retry").addEventListener("click", () => navmap.refresh());
    byId("locate").addEventListener("click", () => {
      this.#locating[this.#locating.isOn ? "stop" : "start"]();
      byId("locate").setAttribute("aria-pressed", this.#locating.isOn);
    });
    for (const button of document.querySelectorAll("[data-toggle]")) {
      button.addEventListener("click", () => this.#toggle(button.dataset.toggle));
    }
    for (const crumb of document.querySelectorAll("[data-crumb]")) {
      crumb.addEventListener("click", () => view.set({ selected: `g:${crumb.dataset.crumb}` }));
    }
    document.addEventListener("keydown", (event) => this.#escape(event));
    this.#startMeasuring();
    this.#startReporting();
    this.#startDay();
    this.#startBase();
  }

  /** True where a tap belongs to a tool, not to what lies under it. */
  takesTap(latlng) {
    if (this.#isReporting) {
      const place = new URLSearchParams({ lon: latlng.lng.toFixed(7), lat: latlng.lat.toFixed(7) });
      location.assign(`${this.#config.urls.report}?${place}`);
      return true;
    }
    if (!this.#measuring.isOn) return false;
    this.#measuring.add(latlng);
    return true;
  }

  #toggle(name) {
    const view = this.#view;
    // Open, but behind what came after it: bring it to the front.
    if (view.now[name] && !byId(name).checkVisibility()) {
      view.set({ selected: null, panel: false });
      return;
    }
    view.set({ [name]: !view.now[name] }, { quiet: name === "panel" });
  }

  #escape(event) {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const { selected, table } = this.#view.now;
    if (this.#measuring.isOn) this.#stopMeasuring();
    else if (this.#isReporting) this.#setReporting(false);
    else if (byId("person").open) byId("person").open = false;
    else if (selected) this.#view.set({ selected: null });
    else if (table) this.#view.set({ table: false });
  }

  /** The next tap says where something has happened. */
  #startReporting() {
    byId("report-open")?.addEventListener("click", () => this.#setReporting(!this.#isReporting));
  }

  #setReporting(isOn) {
    if (isOn && this.#measuring.isOn) this.#stopMeasuring();
    this.#isReporting = isOn;
    byId("report-open").setAttribute("aria-pressed", isOn);
    byId("report").hidden = !isOn;
  }

  #startMeasuring() {
    byId("measure-open").addEventListener("click", () => {
      if (this.#measuring.isOn) {
        this.#stopMeasuring();
        return;
      }
      if (this.#isReporting) this.#setReporting(false);
      this.#measuring.start();
      byId("measure").hidden = false;
      byId("measure-open").setAttribute("aria-pressed", "true");
    });
    byId("measure-undo").addEventListener("click", () => this.#measuring.undo());
    byId("measure-clear").addEventListener("click", () => this.#measuring.clear());
    byId("measure-close").addEventListener("click", () => this.#stopMeasuring());
  }

  #stopMeasuring() {
    this.#measuring.stop();
    byId("measure").hidden = true;
    byId("measure-open").setAttribute("aria-pressed", "false");
  }

  #showMeasured({ points, length, area }) {
    const parts = [];
    if (points < 2) parts.push(t("measure.start"));
    else parts.push(t("measure.length", { value: length.value, unit: t(`unit.${length.unit}`) }));
    if (area) parts.push(t("measure.area", area));
    byId("measure-text").textContent = parts.join(" · ");
  }

  #showFix(fix, problem) {
    const line = byId("fix");
    line.hidden = !fix;
    if (fix) line.textContent = t("locate.fix", fix);
    if (problem) say(t(problem), { isError: true });
    byId("locate").setAttribute("aria-pressed", Boolean(fix) || this.#locating.isOn);
  }

  #startDay() {
    const day = byId("day");
    const first = this.#config.firstDay;
    showIso(day, byId("page").dataset.pick);
    const show = ({ at }) => {
      day.value = at ?? this.#config.today;
      byId("past").hidden = !at;
      byId("past-text").textContent = at ? t(this.#pastText(at), { day: at, first }) : "";
      byId("page").classList.toggle("is-past", Boolean(at));
    };
    day.addEventListener("change", () => {
      const isPast = isIsoDay(day.value) && day.value < this.#config.today;
      this.#view.set({ at: isPast ? day.value : null });
      show(this.#view.now);
    });
    byId("past-back").addEventListener("click", () => this.#view.set({ at: null }));
    this.#view.watch(["at"], show);
    show(this.#view.now);
  }

  #pastText(day) {
    const { firstDay } = this.#config;
    return firstDay && day < firstDay ? "past.before" : "past.banner";
  }

  #startBase() {
    const choice = byId("base");
    if (!choice) return;
    choice.addEventListener("change", () => this.#view.set({ base: choice.value || null }));
    this.#view.watch(["base"], ({ base }) => {
      choice.value = base ?? "";
    });
    choice.value = this.#view.now.base ?? "";
  }
}
