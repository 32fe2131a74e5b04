// An incident: pin, category, save; and whatever one likes to add.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { choice, textField, toggle } from "../parts.js";
import { Photos } from "../photos.js";
import { Placing } from "../placing.js";
import { Voice } from "../voice.js";
import { categories } from "./categories.js";
import { draftWith, footOf, leaveForm } from "./form.js";

/** Begin one: at `place` if the map was pressed there, else where the tablet is, else amid the map. */
export async function begin(app, { place = null } = {}) {
  const id = await app.outbox.draft("incident", "create", {
    formVersion: app.ground.forms.version,
    values: place ? { place } : {},
  });
  app.open("incident", { id, by: place ? "hand" : "gps" });
}

export async function incident(app, { id, by = "kept" }) {
  const row = await app.outbox.get(id);
  const { draft, head } = draftWith(app, row);
  const { forms } = app.ground;
  const last = app.position.last?.place;
  const placing = new Placing(app, draft, {
    start: last ?? app.map.middle(app.cover),
    by,
  });
  let isAsked = false;
  const photos = new Photos(app, draft);
  const voice = new Voice(app, draft);
  const set = (field) => (value) => draft.set(field, value === "" ? undefined : value);
  const body = element(
    "div",
    {},
    head,
    categories(app, draft),
    placing.element,
    photos.element,
    textField(t("incident.what"), draft.values.what, set("what"), { rows: 3, maxlength: 2000 }),
    voice.element,
    choice(t("incident.severity"), forms.options("severities"), draft.values.severity, set("severity"), {
      canClear: true,
    }),
    textField(t("incident.address"), draft.values.address, set("address"), { maxlength: 200 }),
    reporter(draft, set),
  );
  return {
    title: t("incident.title"),
    body,
    size: "half",
    isForm: true,
    foot: footOf(app, draft, {
      check: () => (draft.values.category ? null : t("incident.choose")),
      before: async (tell) => {
        await voice.finish();
        if (!(await placing.ready(tell))) {
          if (!isAsked) {
            isAsked = true;
            return t("place.nowhere_ask");
          }
          placing.takeMiddle();
          draft.set("address", [t("place.nowhere"), draft.values.address].filter(Boolean).join(" "));
        }
        app.prefs.choseCategory(draft.values.category);
        // The register wants a word for it; who had no time for one says what kind of thing it is.
        if (!draft.values.what?.trim())
          draft.set("what", forms.category(draft.values.category).label || t("incident.title"));
        return null;
      },
    }),
    onShow: () => placing.centre(16),
    onClose: () => {
      placing.stop();
      photos.stop();
      draft.hold(voice.stop());
      return leaveForm(app, draft);
    },
  };
}

function reporter(draft, set) {
  const box = element("details", { class: "more" }, element("summary", {}, t("incident.reporter")));
  box.append(
    element(
      "div",
      { class: "field" },
      textField(t("incident.reporter_name"), draft.values.reporter_name, set("reporter_name"), {
        maxlength: 60,
      }),
      textField(t("incident.reporter_phone"), draft.values.reporter_phone, set("reporter_phone"), {
        maxlength: 30,
        inputmode: "tel",
      }),
      toggle(t("incident.anonymous"), Boolean(draft.values.is_anonymous), (isOn) =>
        draft.set("is_anonymous", isOn),
      ),
    ),
  );
  return box;
}

/** An incident of the register: what is known of it, and a note to it. */
export function incidentCard(app, { id }) {
  const one = app.ground.incident(id);
  const category = app.ground.forms.category(one.category);
  const fact = (name, value) => (value ? [element("dt", {}, t(name)), element("dd", {}, value)] : []);
  const body = element(
    "div",
    {},
    element(
      "dl",
      { class: "facts" },
      ...fact("incident.number", one.number),
      ...fact("incident.category", category.label),
      ...fact("incident.state", app.ground.forms.wordOf("incident_states", one.state)),
      ...fact("incident.due", one.due_at?.slice(0, 10)),
      ...fact("incident.what", one.what),
    ),
  );
  return {
    title: one.number || category.label || t("incident.title"),
    body,
    size: "half",
    foot: noteButton(app, one),
    onShow: () => app.map.goTo(one.place, { cover: app.cover }),
  };
}

function noteButton(app, one) {
  const add = async () => {
    const id = await app.outbox.draft("incident", "note", {
      serverId: one.id,
      baseRev: one.rev,
      formVersion: app.ground.forms.version,
    });
    app.open("note", { id });
  };
  return element(
    "button",
    { type: "button", class: "button primary", id: "note", onclick: add },
    t("incident.add_note"),
  );
}

export async function note(app, { id }) {
  const row = await app.outbox.get(id);
  const { draft, head } = draftWith(app, row);
  const photos = new Photos(app, draft);
  const text = textField(t("note.text"), draft.values.text, (value) => draft.set("text", value), {
    rows: 4,
    maxlength: 2000,
  });
  return {
    title: t("kind.incident_note"),
    body: element("div", {}, head, text, photos.element),
    isForm: true,
    foot: footOf(app, draft, { check: () => (draft.values.text?.trim() ? null : t("note.missing")) }),
    onClose: () => {
      photos.stop();
      return leaveForm(app, draft);
    },
  };
}
