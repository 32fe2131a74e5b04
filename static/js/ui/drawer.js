// The drawer at the right: the card of the household, grid or region that is selected.

import { getFragment, HttpError, postForm, withParams } from "../net/http.js";
import { byId, element, fill } from "./dom.js";
import { say, sentenceOf } from "./notices.js";
import { t } from "./texts.js";

export class Drawer {
  #body = byId("drawer-body");
  #abort = null;
  #goesThere = false;

  /** `onPlace({bounds} | {place})` brings something into sight; `onList(patch)` opens a list. */
  constructor(view, config, { onList, onPlace }) {
    this.view = view;
    this.config = config;
    this.onPlace = onPlace;
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
  open(selected) {
    this.#goesThere = true;
    if (this.view.now.selected === selected) this.show(this.view.now);
    else this.view.set({ selected });
  }

  async show({ selected, at }) {
    this.#abort?.abort();
    if (!selected) return;
    this.#abort = new AbortController();
    const [kind, id] = selected.split(":");
    const url =
      kind === "h" ? this.config.urls.household.replace("0", id) : this.config.urls.place.replace("0", id);
    this.#body.setAttribute("aria-busy", "true");
    const skeleton = setTimeout(() => this.#body.replaceChildren(skeletonOf()), 150);
    try {
      const html = await getFragment(withParams(url, { at }), this.#abort.signal);
      clearTimeout(skeleton);
      fill(this.#body, html);
      this.#body.scrollTop = 0;
      byId("drawer-title").textContent = this.#body.querySelector("[data-title]")?.dataset.title ?? "";
      if (this.#goesThere) this.#go();
    } catch (error) {
      if (error.name === "AbortError") return;
      clearTimeout(skeleton);
      byId("drawer-title").textContent = "";
      const sentence = error.status === 404 ? t("card.missing") : sentenceOf(error);
      this.#body.replaceChildren(element("p", { class: "card-error", role: "alert" }, sentence));
    }
    this.#body.removeAttribute("aria-busy");
    this.#goesThere = false;
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
    const fields = { field, reason: form.elements.reason.value, ...(resident && { resident }) };
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
