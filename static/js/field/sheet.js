// The one sheet over the map: a panel beside it on a wide screen, from below on a narrow one, where it
// leaves some of the map in sight or takes all of it.

import { byId, element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";

export class Sheet {
  #element = byId("sheet");
  // What is said in passing stands in the sheet while one is open, or it would lie over its buttons.
  #notices = byId("notices");
  #now = null;
  #serial = 0;

  /** `onChange()` whenever it opens, closes or changes its size. */
  constructor({ onChange }) {
    this.onChange = onChange;
    // One entry of the history stands before the page as long as it is open: the tablet's own "back"
    // takes it away, which closes the sheet and not the page.
    addEventListener("popstate", () => {
      if (this.#now === null) return;
      this.#drop();
      this.#guard();
    });
  }

  /** The name of the screen that is open, or null. */
  get name() {
    return this.#now?.name ?? null;
  }

  /**
   * Show a screen: `{title, body, foot?, size: "half" | "full", onShow?, onClose?}`. `onShow()` whenever the map beside it
   * has got another form.
   */
  show(name, screen) {
    this.#guard();
    this.#now?.onClose?.();
    this.#now = { name, serial: ++this.#serial, ...screen };
    const grip = element(
      "button",
      {
        type: "button",
        class: "icon-button sheet-grip",
        "aria-label": t("sheet.size"),
        onclick: () => this.#resize(),
      },
      icon("selector"),
    );
    const close = element(
      "button",
      {
        type: "button",
        class: "icon-button",
        id: "sheet-close",
        "aria-label": t("close"),
        onclick: () => this.close(),
      },
      icon("x"),
    );
    const head = element("header", { class: "sheet-head" }, element("h1", {}, screen.title), grip, close);
    const body = element("div", { class: "sheet-body" }, screen.body);
    this.#element.replaceChildren(head, body, this.#notices);
    if (screen.foot) this.#element.append(element("footer", { class: "sheet-foot" }, screen.foot));
    this.#element.dataset.size = screen.size ?? "full";
    this.#element.dataset.name = name;
    this.#element.setAttribute("aria-label", screen.title);
    this.#element.hidden = false;
    this.onChange();
    screen.onShow?.();
    if (screen.focus) screen.focus.focus({ preventScroll: true });
  }

  /** Which sheet this is: for who closes it later, when another may be open. */
  get serial() {
    return this.#now?.serial ?? 0;
  }

  /** Close it; with a `serial` only if that one is still open. */
  close(serial = this.serial) {
    if (serial === this.serial) this.#drop();
  }

  #guard() {
    if (!history.state?.guard) history.pushState({ guard: true }, "");
  }

  #drop() {
    const gone = this.#now;
    if (!gone) return;
    this.#now = null;
    this.#element.hidden = true;
    this.#element.after(this.#notices);
    this.#element.replaceChildren();
    gone.onClose?.();
    this.onChange();
  }

  setSize(size) {
    this.#element.dataset.size = size;
    this.onChange();
  }

  /** The window has another form: what the screen shows on the map may lie under it now. */
  fit() {
    this.#now?.onShow?.();
  }

  #resize() {
    this.setSize(this.#element.dataset.size === "half" ? "full" : "half");
    this.fit();
  }

  /** What it hides of the map, in px. */
  get cover() {
    const none = { bottom: 0, left: 0, right: 0 };
    if (this.#now === null) return none;
    const { width, height, left, right } = this.#element.getBoundingClientRect();
    if (width > innerWidth * 0.8) return { ...none, bottom: height };
    // With the bar at its outer side.
    return left > innerWidth - right ? { ...none, right: innerWidth - left } : { ...none, left: right };
  }
}
