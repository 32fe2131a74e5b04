// Conflicts: mine (or whose it is) and theirs, field by field and on the map. Each is settled by itself; none holds up
// another. Settling needs the server, looking does not.

import { distanceM } from "../../offline/nearby.js";
import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { button, notice, textField } from "../parts.js";
import { distance, trouble, when } from "../words.js";

export function conflicts(app) {
  const head = element("div", {});
  const list = element("div", { class: "rows", id: "conflict-rows" });
  const marks = L.layerGroup().addTo(app.map.map);

  async function show() {
    let open = [];
    try {
      open = (await app.api.conflicts()).conflicts.filter((one) => one.open !== false);
      head.replaceChildren();
      app.conflictsKnown(open.length);
    } catch (error) {
      // What the receipts told stays to be seen.
      open = await app.receiptConflicts();
      head.replaceChildren(notice("warn", trouble(error), " ", t("conflict.later")));
    }
    marks.clearLayers();
    list.replaceChildren(...open.map((one) => card(app, one, marks, show)));
    if (open.length === 0) list.append(element("p", { class: "record hint" }, t("conflict.none")));
  }

  list.append(element("p", { class: "record hint" }, t("list.coming")));
  show();
  return {
    title: t("nav.conflicts"),
    size: "full",
    body: element("div", {}, head, list),
    onClose: () => marks.remove(),
  };
}

/** Whether the change that was made on a tablet is the reader's own; who leads sees those of others, too. */
const isOwn = (one) => one.is_own !== false;
const sideWord = (one) => (isOwn(one) ? t("conflict.mine") : t("conflict.of", { who: one.person }));
const takeWord = (one) => (isOwn(one) ? t("conflict.take_mine") : t("conflict.take_of", { who: one.person }));

function card(app, one, marks, onSettled) {
  const trouble_ = element("div", {});
  const theirs = element("dd", { "data-side": "theirs" }, valueWord(app, one, one.theirs));
  const isPlace = one.field === "place";
  const at = one.made_at ? when(one.made_at) : "";
  const made = element(
    "article",
    { class: "record", "data-id": one.id },
    element(
      "div",
      { class: "record-head" },
      element("b", {}, one.title ?? ""),
      element("span", { class: "chip", "data-tone": "warn" }, one.label ?? one.field),
    ),
    at
      ? element(
          "p",
          { class: "hint" },
          isOwn(one) ? t("outbox.made", { at }) : t("conflict.by", { who: one.person, at }),
        )
      : "",
    element(
      "dl",
      { class: "facts versus" },
      element("dt", {}, t("conflict.old")),
      element("dd", {}, valueWord(app, one, one.old)),
      element("dt", {}, sideWord(one)),
      element("dd", { "data-side": "mine" }, valueWord(app, one, one.mine)),
      element("dt", {}, t("conflict.theirs")),
      theirs,
    ),
    trouble_,
  );
  if (isPlace && one.mine && one.theirs) {
    made.append(
      element("p", { class: "hint" }, t("conflict.apart", { d: distance(distanceM(one.mine, one.theirs)) })),
    );
  }
  const where = isPlace ? one.mine : (one.place ?? one.their_place);
  const buttons = element("div", { class: "buttons" });
  if (where)
    buttons.append(
      button(t("conflict.on_map"), () => onMap(app, one, marks), { iconName: "map-pin", "data-do": "map" }),
    );
  if (one.id) {
    const choose = (choice, value) =>
      settle(app, one, { choice, value }, { theirs, trouble: trouble_, onSettled });
    buttons.append(
      button(takeWord(one), () => choose("mine"), { "data-do": "mine" }),
      button(t("conflict.take_theirs"), () => choose("theirs"), { "data-do": "theirs" }),
    );
    if (!isPlace && typeof (one.mine ?? "") === "string") made.append(other(one, choose));
  }
  made.append(buttons);
  return made;
}

function other(one, choose) {
  let value = one.mine ?? "";
  const box = element("details", { class: "more" }, element("summary", {}, t("conflict.other")));
  box.append(
    element(
      "div",
      { class: "field" },
      textField(one.label ?? one.field, value, (typed) => {
        value = typed;
      }),
      button(t("conflict.take_other"), () => choose("other", value), { "data-do": "other" }),
    ),
  );
  return box;
}

async function settle(app, one, { choice, value }, { theirs, trouble: line, onSettled }) {
  try {
    const body = { choice, theirs: one.theirs };
    if (choice === "other") body.value = value;
    await app.api.settle(one.id, body);
    app.say(t("conflict.settled"));
    await app.outbox.askOfConflicts();
    app.sender.kick();
    await onSettled();
    app.refreshSoon();
  } catch (error) {
    // Somebody was quicker: the new value is shown, and one chooses again.
    if (error.status === 409 && error.details && "theirs" in error.details) {
      one.theirs = error.details.theirs;
      theirs.textContent = valueWord(app, one, one.theirs);
      line.replaceChildren(notice("warn", t("conflict.moved_on")));
    } else line.replaceChildren(notice("bad", trouble(error)));
  }
}

function onMap(app, one, marks) {
  marks.clearLayers();
  const isPlace = one.field === "place";
  const places = isPlace
    ? [
        [one.old, "#5a6270", t("conflict.old")],
        [one.mine, "#0077bb", sideWord(one)],
        [one.theirs, "#cc3311", t("conflict.theirs")],
      ]
    : [[one.place ?? one.their_place, "#0077bb", one.title ?? ""]];
  const bounds = L.latLngBounds([]);
  for (const [place, color, word] of places) {
    if (!place) continue;
    const at = [place[1], place[0]];
    bounds.extend(at);
    L.circleMarker(at, { radius: 11, color, weight: 4, fillColor: "#fff", fillOpacity: 0.9 })
      .bindTooltip(element("span", {}, word), { permanent: true, direction: "top" })
      .addTo(marks);
  }
  app.sheet.setSize("half");
  const { top, bottom, right, left } = app.cover;
  app.map.map.fitBounds(bounds.pad(0.4), {
    maxZoom: 18,
    paddingTopLeft: [left + 20, top + 20],
    paddingBottomRight: [right + 20, bottom + 20],
  });
}

function valueWord(app, { field, entity }, value) {
  if (value === null || value === undefined || value === "") return t("conflict.empty");
  if (field === "place") return `${value[1].toFixed(5)}, ${value[0].toFixed(5)}`;
  if (typeof value === "boolean") return t(value ? "word.yes" : "word.no");
  if (field === "origin") return app.ground.forms.wordOf("origins", value);
  if (entity === "camera" && field === "state") return app.ground.forms.wordOf("camera_states", value);
  return String(value);
}
