// A household: its card, "been there, nothing changed" as one tap; new, correct, move, tag.

import { NotHere } from "../../offline/errors.js";
import { element, icon, paintSymbol } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { button, choice, notice, textField, toggle } from "../parts.js";
import { Photos } from "../photos.js";
import { Placing } from "../placing.js";
import { quickFix } from "../samples.js";
import { stateWord, TONES, trouble } from "../words.js";
import { draftWith, footOf, leaveForm } from "./form.js";

const FIELDS = ["address", "head_name", "phone", "origin", "note", "place"];

/** `{id}` of the pack, or `{own}`: the row by which it was entered here, where the pack does not have it yet. */
export function householdCard(app, about) {
  const one = theOne(app, about);
  const { forms } = app.ground;
  const grid = app.ground.grid(one.area) ?? (one.place && app.ground.gridAt(one.place));
  const fact = (name, value) => (value ? [element("dt", {}, t(name)), element("dd", {}, value)] : []);
  const tags = element(
    "div",
    { class: "buttons" },
    ...(one.tags ?? []).map((slug) => tagChip(forms.tag(slug))),
  );
  const body = element(
    "div",
    {},
    ...ofOurs(app, one),
    tags,
    element(
      "dl",
      { class: "facts" },
      ...fact("household.address", one.address),
      ...fact("household.phone", one.phone && phoneLink(one.phone)),
      ...fact("household.people", one.people ? String(one.people) : ""),
      ...fact("household.origin", forms.wordOf("origins", one.origin)),
      ...fact("household.grid", grid?.name),
      ...fact("household.visited", one.visited_on),
      ...fact("household.note", one.note),
    ),
    ...(app.may("household_edit") ? [editButtons(app, one)] : []),
  );
  return {
    title: one.head || one.address,
    body,
    size: "half",
    foot: app.may("household_edit") ? visitButton(app, one) : null,
    onShow: () => {
      if (one.id !== null) app.map.select({ household: one.id });
      if (one.place) app.map.goTo(one.place, { cover: app.cover });
    },
    onClose: () => app.map.select({}),
  };
}

/** As it will be with what was written of it here. */
function theOne(app, { id, own }) {
  const one = own ? app.mine.entered(own) : app.ground.household(id);
  // It came with a pack, or was thrown away, while the list was open.
  if (!one) throw new NotHere("No such household is kept here.");
  return app.mine.over(one);
}

/** What of it still lies here. */
function ofOurs(app, { id, row }) {
  if (!row) return app.mine.has("household", id) ? [notice("info", t("household.mine"))] : [];
  const [tone, sign] = TONES[row.state];
  return [
    notice("info", t("household.new_here")),
    element(
      "div",
      { class: "buttons" },
      element("span", { class: "chip", "data-tone": tone }, icon(sign), stateWord(row.state)),
      button(t("nav.outbox"), () => app.open("outbox"), { iconName: "send", id: "to-outbox" }),
    ),
  ];
}

/** By what an operation names it. */
const named = ({ id, record = undefined, rev }) => ({ serverId: id, record, baseRev: rev });

function editButtons(app, one) {
  return element(
    "div",
    { class: "buttons" },
    button(t("household.correct"), () => change(app, one), { iconName: "edit", id: "correct" }),
    button(t("household.move"), () => change(app, one, { isMove: true }), {
      iconName: "hand-move",
      id: "move",
    }),
    button(t("household.visit_more"), () => visit(app, one, { isLong: true }), {
      iconName: "note",
      id: "visit-more",
    }),
  );
}

function visitButton(app, one) {
  return button(t("household.visit"), ({ currentTarget }) => visit(app, one, { pressed: currentTarget }), {
    kind: "primary",
    iconName: "check",
    id: "visit",
  });
}

export function tagChip(tag) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  paintSymbol(canvas, tag.symbol, tag.colour, 22);
  canvas.style.width = "22px";
  canvas.style.height = "22px";
  return element("span", { class: "chip" }, canvas, tag.label);
}

export function phoneLink(phone) {
  // A masked number can't be called.
  return phone.includes("*") ? phone : element("a", { href: `tel:${phone}` }, phone);
}

/** Been there. Short: one tap, sealed at once, with where the tablet is if it knows in a moment. */
async function visit(app, one, { pressed = null, isLong = false }) {
  if (pressed) pressed.disabled = true;
  const { serial } = app.sheet;
  try {
    const id = await app.outbox.draft("household", "visit", {
      ...named(one),
      formVersion: app.ground.forms.version,
      values: { text: "" },
    });
    if (isLong) {
      app.open("visit", { id });
      return;
    }
    const fix = await quickFix(app.position);
    if (fix) await app.outbox.setFix(id, { fix });
    await app.outbox.seal(id);
    app.sheet.close(serial);
    app.say(t("household.visited_now", { who: one.head || one.address }));
    app.sender.kick();
  } catch (error) {
    app.say(trouble(error), { isError: true });
    if (pressed) pressed.disabled = false;
  }
}

/** A visit with words and photos. */
export async function visitForm(app, { id }) {
  const row = await app.outbox.get(id);
  const { draft, head } = draftWith(app, row);
  const photos = new Photos(app, draft);
  const text = textField(t("household.visit_text"), draft.values.text, (value) => draft.set("text", value), {
    rows: 4,
    maxlength: 2000,
  });
  return {
    title: t("kind.household_visit"),
    body: element("div", {}, head, text, photos.element),
    isForm: true,
    foot: footOf(app, draft, {
      before: async () => {
        const fix = await quickFix(app.position);
        if (fix) draft.setPosition({ fix });
      },
    }),
    onClose: () => {
      photos.stop();
      return leaveForm(app, draft);
    },
  };
}

