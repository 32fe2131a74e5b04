// The frame of every form: what could not be kept is said at its head; at its foot one large button seals.

import { changesOf } from "../../offline/operation.js";
import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { Draft } from "../draft.js";
import { button, notice } from "../parts.js";
import { kindWord, titleOf, trouble } from "../words.js";

/** A Draft with the line that says what could not be kept: `{draft, head}`. */
export function draftWith(app, row) {
  const head = element("div", { class: "form-trouble", hidden: true });
  const draft = new Draft(app.outbox, row, (error) => {
    head.hidden = error === null;
    const words = isOver(error) ? t("trouble.too_late") : t("trouble.not_kept");
    if (error) head.replaceChildren(notice("bad", element("b", {}, trouble(error)), words));
    app.roomMayBeLow();
  });
  return { draft, head };
}

/** Where there are no locks between tabs: another one has finished the draft, or thrown it away. */
const isOver = (error) => ["NotADraft", "NotHere"].includes(error?.name);

/** What is shown of a draft that is open in another tab. */
export function elsewhere(app, row) {
  return {
    title: kindWord(row),
    size: "half",
    body: element(
      "div",
      { id: "elsewhere" },
      element("p", {}, titleOf(row, app.ground)),
      notice("warn", t("form.elsewhere")),
    ),
  };
}

// What stands in a draft without anybody having entered it.
const GIVEN = ["place", "accuracy_m", "origin"];

/** When a form is closed: all is kept first; a draft into which nobody has entered anything is no draft. */
export async function leaveForm(app, draft) {
  await draft.rest();
  await draft.settled().catch(() => {});
  if (draft.isTouched) return;
  const row = await app.outbox.get(draft.id);
  if (row?.state !== "draft" || row.attachments.length > 0 || row.replaces) return;
  const isGiven = (field) => row.action === "create" && GIVEN.includes(field);
  const entered = Object.keys(changesOf(row.old, row.values)).filter((field) => !isGiven(field));
  if (entered.length > 0 || (await app.originals.unmade(draft.id)).length > 0) return;
  await app.outbox.discard(draft.id).catch(() => {});
}

/**
 * The foot of a form. `check()` answers a sentence where something is missing; `before(tell)` is done before
 * sealing, may say by `tell(words)` what is waited for, and answers a sentence where it can't go on; after it `done` is said.
 */
export function footOf(
  app,
  draft,
  { word = t("form.save"), check = () => null, before = async () => null, done = "form.sealed" },
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
    // Whoever closes the form now has finished it.
    draft.isTouched = true;
    const { serial } = app.sheet;
    try {
      if (draft.isHeld) save.lastChild.textContent = t("form.waits");
      const against = await before((words) => {
        line.textContent = words;
      });
      if (against) {
        hold(against);
        return;
      }
      await draft.seal();
      app.sheet.close(serial);
      app.say(t(done));
      app.sender.kick();
    } catch (error) {
      hold(trouble(error));
    }
  }

  /** Not sealed, and why. */
  function hold(words) {
    line.textContent = words;
    save.disabled = false;
    save.lastChild.textContent = word;
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
    try {
      await app.outbox.discard(draft.id);
      app.sheet.close();
      app.say(t("form.discarded"));
    } catch (error) {
      hold(trouble(error));
    }
  }

  return element("div", { class: "field" }, line, element("div", { class: "buttons" }, drop, save));
}
