// What stands at the edges of the map: search and the state of sending above, tools at the thumb, the
// bar with the places to go.

import { byId, element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { button } from "./parts.js";
import { senderLine } from "./sending.js";

const PLACES = [
  ["map", "map-2"],
  ["outbox", "send"],
  ["conflicts", "arrows-join"],
  ["patrol", "route"],
  ["more", "dots"],
];

export class Chrome {
  #top;
  #lines = element("div", { class: "lines" });
  #places = new Map();
  #state;
  #me;
  #compass;
  #pin;
  #fixLine = element("p", { class: "line", id: "fix", role: "status", hidden: true });
  #gridLine = element("button", { type: "button", class: "line", id: "my-grid", hidden: true });
  #shown = new Map();

  constructor(app) {
    this.app = app;
    this.#state = element(
      "button",
      { type: "button", class: "state-button", id: "state", onclick: () => app.open("outbox") },
      icon("circle-check"),
      element("span", {}, ""),
    );
    const find = element(
      "button",
      { type: "button", class: "find-button", id: "find-open", onclick: () => app.open("search") },
      icon("search"),
      element("span", {}, t("find.hint")),
    );
    this.#gridLine.addEventListener("click", () => app.open("grid", { code: this.#gridLine.dataset.code }));
    this.#top = element(
      "div",
      { class: "top" },
      element("div", { class: "top-line" }, find, this.#state),
      this.#lines,
      this.#fixLine,
      this.#gridLine,
    );
    byId("chrome").replaceChildren(this.#top, this.#tools(), this.#nav());
  }

  /** How far down the map it reaches, in px. */
  get depth() {
    return this.#top.getBoundingClientRect().bottom;
  }

  #tools() {
    const { app } = this;
    this.#me = tool("me.button", "current-location", "locate", () => app.me.press());
    this.#compass = element("span", { class: "compass-word", hidden: true });
    const compass = tool("compass.button", "navigation", "compass", () => app.toggleCompass());
    this.compassButton = compass;
    this.#pin = element(
      "button",
      { type: "button", class: "pin-button", id: "pin", onclick: () => app.beginIncident() },
      icon("flag"),
      element("span", {}, t("incident.pin")),
    );
    return element(
      "div",
      { class: "tools", role: "group", "aria-label": t("tools.title") },
      this.#compass,
      compass,
      tool("near.title", "map-search", "near-open", () => app.open("near")),
      tool("zoom.in", "plus", "zoom-in", () => app.map.map.zoomIn()),
      tool("zoom.out", "minus", "zoom-out", () => app.map.map.zoomOut()),
      this.#me,
      this.#pin,
    );
  }

  #nav() {
    const nav = element("nav", { class: "nav", "aria-label": t("nav.title") });
    for (const [name, sign] of PLACES) {
      const badge = element("span", { class: "badge", hidden: true });
      const made = element(
        "button",
        { type: "button", class: "nav-button", "data-place": name, onclick: () => this.app.goTo(name) },
        icon(sign),
        element("span", {}, t(`nav.${name}`)),
        badge,
      );
      this.#places.set(name, { made, badge });
      nav.append(made);
    }
    return nav;
  }

  /** What the person may not do has no button. */
  showMay() {
    this.#pin.hidden = !this.app.may("incident_report");
  }

  /** Which of the places one is at. */
  mark(name) {
    for (const [own, { made }] of this.#places) {
      if (own === name) made.setAttribute("aria-current", "page");
      else made.removeAttribute("aria-current");
    }
  }

  badge(name, count, isBad = false) {
    const { badge, made } = this.#places.get(name);
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.classList.toggle("is-bad", isBad);
    made.setAttribute("aria-label", count ? `${t(`nav.${name}`)} (${count})` : t(`nav.${name}`));
  }

  async showSending() {
    const { tone, short, text } = await senderLine(this.app);
    this.#state.dataset.tone = tone === "info" ? "wait" : tone;
    this.#state.title = text;
    const sign = { good: "circle-check", info: "upload", bad: "alert-circle" }[tone];
    this.#state.replaceChildren(icon(sign), element("span", {}, short));
    const counts = await this.app.outbox.counts();
    const refused = counts.refused + counts.photos.refused;
    const waiting = counts.draft + counts.sealed + counts.sending + counts.received + refused;
    this.badge("outbox", waiting, refused > 0);
  }

  /** The line of the position: `text` or a problem, or neither. */
  showFix(text, problem) {
    this.#fixLine.hidden = !text && !problem;
    this.#fixLine.textContent = problem ?? text ?? "";
    this.#fixLine.classList.toggle("is-bad", Boolean(problem));
  }

  showGrid(grid) {
    this.#gridLine.hidden = !grid;
    if (!grid) return;
    this.#gridLine.dataset.code = grid.code;
    this.#gridLine.textContent = t("me.grid", { name: grid.name });
  }

  showMe(state) {
    this.#me.dataset.state = state;
    this.#me.setAttribute("aria-pressed", String(state === "follow"));
    if (state === "off") this.showGrid(null);
  }

  showHeading(degrees, word) {
    this.#compass.hidden = degrees === null;
    this.compassButton.setAttribute("aria-pressed", String(degrees !== null));
    if (degrees === null) return;
    this.#compass.textContent = `${word} ${Math.round(degrees)}°`;
    this.compassButton.firstChild.style.transform = `rotate(${-degrees}deg)`;
  }

  /** A line that stays over the map under a name, with a button; null takes it away. */
  line(name, content) {
    this.#shown.get(name)?.remove();
    this.#shown.delete(name);
    if (!content) return;
    const { text, tone = "warn", word = null, onclick = null } = content;
    const made = element(
      "div",
      { class: `line is-${tone}`, role: "status", "data-line": name },
      element("span", {}, text),
    );
    if (word) made.append(button(word, onclick));
    this.#lines.append(made);
    this.#shown.set(name, made);
  }
}

function tool(word, sign, id, onclick) {
  return element(
    "button",
    {
      type: "button",
      class: "tool",
      id,
      "aria-label": t(word),
      title: t(word),
      "aria-pressed": "false",
      onclick,
    },
    icon(sign),
  );
}
