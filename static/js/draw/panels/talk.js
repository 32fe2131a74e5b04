// What people say of the plan: comments pinned to places, and the village's hearings.

import { sendJson } from "../../net/http.js";
import { byId, element } from "../../ui/dom.js";
import { sentenceOf } from "../../ui/notices.js";
import { t } from "../../ui/texts.js";

export class Talk {
  #place = null;

  /** `onPin(done)`: have the next tap on the map told; `onPlace(place)`: bring it into sight. */
  constructor(draft, drawmap, { onPin, onPlace }) {
    this.draft = draft;
    this.drawmap = drawmap;
    this.onPlace = onPlace;
    draft.addEventListener("plan", () => this.show());
    byId("comment-form").addEventListener("submit", (event) => this.#comment(event));
    byId("comment-pin").addEventListener("click", () => onPin((place) => this.#pin(place)));
    byId("hearing-form").addEventListener("submit", (event) => this.#hearing(event));
  }

  show() {
    const { plan } = this.draft;
    byId("comments").replaceChildren(...plan.comments.map((one) => this.#commentLine(one)));
    byId("comments-empty").hidden = plan.comments.length > 0;
    byId("hearings").replaceChildren(...plan.hearings.map((one) => this.#hearingLine(one)));
    byId("hearings-empty").hidden = plan.hearings.length > 0;
    byId("comment-form").hidden = !plan.may.comment;
    byId("hearing-form").parentElement.hidden = !plan.may.comment;
    const villages = [...this.draft.villages].map(([value, label]) => element("option", { value }, label));
    byId("hearing-form").elements.village.replaceChildren(...villages);
    this.#markPins();
  }

  #markPins() {
    const pins = this.draft.plan.comments
      .filter(({ place }) => place)
      .map(({ place, settled }) => ({ place, isOpen: !settled }));
    if (this.#place) pins.push({ place: this.#place, isOpen: true });
    this.drawmap.mark({ pins });
  }

  #pin(place) {
    this.#place = place;
    byId("comment-pinned").hidden = false;
    this.#markPins();
    byId("comment-form").elements.text.focus();
  }

  #commentLine({ id, author, at, text, place, settled }) {
    const parts = [
      element("p", { class: "comment-text" }, text),
      element("small", {}, `${author} · ${new Date(at).toLocaleDateString("sv-SE")}`),
    ];
    if (place)
      parts.push(
        element(
          "button",
          { type: "button", class: "btn btn-sm", onclick: () => this.onPlace(place) },
          t("draw.where"),
        ),
      );
    if (!settled && this.draft.plan.may.comment)
      parts.push(
        element(
          "button",
          { type: "button", class: "btn btn-sm", onclick: () => this.#settle(id) },
          t("draw.settle"),
        ),
      );
    return element("li", { class: settled ? "comment is-settled" : "comment" }, ...parts);
  }

  #hearingLine({ id, village_name, held_on, present, outcome, minutes }) {
    const file = minutes
      ? element("a", { href: `${this.draft.urls.plan}/hearings/${id}/minutes`, download: minutes }, minutes)
      : "";
    return element(
      "li",
      { class: "comment" },
      element("p", {}, t("draw.heard", { day: held_on, village: village_name, present })),
      outcome ? element("p", { class: "comment-text" }, outcome) : "",
      file,
    );
  }

  async #send(form, errorBox, work) {
    errorBox.textContent = "";
    try {
      await work();
      form.reset();
    } catch (error) {
      errorBox.textContent = sentenceOf(error);
      return;
    }
    await this.draft.load();
  }

  #comment(event) {
    event.preventDefault();
    const { draft } = this;
    const body = { text: event.target.elements.text.value, place: this.#place };
    return this.#send(event.target, byId("comment-error"), async () => {
      await sendJson(`${draft.urls.plan}/comments`, body, draft.csrf);
      this.#place = null;
      byId("comment-pinned").hidden = true;
    });
  }

  #settle(id) {
    const { draft } = this;
    return this.#send(byId("comment-form"), byId("comment-error"), () =>
      sendJson(`${draft.urls.plan}/comments/${id}/settle`, {}, draft.csrf),
    );
  }

  #hearing(event) {
    event.preventDefault();
    const { draft } = this;
    const fields = new FormData(event.target);
    if (!fields.get("file")?.size) fields.delete("file");
    return this.#send(event.target, byId("hearing-error"), () =>
      sendJson(`${draft.urls.plan}/hearings`, fields, draft.csrf),
    );
  }
}
