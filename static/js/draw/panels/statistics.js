// Households and people of each grid before and after, with a bar against the setting: live while
// a border moves, as the server counts once it has answered.

import { balance } from "../../geo/census.js";
import { mu } from "../../geo/measure.js";
import { byId, element } from "../../ui/dom.js";
import { n, t } from "../../ui/texts.js";

export class Statistics {
  #body = byId("statistics");
  #rows = new Map();
  /** Code → counts before anything moved under the finger. */
  #still = new Map();

  /** `tags`: those that the person may see, `[{slug, label}]`. */
  constructor(draft, editor, tags, { onGrid }) {
    this.draft = draft;
    this.tags = tags;
    this.editor = editor;
    this.onGrid = onGrid;
    draft.addEventListener("sheet", () => this.show());
    draft.addEventListener("moving", ({ detail }) => this.#follow(detail.codes));
    editor.addEventListener("chosen", () => this.show());
  }

  show() {
    const { draft } = this;
    const codes = new Set([...draft.published.keys()].filter((code) => draft.isGone(code)));
    for (const code of draft.features.keys()) if (draft.isChanged(code)) codes.add(code);
    if (this.editor.chosen) codes.add(this.editor.chosen);
    this.#rows.clear();
    if (draft.census)
      this.#still = new Map([...draft.features.keys()].map((code) => [code, { ...draft.census.of(code) }]));
    const rows = [...codes].filter((code) => draft.features.has(code) || draft.published.get(code)).sort();
    byId("statistics-empty").hidden = rows.length > 0;
    byId("statistics-table").hidden = rows.length === 0;
    this.#body.replaceChildren(...rows.map((code) => this.#row(code)));
  }

  /** What is known after: the server's count, or the page's own while it is ahead of it. */
  #after(code, isLive) {
    const { draft } = this;
    if (!draft.features.has(code)) return null;
    const told = draft.statistics.get(code)?.after;
    const isAhead = isLive || draft.queue.waiting.length > 0 || !told;
    if (isAhead && draft.census) return { ...draft.census.of(code), isLive: true };
    return told
      ? { households: told.households, people: told.people, area: told.area_m2, tags: told.tags }
      : null;
  }

  #row(code) {
    const { draft } = this;
    const before = draft.statistics.get(code)?.before;
    const after = element("td", { class: "is-number is-after" });
    const bar = element("span", { class: "balance-bar" });
    const track = element("span", { class: "balance" }, bar);
    const note = element("small", { class: "balance-note" });
    const name = element(
      "button",
      { type: "button", class: "link", onclick: () => this.onGrid(code) },
      draft.nameOf(code),
    );
    // A grid that only had points set into its border has no row of the server.
    const isNew = draft.published.get(code) === null;
    const was = before ?? (isNew || draft.isChanged(code) ? null : this.#still.get(code));
    const row = element(
      "tr",
      { "data-code": code, class: code === this.editor.chosen ? "is-chosen" : null },
      element("th", { scope: "row" }, name, track, note),
      element("td", { class: "is-number" }, figures(was)),
      after,
    );
    this.#rows.set(code, { after, bar, track, note, last: null });
    this.#fill(code, false);
    return row;
  }

  /** Kinds of household whose number changes, as the server counts them. */
  #tagsOf(code, { tags }) {
    const before = this.draft.statistics.get(code)?.before?.tags ?? {};
    return this.tags
      .filter(({ slug }) => tags && (tags[slug] ?? 0) !== (before[slug] ?? 0))
      .map(({ slug, label }) =>
        t("draw.tag_change", { label, before: before[slug] ?? 0, after: tags[slug] ?? 0 }),
      );
  }

  /** Open incidents before and after, as the server counts them, where there are any. */
  #incidentsOf(code) {
    const told = this.draft.statistics.get(code);
    const [before, after] = [told?.before?.open_incidents ?? 0, told?.after?.open_incidents ?? 0];
    return before + after > 0 ? [t("draw.incidents", { before, after })] : [];
  }

  #follow(codes) {
    for (const code of codes) {
      if (this.#rows.has(code)) {
        this.#fill(code, true);
        continue;
      }
      byId("statistics-empty").hidden = true;
      byId("statistics-table").hidden = false;
      this.#body.append(this.#row(code));
      this.#fill(code, true);
    }
  }

  #fill(code, isLive) {
    const parts = this.#rows.get(code);
    const after = this.#after(code, isLive);
    const key = `${after?.households} ${after?.people} ${after?.isLive}`;
    if (parts.last === key) return;
    parts.last = key;
    parts.after.textContent = figures(after);
    parts.after.classList.toggle("is-live", Boolean(after?.isLive));
    const kind = this.draft.features.get(code)?.properties.kind;
    parts.track.hidden = !after || kind === "void" || after.households === undefined;
    if (!after) parts.note.textContent = t("draw.ends");
    if (parts.track.hidden) return;
    const { share, verdict } = balance(after.households, this.draft.setting);
    parts.bar.style.width = `${Math.min(100, share * 100)}%`;
    parts.track.dataset.verdict = verdict;
    const [least, most] = this.draft.setting;
    const words = [];
    if (verdict !== "good") words.push(t(`balance.${verdict}`, { least, most }));
    words.push(...this.#incidentsOf(code));
    if (after.area) words.push(t("draw.area_mu", { mu: Number(mu(after.area).toFixed(0)) }));
    words.push(...this.#tagsOf(code, after));
    parts.note.textContent = words.join(" · ");
  }
}

function figures(counts) {
  if (!counts || counts.households === undefined) return "—";
  return `${n(counts.households)} / ${n(counts.people ?? 0)}`;
}
