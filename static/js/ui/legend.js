// Layers, legend and filter: what is shown, in which order, and how many there are.

import { ordered } from "../geo/tags.js";
import { getJson, withParams } from "../net/http.js";
import { byId, element, icon, paintSymbol } from "./dom.js";
import { sentenceOf } from "./notices.js";
import { n, t } from "./texts.js";

export class Legend {
  #rows = byId("legend");
  #abort = null;
  #counts = null;
  #goesThere = false;

  /**
   * `onList(patch)` opens the list behind a number; `onCounts(counts)` hears each new count;
   * `onArea(bounds)` brings an area that was just chosen into sight.
   */
  constructor(view, config, { onList, onCounts, onArea }) {
    this.view = view;
    this.config = config;
    this.onList = onList;
    this.onCounts = onCounts;
    this.onArea = onArea;
    for (const box of document.querySelectorAll("[data-layer]")) {
      box.addEventListener("change", () => {
        const off = view.now.off.filter((name) => name !== box.dataset.layer);
        view.set({ off: box.checked ? off : [...off, box.dataset.layer] });
      });
    }
    view.watch(["off"], () => this.#markLayers());
    this.#markLayers();
    // Whoever sees no households has no legend and nothing to filter.
    if (config.may.households) this.#startFilter();
  }

  #startFilter() {
    const { view, onList } = this;
    this.#build();
    for (const radio of document.querySelectorAll("[name=mode]")) {
      radio.addEventListener("change", () => view.set({ mode: radio.value, page: 1 }));
    }
    byId("area").addEventListener("change", (event) => {
      this.#goesThere = true;
      view.set({ area: event.target.value || null, page: 1 });
    });
    byId("clear-filter").addEventListener("click", () =>
      view.set({ tags: [], area: null, mode: "any", page: 1 }),
    );
    byId("total").addEventListener("click", () => onList({}));
    view.watch(["tags", "mode", "area"], () => {
      // The labels wait for the numbers of this filter.
      this.onCounts({ areas: null });
      this.refresh();
    });
    view.watch(["tags", "mode", "area", "hidden", "order"], (_, changed) => {
      if (changed.includes("order")) this.#build();
      this.#mark();
    });
    this.#mark();
    this.refresh();
  }

  get tags() {
    return ordered(this.config.tags, this.view.now.order);
  }

