// The search box: a combobox over the server's search. `/` goes to it, arrows choose,
// Enter takes, Escape leaves.

import { postForm } from "../net/http.js";
import { byId, debounced, element, icon } from "./dom.js";
import { sentenceOf } from "./notices.js";
import { t } from "./texts.js";

const ICONS = {
  household: "home",
  grid: "layout-grid",
  region: "map-2",
  person: "user",
  duty: "user-check",
  tag: "filter",
};

export class Search {
  #input = byId("search");
  #list = byId("search-results");
  #status = byId("search-status");
  #results = [];
  #active = -1;
  #abort = null;

  /**
   * `tags`: those that households can be filtered by; `onPick(result)` when one is taken,
   * `onResults(results)` whenever the list changes.
   */
  constructor({ url, csrf, tags }, { onPick, onResults }) {
    this.url = url;
    this.csrf = csrf;
    this.tags = tags;
    this.onPick = onPick;
    this.onResults = onResults;
    this.#input.addEventListener(
      "input",
      debounced(() => this.#ask(), 200),
    );
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("focus", () => this.#show(this.#results.length > 0));
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(Number(option.dataset.index));
    });
    this.#input.addEventListener("blur", () => this.#show(false));
    byId("search-form").addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input, textarea, select, dialog[open]");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.#input.focus();
      this.#input.select();
    });
  }

  async #ask() {
    const q = this.#input.value.trim();
    this.#abort?.abort();
    if (q === "") {
      this.#fill([], "");
      return;
    }
    this.#abort = new AbortController();
    // What was found for other words must not be taken for these.
    this.#fill([], t("search.busy"));
    try {
      // Posted: what people look for, numbers too, would stand in logs as part of an address.
      const response = await postForm(this.url, { q, limit: 12 }, this.csrf, this.#abort.signal);
      const results = [...this.#tagsLike(q), ...(await response.json())];
      const hasMore = response.headers.get("X-Has-More") === "true";
      this.#fill(
        results,
        results.length ? t("search.count", { n: results.length }) : t("search.none", { q }),
        {
          note: hasMore ? t("search.more") : "",
        },
      );
    } catch (error) {
      if (error.name !== "AbortError") this.#fill([], sentenceOf(error));
    }
  }

  /** Kinds of households with such a name; one letter would name them all. */
  #tagsLike(q) {
    const wanted = q.toLowerCase();
    return this.tags
      .filter(({ label }) => wanted.length > 1 && label.toLowerCase().includes(wanted))
      .map(({ slug, label }) => ({
        kind: "tag",
        id: slug,
        label,
        sub_label: t("search.filter"),
        longitude: null,
        latitude: null,
      }));
  }

  #fill(results, status, { note = "" } = {}) {
    this.#results = results;
    this.#active = results.length ? 0 : -1;
    this.#list.replaceChildren(
      ...results.map((result, i) =>
        element(
          "li",
          { role: "option", id: `result-${i}`, "data-index": i, class: "result", "aria-selected": i === 0 },
          element(
            "span",
            { class: "result-number", "aria-hidden": "true" },
            result.longitude === null ? "" : String(i + 1),
          ),
          icon(ICONS[result.kind] ?? "map-pin"),
          element("span", { class: "result-title" }, result.label),
          element("span", { class: "result-note" }, result.sub_label),
        ),
      ),
    );
    const said = results.length === 0 ? status : note;
    if (said) this.#list.append(element("li", { class: "result-empty", role: "presentation" }, said));
    this.#status.textContent = [status, note].filter(Boolean).join(" ");
    this.#show(document.activeElement === this.#input && status !== "");
    this.#mark();
    this.onResults(results);
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#input.value = "";
      this.#fill([], "");
      this.#input.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = this.#results.length;
      if (count === 0) return;
      this.#active = (this.#active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.#show(true);
      this.#mark();
    } else if (event.key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#take(this.#active);
    }
  }

  #mark() {
    for (const option of this.#list.querySelectorAll("[role=option]")) {
      const isActive = Number(option.dataset.index) === this.#active;
      option.setAttribute("aria-selected", isActive);
      if (isActive) option.scrollIntoView({ block: "nearest" });
    }
    if (this.#active >= 0) this.#input.setAttribute("aria-activedescendant", `result-${this.#active}`);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #show(isOpen) {
    this.#list.hidden = !isOpen;
    this.#input.setAttribute("aria-expanded", isOpen);
  }

  #take(index) {
    const result = this.#results[index];
    this.#show(false);
    this.#input.blur();
    // The card takes over from the numbered pins.
    this.onResults([]);
    this.onPick(result);
  }
}
