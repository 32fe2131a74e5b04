// The plan's way: what state it is in, and the steps that this person may take now.

import { sendJson } from "../../net/http.js";
import { byId, element } from "../../ui/dom.js";
import { say, sentenceOf } from "../../ui/notices.js";
import { t } from "../../ui/texts.js";

const STEPS = ["submit", "approve", "publish", "reject", "reopen", "withdraw"];
const NOTICED = new Set(["approved", "published"]);
const STRONG = new Set(["submit", "approve", "publish"]);

export class Steps {
  #step = null;

  constructor(draft, editor, { onMoves }) {
    this.draft = draft;
    this.editor = editor;
    this.onMoves = onMoves;
    draft.addEventListener("plan", () => this.show());
    draft.addEventListener("queue", () => this.show());
    byId("step-form").addEventListener("submit", (event) => this.#take(event));
    byId("plan-edit").addEventListener("click", () => this.#edit());
    byId("edit-form").addEventListener("submit", (event) => this.#change(event));
    byId("rebase").addEventListener("click", () => byId("rebase-dialog").showModal());
    for (const button of document.querySelectorAll("[data-rebase]"))
      button.addEventListener("click", () => this.#rebase(button.dataset.rebase));
  }

  show() {
    const { plan, queue } = this.draft;
    if (!plan) return;
    byId("plan-title").textContent = plan.title;
    const chip = byId("plan-state");
    chip.textContent = plan.status_label;
    chip.dataset.status = plan.status;
    byId("plan-about").textContent = t("draw.about", {
      area: plan.area_name,
      author: plan.author,
      day: plan.effective_on,
    });
    byId("plan-note").textContent = plan.decision_note
      ? t("draw.decision", { name: plan.decided_by, note: plan.decision_note })
      : "";
    byId("plan-reason").textContent = plan.reason;
    byId("notice").hidden = !NOTICED.has(plan.status);
    byId("plan-edit").hidden = !plan.may.draw;
    const isBusy = queue.waiting.length > 0;
    const buttons = STEPS.filter((step) => plan.may[step]).map((step) =>
      element(
        "button",
        {
          type: "button",
          class: STRONG.has(step) ? "btn btn-primary" : "btn",
          "data-step": step,
          disabled: isBusy,
          onclick: () => this.#ask(step),
        },
        t(`step.${step}`),
      ),
    );
    byId("steps").replaceChildren(...buttons);
    byId("stale").hidden = plan.stale.length === 0 || !plan.may.rebase;
    byId("page").classList.toggle("is-readonly", !plan.may.draw);
  }

  #ask(step) {
    this.#step = step;
    const form = byId("step-form");
    form.reset();
    byId("step-title").textContent = t(`step.${step}`);
    byId("step-text").textContent = t(`step.${step}_text`);
    byId("step-error").textContent = "";
    const { moves } = this.draft;
    byId("step-moves").replaceChildren(...moves.slice(0, 20).map((move) => this.onMoves(move)));
    byId("step-dialog").showModal();
  }

  async #take(event) {
    event.preventDefault();
    const { draft } = this;
    const step = this.#step;
    const note = event.target.elements.note.value.trim();
    try {
      await sendJson(`${draft.urls.plan}/${step}`, { note }, draft.csrf);
      byId("step-dialog").close();
      say(t(`step.${step}_done`));
    } catch (error) {
      byId("step-error").textContent = sentenceOf(error);
      if (error.details?.issues) this.editor.refused(error);
    }
    await draft.load();
  }

  #edit() {
    const { elements } = byId("edit-form");
    for (const name of ["title", "effective_on", "reason"]) elements[name].value = this.draft.plan[name];
    byId("edit-error").textContent = "";
    byId("edit-dialog").showModal();
  }

  async #change(event) {
    event.preventDefault();
    const { draft } = this;
    const changes = Object.fromEntries(new FormData(event.target));
    try {
      await sendJson(draft.urls.plan, changes, draft.csrf, { method: "PATCH" });
    } catch (error) {
      byId("edit-error").textContent = sentenceOf(error);
      return;
    }
    byId("edit-dialog").close();
    say(t("draw.changed"));
    await draft.load();
  }

  async #rebase(how) {
    const { draft } = this;
    byId("rebase-dialog").close();
    try {
      const answer = await sendJson(`${draft.urls.plan}/rebase`, { how }, draft.csrf);
      if (answer.plan !== draft.plan.id) location.assign(draft.urls.other.replace("0", answer.plan));
      else say(t("draw.rebased", { done: answer.done, dropped: answer.dropped.length }));
    } catch (error) {
      say(sentenceOf(error), { isError: true });
    }
    await draft.load();
  }
}
