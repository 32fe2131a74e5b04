// The frame of every form: what could not be kept is said at its head; at its foot one large button seals.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { Draft } from "../draft.js";
import { button, notice } from "../parts.js";
import { trouble } from "../words.js";

/** A Draft with the line that says what could not be kept: `{draft, head}`. */
export function draftWith(app, row) {
  const head = element("div", { class: "form-trouble", hidden: true });
  const draft = new Draft(app.outbox, row, (error) => {
    head.hidden = error === null;
    if (error) head.replaceChildren(notice("bad", element("b", {}, trouble(error)), t("trouble.not_kept")));
    app.roomMayBeLow();
  });
  return { draft, head };
}

/**
 * The foot of a form. `check()` answers a sentence where something is missing; `before()` is done before
 * sealing; after it `done` is said.
 */
export function footOf(
  app,
  draft,
  { word = t("form.save"), check = () => null, before = async () => {}, done = "form.sealed" },
) {
  const line = element("p", { class: "hint", role: "alert" });
  const save = button(word, () => seal(), { kind: "primary", iconName: "check", id: "seal" });
  const drop = button(t("form.discard"), () => discard(), {
    kind: "quiet",
    iconName: "trash",
    id: "discard",
  });
  let isAsked = false;

  async function seal() {
    const missing = check();
    line.textContent = missing ?? "";
    if (missing) return;
    save.disabled = true;
    const { serial } = app.sheet;
    try {
      if (draft.isHeld) save.lastChild.textContent = t("form.waits");
      await before();
      await draft.seal();
      app.sheet.close(serial);
      app.say(t(done));
      app.sender.kick();
    } catch (error) {
      line.textContent = trouble(error);
      save.disabled = false;
      save.lastChild.textContent = word;
    }
  }

  // A draft may hold what nobody can type again: two taps.
  async function discard() {
    if (!isAsked) {
      isAsked = true;
      drop.lastChild.textContent = t("form.discard_really");
      drop.classList.replace("quiet", "danger");
      return;
    }
    await draft.settled().catch(() => {});
    await app.outbox.discard(draft.id);
    app.sheet.close();
    app.say(t("form.discarded"));
  }

  return element("div", { class: "field" }, line, element("div", { class: "buttons" }, drop, save));
}