  /** Ask for the counts under the filter of now. */
  async refresh() {
    if (!this.config.may.households) return;
    this.#abort?.abort();
    this.#abort = new AbortController();
    const { tags, mode, area } = this.view.now;
    const url = withParams(this.config.urls.counts, { tags: tags.join(","), mode, area });
    try {
      this.#counts = await getJson(url, this.#abort.signal);
      byId("legend-error").textContent = "";
      this.#fillCounts();
      this.onCounts(this.#counts);
      if (this.#goesThere && this.#counts.bounds) this.onArea(this.#counts.bounds);
      this.#goesThere = false;
    } catch (error) {
      if (error.name !== "AbortError") byId("legend-error").textContent = sentenceOf(error);
    }
  }

  /** Write the last counts into the rows; until the first have come there is nothing to write. */
  #fillCounts() {
    if (!this.#counts) return;
    const { households, people, tags } = this.#counts;
    byId("total").textContent = t("count.total", { households, people });
    byId("total-live").textContent = t("count.total", { households, people });
    for (const row of this.#rows.children) {
      const count = tags[row.dataset.slug] ?? 0;
      const button = row.querySelector(".count");
      button.textContent = n(count);
      button.setAttribute("aria-label", t("legend.list", { tag: row.dataset.label, n: count }));
    }
  }

  #build() {
    this.#rows.replaceChildren(...this.tags.map((tag) => this.#row(tag)));
    this.#fillCounts();
  }

  #row(tag) {
    const { view } = this;
    const picture = element("canvas", { class: "symbol", "aria-hidden": "true" });
    paintSymbol(picture, tag.symbol, tag.colour);
    const choose = element("input", {
      type: "checkbox",
      class: "choose",
      id: `tag-${tag.slug}`,
      onchange: ({ target }) => {
        const others = view.now.tags.filter((slug) => slug !== tag.slug);
        view.set({ tags: target.checked ? [...others, tag.slug] : others, page: 1 });
      },
    });
    const grip = element(
      "button",
      {
        type: "button",
        class: "icon-button drag-grip",
        "aria-label": t("legend.move", { tag: tag.label }),
        onkeydown: (event) => this.#keyMove(event, tag.slug),
      },
      icon("grip-vertical"),
    );
    grip.addEventListener("pointerdown", (event) => this.#startDrag(event, tag.slug));
    const eye = element(
      "button",
      { type: "button", class: "icon-button eye", onclick: () => this.#toggleHidden(tag.slug) },
      icon("eye"),
    );
    const count = element(
      "button",
      { type: "button", class: "count", onclick: () => this.onList({ tags: [tag.slug], page: 1 }) },
      "…",
    );
    return element(
      "li",
      { class: "kind", "data-slug": tag.slug, "data-label": tag.label },
      grip,
      element(
        "label",
        { for: choose.id, class: "kind-name" },
        choose,
        picture,
        element("span", {}, tag.label),
      ),
      count,
      eye,
    );
  }

  #mark() {
    const { tags, mode, area, hidden } = this.view.now;
    for (const row of this.#rows.children) {
      const { slug, label } = row.dataset;
      const isHidden = hidden.includes(slug);
      row.querySelector(".choose").checked = tags.includes(slug);
      row.classList.toggle("is-hidden", isHidden);
      const eye = row.querySelector(".eye");
      eye.setAttribute("aria-pressed", !isHidden);
      eye.setAttribute("aria-label", t("legend.show", { tag: label }));
      eye.replaceChildren(icon(isHidden ? "eye-off" : "eye"));
    }
    for (const radio of document.querySelectorAll("[name=mode]")) radio.checked = radio.value === mode;
    byId("area").value = area ?? "";
    const isFiltered = tags.length > 0 || Boolean(area);
    byId("clear-filter").hidden = !isFiltered;
    byId("filter-mode").hidden = tags.length < 2;
    byId("page").classList.toggle("is-filtered", isFiltered);
  }

  #markLayers() {
    const { off } = this.view.now;
    for (const box of document.querySelectorAll("[data-layer]"))
      box.checked = !off.includes(box.dataset.layer);
  }

  #toggleHidden(slug) {
    const { hidden } = this.view.now;
    this.view.set({
      hidden: hidden.includes(slug) ? hidden.filter((one) => one !== slug) : [...hidden, slug],
    });
  }

  #move(slug, to) {
    const slugs = this.tags.map((tag) => tag.slug).filter((one) => one !== slug);
    slugs.splice(Math.max(0, Math.min(slugs.length, to)), 0, slug);
    const isUsual = slugs.every((one, i) => one === this.config.tags[i].slug);
    this.view.set({ order: isUsual ? [] : slugs });
  }

  #keyMove(event, slug) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#move(slug, this.tags.findIndex((tag) => tag.slug === slug) + step);
    this.#rows.querySelector(`[data-slug="${slug}"] .drag-grip`).focus();
  }

  #startDrag(event, slug) {
    event.preventDefault();
    const rows = () => [...this.#rows.children];
    const row = this.#rows.querySelector(`[data-slug="${slug}"]`);
    row.classList.add("is-dragged");
    const follow = ({ clientY }) => {
      const others = rows().filter((one) => one !== row);
      const below = others.find((one) => clientY < one.getBoundingClientRect().top + one.offsetHeight / 2);
      this.#rows.insertBefore(row, below ?? null);
    };
    const drop = () => {
      removeEventListener("pointermove", follow);
      row.classList.remove("is-dragged");
      this.#move(slug, rows().indexOf(row));
    };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", drop, { once: true });
  }
}
