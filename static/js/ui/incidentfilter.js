// Which incidents the map shows: by state, kind, category, and when they were reported.

import { withParams } from "../net/http.js";
import { byId } from "./dom.js";
import { t } from "./texts.js";

const DAY_MS = 86_400_000;
const iso = (ms) => new Date(ms).toISOString().slice(0, 10);

/** The day `days` after an ISO day. */
export const dayAfter = (day, days) => iso(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);

export class IncidentFilter {
  #view;
  #config;

  constructor(view, config) {
    this.#view = view;
    this.#config = config;
    for (const choice of document.querySelectorAll("[data-sight]")) {
      choice.addEventListener("change", () => view.set({ [choice.dataset.sight]: choice.value || null }));
    }
    byId("incident-fill").addEventListener("change", ({ target }) => view.set({ fill: target.checked }));
    byId("incident-period").addEventListener("change", ({ target }) => this.#setPeriod(target.value));
    // The tiles of a week that is slid over need not be fetched.
    byId("incident-week").addEventListener("change", ({ target }) => this.#setWeek(Number(target.value)));
    byId("incident-week").addEventListener("input", ({ target }) =>
      this.#say(...this.#week(Number(target.value))),
    );
    view.watch(["look", "kind", "category", "since", "until", "fill"], () => this.#show());
    this.#show();
  }

  #week(back) {
    const until = dayAfter(this.#config.today, back * 7);
    return [dayAfter(until, -6), until];
  }

  #setWeek(back) {
    const [since, until] = this.#week(back);
    this.#view.set({ since, until });
  }

  #setPeriod(period) {
    if (period === "week") this.#setWeek(0);
    else if (period) this.#view.set({ since: dayAfter(this.#config.today, 1 - Number(period)), until: null });
    else this.#view.set({ since: null, until: null });
  }

  #say(since, until) {
    byId("incident-week-text").textContent = t("incidents.week", { since, until });
  }

  #show() {
    const { look, kind, category, since, until, fill } = this.#view.now;
    for (const choice of document.querySelectorAll("[data-sight]"))
      choice.value = this.#view.now[choice.dataset.sight] ?? "";
    byId("incident-fill").checked = fill;
    byId("incident-week-field").hidden = !until;
    const { today } = this.#config;
    byId("incident-period").value = until ? "week" : since ? this.#periodOf(since) : "";
    if (until) {
      byId("incident-week").value = Math.round((Date.parse(until) - Date.parse(today)) / DAY_MS / 7);
      this.#say(since ?? dayAfter(until, -6), until);
    }
    // The list calls all of them by no word, and what is open by "open".
    const state = look === "all" ? "" : look ? `look-${look}` : "open";
    const list = withParams(this.#config.urls.incidents, { kind, category, since, until });
    byId("incident-list").href = `${list}${list.includes("?") ? "&" : "?"}state=${state}`;
  }

  #periodOf(since) {
    return since >= dayAfter(this.#config.today, -6) ? "7" : "30";
  }
}
