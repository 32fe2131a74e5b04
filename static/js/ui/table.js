// The table: the same households under the same filter, sortable, paged; a row is a point of
// the map and a point is a row. It is also the way to every point without a mouse.

import { getFragment, HttpError, postForm, withParams } from "../net/http.js";
import { byId, element, fill } from "./dom.js";
import { say, sentenceOf, troubleLine } from "./notices.js";
import { t } from "./texts.js";

export class Table {
  #body = byId("table-body");
  #abort = null;

  /** `onRow(id)` when a row is taken, `onPoint(id | null)` while one is pointed at. */
  constructor(view, config, { onRow, onPoint }) {
    this.view = view;
    this.config = config;
    byId("table-close").addEventListener("click", () => view.set({ table: false }));
    this.#body.addEventListener("click", (event) => {
      const sort = event.target.closest("[data-sort]");
      const page = event.target.closest("[data-page]");
      const row = event.target.closest("tr[data-id]");
      if (sort) view.set({ sort: sort.dataset.sort, page: 1 });
      else if (page) view.set({ page: Number(page.dataset.page) });
      else if (row) onRow(row.dataset.id);
    });
    for (const kind of ["pointerover", "focusin"]) {
      this.#body.addEventListener(kind, (event) =>
        onPoint(event.target.closest("tr[data-id]")?.dataset.id ?? null),
      );
    }
    this.#body.addEventListener("pointerleave", () => onPoint(null));
    this.#body.addEventListener("keydown", (event) => this.#key(event));
    byId("export-open")?.addEventListener("click", () => {
      byId("export-error").textContent = "";
      byId("export").showModal();
    });
    byId("export-form")?.addEventListener("submit", (event) => this.#export(event));
    byId("export-more")?.addEventListener("click", (event) => this.#more(event));
    view.watch(["table", "tags", "mode", "area", "sort", "page"], (state) => this.#load(state));
    view.watch(["selected"], () => this.#markSelected());
    this.#load(view.now);
  }

  async #load({ table, tags, mode, area, sort, page }) {
    this.#abort?.abort();
    if (!table) return;
    this.#abort = new AbortController();
    const url = withParams(this.config.urls.table, { tags: tags.join(","), mode, area, sort, page });
    this.#body.setAttribute("aria-busy", "true");
    try {
      fill(this.#body, await getFragment(url, this.#abort.signal));
      byId("table-count").textContent = this.#body.querySelector("[data-summary]")?.dataset.summary ?? "";
      this.#body.scrollTop = 0;
      this.#markSelected();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#body.querySelector(".load-error")?.remove();
      this.#body.prepend(troubleLine(error, () => this.refresh()));
    } finally {
      this.#body.removeAttribute("aria-busy");
    }
  }

  /** Ask for the rows again; those on show stay until they have come. */
  refresh() {
    this.#load(this.view.now);
  }

  #markSelected() {
    const { selected } = this.view.now;
    for (const row of this.#body.querySelectorAll("tr[data-id]")) {
      const isSelected = selected === `h:${row.dataset.id}`;
      row.setAttribute("aria-selected", isSelected);
      if (isSelected) row.scrollIntoView({ block: "nearest" });
    }
  }

  #key(event) {
    const row = event.target.closest("tr[data-id]");
    if (!row) return;
    if (event.key === "Enter" && event.target === row) {
      event.preventDefault();
      row.click();
    }
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }

  // The page of files out, under the filter that the list has now.
  #more(event) {
    const { tags, mode, area } = this.view.now;
    const address = new URL(event.currentTarget.href);
    for (const [name, value] of Object.entries({ tags: tags.join(","), mode, area: area ?? "" })) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    event.currentTarget.href = address.href;
  }

  async #export(event) {
    event.preventDefault();
    const form = event.target;
    if (!form.elements.purpose.value.trim()) {
      byId("export-error").textContent = t("export.no_purpose");
      form.elements.purpose.focus();
      return;
    }
    const { tags, mode, area, sort } = this.view.now;
    const fields = {
      purpose: form.elements.purpose.value,
      tags: tags.join(","),
      mode,
      area: area ?? "",
      sort: sort ?? "",
    };
    form.elements.submit.disabled = true;
    try {
      const response = await postForm(this.config.urls.export, fields, this.config.csrf);
      const name = /filename\*=utf-8''([^;]+)/i.exec(response.headers.get("content-disposition") ?? "");
      save(await response.blob(), name ? decodeURIComponent(name[1]) : "households.xlsx");
      byId("export").close();
      say(t("export.done"));
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      byId("export-error").textContent = sentenceOf(error);
    } finally {
      form.elements.submit.disabled = false;
    }
  }
}

function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
