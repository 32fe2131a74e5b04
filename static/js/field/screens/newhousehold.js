// A household that was entered on this tablet and that the pack does not have yet.

import { NotHere } from "../../offline/errors.js";
import { element, icon } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { button, notice } from "../parts.js";
import { stateWord, TONES } from "../words.js";
import { householdCard, phoneLink, tagChip } from "./household.js";

export async function newHousehold(app, { id }) {
  const row = await app.outbox.get(id);
  // It came with a pack while the list was open.
  if (!row) throw new NotHere("No such operation is kept here.");
  if (app.ground.household(row.serverId)) return householdCard(app, { id: row.serverId });
  const { values, state } = row;
  const { forms } = app.ground;
  const [tone, sign] = TONES[state];
  const slugs = Object.keys(values).filter((field) => field.startsWith("tag:") && values[field]);
  const fact = (name, value) => (value ? [element("dt", {}, t(name)), element("dd", {}, value)] : []);
  return {
    title: values.head_name || values.address,
    size: "half",
    body: element(
      "div",
      {},
      notice("info", t("household.new_here")),
      element(
        "div",
        { class: "buttons" },
        element("span", { class: "chip", "data-tone": tone }, icon(sign), stateWord(state)),
        ...slugs.map((slug) => tagChip(forms.tag(slug.slice(4)))),
      ),
      element(
        "dl",
        { class: "facts" },
        ...fact("household.address", values.address),
        ...fact("household.phone", values.phone && phoneLink(values.phone)),
        ...fact("household.origin", forms.wordOf("origins", values.origin)),
        ...fact("household.grid", values.place && app.ground.gridAt(values.place)?.name),
        ...fact("household.note", values.note),
      ),
    ),
    foot: button(t("nav.outbox"), () => app.open("outbox"), { iconName: "send", id: "to-outbox" }),
    onShow: () => values.place && app.map.goTo(values.place, { cover: app.cover }),
  };
}
