// The outbox: each record with its state in plain words, what can be done with it, and the whole as a file.

import { element, icon } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { button, notice } from "../parts.js";
import { save } from "../rescuing.js";
import { senderLine } from "../sending.js";
import { kindWord, stateWord, TONES, titleOf, trouble, when } from "../words.js";

const PAGE = 40;
// Which form goes on with a draft.
const FORMS = {
  incident_create: "incident",
  incident_note: "note",
  household_create: "household",
  household_change: "household",
  household_visit: "visit",
  camera_check: "camera",
};
// Which form corrects what was sent back; what is recorded on the way is written in none.
const CORRECTING = {
  ...FORMS,
  run_start: "moment",
  run_track: "moment",
  run_passed: "moment",
  run_end: "moment",
};

export function outbox(app) {
  const head = element("div", {});
  const list = element("div", { class: "rows", id: "outbox-rows" });
  const more = button(t("list.more"), () => show(limit + PAGE), { hidden: true });
  let limit = PAGE;

  async function show(wanted = limit) {
    limit = wanted;
    const rows = await app.outbox.rows({ limit: limit + 1 });
    more.hidden = rows.length <= limit;
    // A refused one that was corrected is spoken for by the new one.
    const shown = rows.slice(0, limit).filter(({ correctedBy }) => !correctedBy);
    list.replaceChildren(...shown.map((row) => record(app, row)));
    if (shown.length === 0) list.append(element("p", { class: "record hint" }, t("outbox.empty")));
    head.replaceChildren(...(await headOf(app)));
  }

  const change = () => show();
  app.outbox.addEventListener("change", change);
  app.sender.addEventListener("change", change);
  show();
  return {
    title: t("nav.outbox"),
    size: "full",
    body: element("div", {}, head, list, more, element("p", { class: "hint" }, t("outbox.seven_days"))),
    foot: element(
      "div",
      { class: "buttons" },
      button(t("outbox.rescue"), () => save(app), { iconName: "download", id: "rescue" }),
      button(t("outbox.send"), () => sendNow(app).catch((error) => app.failed(error)), {
        kind: "primary",
        iconName: "send",
        id: "send-now",
      }),
    ),
    onClose: () => {
      app.outbox.removeEventListener("change", change);
      app.sender.removeEventListener("change", change);
    },
  };
}

/** Send, and ask what became of what waits for people, though its turn has not come. */
async function sendNow(app) {
  await app.outbox.askOfOffices();
  await app.sender.kick();
}

async function headOf(app) {
  const { tone, text } = await senderLine(app);
  const made = [notice(tone, text)];
  if (["paused", "revoked"].includes(app.sender.state.phase))
    made.push(
      button(t("device.scan_again"), () => app.open("enrol", { isAgain: true }), { kind: "primary" }),
    );
  return made;
}

function record(app, row) {
  const [tone, sign] = TONES[row.state];
  const isSettled = row.state === "conflict" && row.open === 0;
  const chip = isSettled
    ? element("span", { class: "chip", "data-tone": "good" }, icon("circle-check"), t("state.settled"))
    : element("span", { class: "chip", "data-tone": tone }, icon(sign), stateWord(row.state));
  const title = row.unreadable ? t("outbox.unreadable") : titleOf(row, app.ground);
  const made = element(
    "article",
    { class: "record", "data-id": row.id, "data-state": row.state },
    element(
      "div",
      { class: "record-head" },
      element("b", {}, kindWord(row), title ? ` · ${title}` : ""),
      chip,
    ),
    element("p", { class: "hint" }, lineOf(row)),
  );
  if (row.entity === "incident" && row.receipt?.number)
    made.append(element("p", {}, t("outbox.number", { number: row.receipt.number })));
  for (const note of notesOf(row)) made.append(note);
  for (const photo of row.attachments)
    if (photo.state === "refused") made.append(refusedPhoto(app, row, photo));
  const buttons = buttonsOf(app, row);
  if (buttons.length) made.append(element("div", { class: "buttons" }, ...buttons));
  return made;
}

function lineOf(row) {
  const parts = [t("outbox.made", { at: when(row.sealedAt ?? row.madeAt) })];
  if (row.receipt?.at && ["applied", "duplicate", "conflict", "held"].includes(row.state))
    parts.push(t("outbox.there", { at: when(row.receipt.at) }));
  if (row.photos.total) parts.push(t("outbox.photos", { n: row.photos.sent, m: row.photos.total }));
  return parts.join(" · ");
}

