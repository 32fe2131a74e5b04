// The drawer at the right: the card of the household, grid or region that is selected.

import { getFragment, HttpError, postForm, withParams } from "../net/http.js";
import { byId, element, fill } from "./dom.js";
import { say, sentenceOf, troubleLine } from "./notices.js";
import { t } from "./texts.js";

export class Drawer {
  #body = byId("drawer-body");
  #abort = null;
  #goesThere = false;
  #takesFocus = false;
  // What the card on show is about; null while it is none.
  #shown = null;

  /**
   * `onPlace({bounds} | {place})` brings something into sight; `onShown(the same)` hears of a card
   * that was opened from the map; `onList(patch)` opens a list.
   */
  constructor(view, config, { onList, onPlace, onShown }) {
    this.view = view;
    this.config = config;
    this.onPlace = onPlace;
    this.onShown = onShown;
    byId("drawer-close").addEventListener("click", () => view.set({ selected: null }));
    this.#body.addEventListener("click", (event) => {
      const button = event.target.closest("button, a");
      if (!button) return;
      const { select, list, reveal, go } = button.dataset;
      if (select) this.open(select);
      if (list !== undefined)
        onList({ area: button.dataset.area || null, tags: list ? [list] : [], mode: "any", page: 1 });
      if (reveal) this.#askReason(button);
      if (go) this.#go();
      if (select || list !== undefined) event.preventDefault();
    });
    byId("reveal-form").addEventListener("submit", (event) => this.#reveal(event));
    for (const button of document.querySelectorAll("dialog [data-close]")) {
      button.addEventListener("click", () => button.closest("dialog").close());
    }
    view.watch(["selected", "at"], (state) => this.show(state));
    if (view.now.selected) this.show(view.now);
  }

  /** Open a card and bring its thing into sight once the card says where it lies. */
  open(selected, { takesFocus = false } = {}) {
    this.#goesThere = true;
    this.#takesFocus = takesFocus;
    if (this.view.now.selected === selected) this.show(this.view.now);
    else this.view.set({ selected });
  }

  async show({ selected, at }) {
    this.#abort?.abort();
    if (!selected) {
      this.#shown = null;
      return;
    }
    this.#abort = new AbortController();
    const [kind, id] = selected.split(":");
    const url =
      kind === "h" ? this.config.urls.household.replace("0", id) : this.config.urls.place.replace("0", id);
    this.#body.setAttribute("aria-busy", "true");
    const isAgain = this.#shown === selected;
    const skeleton = isAgain ? null : setTimeout(() => this.#clear(skeletonOf()), 150);
    try {
      const html = await getFragment(withParams(url, { at }), this.#abort.signal);
      clearTimeout(skeleton);
      fill(this.#body, html);
      this.#shown = selected;
      this.#body.scrollTop = 0;
      byId("drawer-title").textContent = this.#body.querySelector("[data-title]")?.dataset.title ?? "";
      if (this.#goesThere) this.#go();
      else if (this.whereabouts) this.onShown(this.whereabouts);
      if (this.#takesFocus) byId("drawer-title").focus();
    } catch (error) {
      if (error.name === "AbortError") return;
      clearTimeout(skeleton);
      this.#showTrouble(error, { isAgain, at });
    }
    this.#body.removeAttribute("aria-busy");
    this.#goesThere = false;
    this.#takesFocus = false;
  }

  /** Ask again for the card on show, or for the one that did not come. */
  refresh() {
    this.show(this.view.now);
  }

  /** A card that failed to come anew stays; that of another thing would mislead. */
  #showTrouble(error, { isAgain, at }) {
    if (error.status === 404) {
      byId("drawer-title").textContent = "";
      const sentence = at ? t("card.not_then", { day: at }) : t("card.missing");
      this.#clear(element("p", { class: "card-error", role: "alert" }, sentence));
      return;
    }
    const line = troubleLine(error, () => this.refresh());
    if (isAgain) {
      this.#body.querySelector(".load-error")?.remove();
      this.#body.prepend(line);
      return;
    }
    byId("drawer-title").textContent = "";
    this.#clear(line);
  }

  #clear(element) {
    this.#shown = null;
    this.#body.replaceChildren(element);
  }

  /** Where the thing of the card lies: {bounds} or {place}, null when the card does not say. */
  get whereabouts() {
    const { bounds, place } = this.#body.querySelector("[data-title]")?.dataset ?? {};
    if (bounds) return { bounds: bounds.split(",").map(Number) };
    return place ? { place: place.split(",").map(Number) } : null;
  }

  #go() {
    const where = this.whereabouts;
    if (where) this.onPlace(where);
  }

  #askReason(button) {
    const form = byId("reveal-form");
    form.reset();
    byId("reveal-error").textContent = "";
    byId("reveal-what").textContent = button.dataset.what;
    form.dataset.field = button.dataset.reveal;
    form.dataset.resident = button.dataset.resident ?? "";
    form.dataset.target = button.id;
    byId("reveal").showModal();
  }

  async #reveal(event) {
    event.preventDefault();
    const form = event.target;
    const { field, resident, target } = form.dataset;
    const id = this.view.now.selected.split(":")[1];
    const reason = form.elements.reason.value.trim();
    if (!reason) {
      byId("reveal-error").textContent = t("reveal.no_reason");
      form.elements.reason.focus();
      return;
    }
    const fields = { field, reason, ...(resident && { resident }) };
    try {
      const response = await postForm(this.config.urls.reveal.replace("0", id), fields, this.config.csrf);
      const { value } = await response.json();
      byId("reveal").close();
      showValue(byId(target), field, value);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      byId("reveal-error").textContent = sentenceOf(error);
      form.elements.reason.focus();
    }
  }
}

function showValue(button, field, value) {
  const shown = value || t("reveal.empty");
  const isPhone = field === "phone" && value;
  const made = isPhone
    ? element("a", { href: `tel:${value}`, class: "revealed phone" }, value)
    : element("span", { class: "revealed", tabindex: "-1" }, shown);
  button.replaceWith(made);
  made.focus();
  say(t("reveal.logged"));
}

function skeletonOf() {
  const lines = Array.from({ length: 6 }, () => element("div", { class: "skeleton" }));
  return element("div", { "aria-hidden": "true" }, ...lines);
}
