// A part of a patrol that the server sent back: when it was, put right by the person, and who went along.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { textField, toggle } from "../parts.js";
import { when } from "../words.js";
import { draftWith, footOf, leaveForm } from "./form.js";

const FIELDS = { start: "started_at", passed: "at", end: "ended_at" };

export async function moment(app, { id }) {
  const row = await app.outbox.get(id);
  const { draft, head } = draftWith(app, row);
  const { action, values } = row;
  let told = toldIn(row);
  const change = (text) => {
    told = Date.parse(text);
    if (Number.isNaN(told)) return;
    if (action === "track") draft.set("points", moved(values.points, told - toldIn(row)));
    else draft.set(FIELDS[action], new Date(told).toISOString());
  };
  return {
    title: t("moment.title"),
    size: "half",
    isForm: true,
    body: element(
      "div",
      {},
      head,
      textField(t(`moment.${action}`), localText(told), change, {
        hint: action === "start" ? t("moment.all") : await sinceWhen(app, row),
        type: "datetime-local",
        step: 1,
        id: "moment",
      }),
      ...along(draft),
    ),
    foot: footOf(app, draft, {
      word: t("moment.send"),
      check: () => (told <= Date.now() ? null : t("moment.wrong")),
    }),
    onClose: () => leaveForm(app, draft),
  };
}

/** When the patrol began, as the server is told: what belongs to it comes after that. */
async function sinceWhen(app, { record }) {
  const starts = (await app.outbox.trace(record)).filter(({ action }) => action === "start");
  const start = starts.length > 0 ? await app.outbox.get(starts.at(-1).id) : null;
  return start ? t("moment.since", { at: when(start.values.started_at) }) : "";
}

/** When it was, by what was told last; of a track its first place. */
function toldIn({ action, values }) {
  return Date.parse(action === "track" ? values.points?.[0]?.[3] : values[FIELDS[action]]);
}

const moved = (points, by) =>
  points.map(([lon, lat, accuracy, at]) => [lon, lat, accuracy, new Date(Date.parse(at) + by).toISOString()]);

/** The tablet's own time as such a field has it. */
function localText(ms) {
  if (Number.isNaN(ms)) return "";
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** Who came along, each to be taken off: one may have left the squad since. */
function along(draft) {
  const { members = [] } = draft.values;
  if (members.length === 0) return [];
  const went = new Set(members);
  const switches = members.map((login) =>
    toggle(login, true, (isIn) => {
      if (isIn) went.add(login);
      else went.delete(login);
      draft.set("members", [...went]);
    }),
  );
  return [element("span", { class: "group-title" }, t("moment.members")), ...switches];
}