async function change(app, { id: serverId, row }, { isMove = false } = {}) {
  // The card may be older than what was sealed a moment ago.
  await app.mine.load();
  const one = theOne(app, row ? { own: row.id } : { id: serverId });
  const begun = app.mine.begun(one);
  if (begun) {
    app.open("household", { id: begun.id, isMove, by: "hand" });
    return;
  }
  const old = {
    ...valuesOf(one),
    ...Object.fromEntries((one.tags ?? []).map((slug) => [`tag:${slug}`, true])),
  };
  const id = await app.outbox.draft("household", "change", {
    ...named(one),
    formVersion: app.ground.forms.version,
    old,
  });
  app.open("household", { id, isMove, by: "hand" });
}

const valuesOf = (one) => ({
  address: one.address,
  head_name: one.head,
  phone: one.phone,
  origin: one.origin,
  note: one.note,
  place: one.place,
});

export async function beginHousehold(app, { place = null } = {}) {
  const id = await app.outbox.draft("household", "create", {
    formVersion: app.ground.forms.version,
    values: { origin: "resident", ...(place ? { place } : {}) },
  });
  app.open("household", { id, by: place ? "hand" : "gps" });
}

/** The form of a new one or of a change: what is not touched is not sent. */
export async function household(app, { id, isMove = false, by = "kept" }) {
  const row = await app.outbox.get(id);
  const { draft, head } = draftWith(app, row);
  const isNew = row.action === "create";
  const { forms } = app.ground;
  const now = { ...row.old, ...draft.values };
  // What was emptied again where a masked value stands was not touched.
  const set = (field) => (value) =>
    draft.set(field, value === "" && row.old[field]?.includes?.("*") ? undefined : value);
  const place = placePart(app, draft, { isNew, isMove: isMove || Boolean(draft.values.place), by, now });
  const photos = new Photos(app, draft);
  const fields = element(
    "div",
    { class: "field" },
    textField(t("household.address"), now.address, set("address"), { maxlength: 200 }),
    textField(t("household.head"), now.head_name, set("head_name"), { maxlength: 60 }),
    textField(t("household.phone"), now.phone, set("phone"), { inputmode: "tel", maxlength: 30 }),
    choice(t("household.origin"), forms.options("origins"), now.origin, set("origin")),
    tagSwitches(forms, now, draft),
    textField(t("household.note"), now.note, set("note"), { rows: 2, maxlength: 500 }),
  );
  const parts = isMove ? [place.element] : [fields, place.element, photos.element];
  return {
    title: t(isMove ? "household.move" : isNew ? "household.new" : "household.correct"),
    body: element("div", {}, head, ...parts),
    size: isMove || isNew ? "half" : "full",
    isForm: true,
    foot: footOf(app, draft, {
      check: () => missing(draft, { isNew, now: { ...row.old, ...draft.values } }),
      before: async (tell) => ((await place.ready(tell)) ? null : t("place.nowhere_put")),
    }),
    onShow: () => place.show(),
    onClose: () => {
      place.stop();
      photos.stop();
      return leaveForm(app, draft);
    },
  };
}

function missing(draft, { isNew, now }) {
  if (isNew && !now.address?.trim()) return t("household.no_address");
  if (isNew && !now.head_name?.trim()) return t("household.no_head");
  const isTouched =
    FIELDS.some((field) => field in draft.values) ||
    Object.keys(draft.values).some((key) => key.startsWith("tag:"));
  return isNew || isTouched ? null : t("trouble.nothing");
}

/** The place is touched only where it is new or is to be moved. */
function placePart(app, draft, { isNew, isMove, by, now }) {
  const box = element("div", {});
  let placing = null;
  const begin = () => {
    placing = new Placing(app, draft, {
      start: now.place ?? app.position.last?.place ?? app.map.middle(app.cover),
      // Of a house that stands somewhere already.
      by: by === "kept" && !draft.values.place && !isNew ? "hand" : by,
    });
    box.replaceChildren(placing.element);
  };
  if (isNew || isMove) begin();
  else
    box.append(
      button(
        t("household.move"),
        () => {
          begin();
          app.sheet.setSize("half");
          placing.centre();
        },
        { iconName: "hand-move" },
      ),
    );
  return {
    element: box,
    show: () => placing?.centre(),
    ready: async (tell) => placing === null || placing.ready(tell),
    stop: () => placing?.stop(),
  };
}

function tagSwitches(forms, now, draft) {
  const box = element("fieldset", { class: "choice" }, element("legend", {}, t("household.tags")));
  const own = forms.tags.filter((tag) => tag.may_change !== false);
  box.hidden = own.length === 0;
  for (const { slug, label, symbol, colour } of own) {
    const field = `tag:${slug}`;
    const made = toggle(label, Boolean(now[field]), (isOn) => draft.set(field, isOn));
    const canvas = element("canvas", { "aria-hidden": "true" });
    paintSymbol(canvas, symbol, colour, 26);
    made.insertBefore(canvas, made.lastChild);
    box.append(made);
  }
  return box;
}
