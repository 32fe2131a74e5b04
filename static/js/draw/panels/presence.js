// Who else is at this draft and on which grids, by leases that run down unless they are renewed.

import { sendJson } from "../../net/http.js";
import { byId, element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";

const BEAT_MS = 5000;

export class Presence {
  #people = [];
  #heardAt = 0;

  /** `onNews()` once the draft has a revision or a state that the page does not know. */
  constructor(draft, editor, { onNews }) {
    this.draft = draft;
    this.editor = editor;
    this.onNews = onNews;
    setInterval(() => this.#beat(), BEAT_MS);
    setInterval(() => this.#show(), 1000);
    document.addEventListener("visibilitychange", () => this.#beat());
    this.#beat();
  }

  async #beat() {
    const { draft, editor } = this;
    if (document.hidden || !draft.plan?.may.comment) return;
    const grids = editor.chosen && /^\d{15}$/.test(editor.chosen) ? [editor.chosen] : [];
    try {
      const answer = await sendJson(draft.urls.presence, { grids }, draft.csrf, { retries: 0 });
      this.#people = answer.people.filter(({ is_me }) => !is_me);
      this.#heardAt = Date.now();
      const isBusy = draft.queue.waiting.length > 0;
      if (!isBusy && (answer.revision !== draft.plan.revision || answer.status !== draft.plan.status))
        this.onNews();
    } catch {
      // A missed beat is no trouble of its own: the connection's bar says so.
    }
    this.#show();
  }

  #show() {
    const past = Math.round((Date.now() - this.#heardAt) / 1000);
    const lines = this.#people
      .map(({ name, grids, seconds }) => ({ name, grids, left: seconds - past }))
      .filter(({ left }) => left > 0)
      .map(({ name, grids, left }) => {
        const places = grids.map((code) => this.draft.nameOf(code)).join("、");
        const text = places ? t("draw.there_at", { name, places, left }) : t("draw.there", { name, left });
        return element("li", {}, text);
      });
    byId("people").hidden = lines.length === 0;
    byId("people-count").textContent = lines.length;
    byId("people-list").replaceChildren(...lines);
  }
}