function notesOf(row) {
  const notes = [];
  if (row.state === "refused")
    notes.push(
      notice("bad", element("b", {}, `${whereOf(row)}${row.receipt?.message || t("outbox.no_reason")}`)),
    );
  if (row.state === "held") notes.push(notice("warn", row.receipt?.message || t("outbox.held")));
  if (row.state === "refused" && !CORRECTING[kindOf(row)])
    notes.push(notice("warn", t("outbox.run_refused")));
  if (row.state === "conflict" && row.open > 0)
    notes.push(notice("warn", t("outbox.conflict", { n: row.open })));
  if (row.problem)
    notes.push(
      notice(
        "warn",
        t("outbox.tried", { n: row.problem.tries, why: row.problem.message || t("trouble.offline") }),
      ),
    );
  return notes;
}

// By what another photo comes to the same thing: what was sealed can't be added to.
const ADDING = {
  incident: ["note", "note"],
  household: ["visit", "visit"],
  camera: ["check", "camera"],
};

function refusedPhoto(app, row, { id, name, problem }) {
  const remove = async () => {
    await app.outbox.removePhoto(id);
    await app.originals.dropOf(id);
  };
  const replace = async () => {
    const [action, form] = ADDING[row.entity];
    const { record, serverId } = row;
    const about = { record, serverId, baseRev: row.baseRev, formVersion: app.ground.forms.version };
    const draft = await app.outbox.draft(row.entity, action, about);
    await remove();
    app.open(form, { id: draft });
  };
  const press = (work) => () => work().catch((error) => app.failed(error));
  return notice(
    "bad",
    t("outbox.photo_refused", { name, why: problem?.message ?? "" }),
    element(
      "div",
      { class: "buttons" },
      button(t("outbox.photo_remove"), press(remove), { iconName: "trash", "data-do": "photo-remove" }),
      ...(ADDING[row.entity]
        ? [
            button(t("outbox.photo_replace"), press(replace), {
              iconName: "camera",
              "data-do": "photo-replace",
            }),
          ]
        : []),
    ),
  );
}

/** The field that the server names, where it has a word of its own. */
function whereOf({ receipt }) {
  const word = receipt?.where ? t(`field.${receipt.where}`) : "";
  return word && !word.startsWith("field.") ? `${word}: ` : "";
}

const kindOf = ({ entity, action }) => `${entity}_${action}`;

function buttonsOf(app, row) {
  // A correction that was begun is gone on with, too.
  const form = (row.replaces ? CORRECTING : FORMS)[kindOf(row)];
  const correcting = CORRECTING[kindOf(row)];
  if (row.state === "draft" && form)
    return [
      button(t("outbox.go_on"), () => app.open(form, { id: row.id }), {
        iconName: "pencil",
        "data-do": "go-on",
      }),
    ];
  if (row.state === "refused" && !row.correctedBy && !correcting) return [giveUp(app, row)];
  if (row.state === "refused" && correcting)
    return [
      button(t("outbox.correct"), () => correct(app, row, correcting), {
        kind: "primary",
        iconName: "edit",
        "data-do": "correct",
      }),
      giveUp(app, row),
    ];
  if (row.state === "conflict" && row.open > 0)
    return [button(t("outbox.to_conflicts"), () => app.open("conflicts"), { iconName: "arrows-join" })];
  return [];
}

/** Put away what was sent back: two taps, for nobody else has it. */
function giveUp(app, row) {
  let isAsked = false;
  const made = button(
    t("outbox.give_up"),
    async () => {
      if (!isAsked) {
        isAsked = true;
        made.lastChild.textContent = t("outbox.give_up_really");
        made.classList.replace("quiet", "danger");
        return;
      }
      await app.outbox.giveUp(row.id).catch((error) => app.failed(error));
    },
    { kind: "quiet", iconName: "trash", "data-do": "give-up" },
  );
  return made;
}

async function correct(app, row, form) {
  try {
    app.open(form, { id: await app.outbox.correct(row.id) });
  } catch (error) {
    app.say(trouble(error), { isError: true });
  }
}
