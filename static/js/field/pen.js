// One form over a draft at a time: the tab that opens it first has the pen. In another one nothing can be written until that
// form is closed; then it opens there by itself, with what was written meanwhile.

import { NotADraft, NotHere } from "../offline/errors.js";
import { t } from "../ui/texts.js";
import { Holding } from "./holding.js";

// Drafts whose form was closed in this tab and that are not all on the disk yet.
const leaving = new Set();
const LOCK = "gis-grid-field-draft";

/**
 * The screen `name` of a draft (`params.id`): `form(app, params)` for who has the pen, `elsewhere(app, row)` for who waits for
 * it. NotADraft, NotHere where nothing is left to be written.
 */
export function underOnePen(name, form, elsewhere, locks = undefined) {
  return async (app, params) => {
    const { pen = new Holding(`${LOCK}-${params.id}`, locks) } = params;
    if (leaving.has(params.id)) app.say(t("form.waits"));
    const isOurs = await pen.take();
    try {
      const row = await app.outbox.get(params.id);
      if (!row) throw new NotHere("No such operation is kept here.");
      if (row.state !== "draft") throw new NotADraft("It was sealed already.");
      const screen = isOurs ? await form(app, params) : elsewhere(app, row);
      return isOurs
        ? held(screen, pen, params.id)
        : waiting(screen, pen, () => goOn(app, name, { ...params, pen }));
    } catch (error) {
      pen.letGo();
      throw error;
    }
  };
}

/** The pen goes on when all that was typed is on the disk. */
function held(screen, pen, id) {
  const onClose = async () => {
    leaving.add(id);
    try {
      await screen.onClose?.();
    } finally {
      leaving.delete(id);
      pen.letGo();
    }
  };
  return { ...screen, onClose };
}

function waiting(screen, pen, onHeld) {
  let isAsked = false;
  let isOpen = true;
  const onShow = () => {
    if (isAsked) return;
    isAsked = true;
    // Whoever has turned to something else meanwhile does not want it.
    pen.wait(() => (isOpen ? onHeld() : pen.letGo()));
  };
  const onClose = () => {
    isOpen = false;
  };
  return { ...screen, onShow, onClose };
}

function goOn(app, name, params) {
  app.sheet.close();
  app.open(name, params);
}
