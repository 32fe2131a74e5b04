// Finding things: search, the nearest households, what lies under one tap, a grid.

import { element, paintSymbol } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { wordsOf } from "../ground.js";
import { button, notice, row, toggle } from "../parts.js";
import { distance } from "../words.js";

const MOST = 30;

export function search(app) {
  const list = element("div", { class: "rows", id: "found" });
  const input = element("input", {
    class: "input",
    type: "search",
    id: "find",
    placeholder: t("find.hint"),
    "aria-label": t("find.title"),
    autocomplete: "off",
  });
  let serial = 0;
  // What was sealed a moment ago is found, too.
  const loaded = app.ground.whole.then(() => app.mine.load()).catch(() => {});
  input.addEventListener("input", async () => {
    const mine = ++serial;
    await loaded;
    const found = await app.ground.search(input.value, MOST);
    if (mine !== serial) return;
    const hits = [...newHere(app, input.value), ...found];
    list.replaceChildren(...hits.map((hit) => hitRow(app, hit)));
    if (hits.length === 0 && input.value.trim())
      list.append(notice("info", t("find.none", { q: input.value.trim() })));
  });
  return { title: t("find.title"), size: "full", body: element("div", {}, input, list), focus: input };
}

/** What was entered on this tablet and is in no pack yet. */
function newHere(app, text) {
  const has = wordsOf(text);
  if (!has) return [];
  return app.mine.newHouseholds
    .map(({ id }) => app.mine.over(app.mine.entered(id)))
    .filter(({ head, address, phone, note }) => has(head, address, phone, note))
    .map((record) => ({ kind: "household", record }));
}

/** `{kind, record, metres?}` as a line that opens its card. */
export function hitRow(app, { kind, record, metres = null }) {
  const end = metres === null ? "" : distance(metres);
  if (kind === "grid")
    return row({
      title: record.name,
      note: t("kind.grid"),
      end,
      iconName: "layout-grid",
      onclick: () => app.open("grid", { code: record.code }),
    });
  if (kind === "incident")
    return row({
      title: record.number || app.ground.forms.category(record.category).label || t("incident.title"),
      note: record.what ?? "",
      end,
      iconName: "flag",
      onclick: () => app.open("incidentCard", { id: record.id }),
    });
  if (kind === "camera")
    return row({
      title: record.name,
      note: t("camera.title"),
      end,
      iconName: "camera",
      onclick: () => app.open("cameraCard", { id: record.id }),
    });
  const own = record.row?.id;
  return row({
    title: record.head || record.address,
    note: record.head ? record.address : "",
    end: own ? t("find.new_here") : end,
    iconName: "home",
    ...(own ? { "data-new": own } : { "data-household": record.id }),
    onclick: () => app.open("householdCard", own ? { own } : { id: record.id }),
  });
}

/** The nearest households to where the tablet is, else to the middle of the map. */
export function near(app) {
  const line = element("p", { class: "hint", role: "status" }, t("me.searching"));
  const list = element("div", { class: "rows", id: "near" });
  const show = (place, words) => {
    line.textContent = words;
    list.replaceChildren(...app.ground.nearest(place, 20).map((hit) => hitRow(app, hit)));
  };
  let shownAt = 0;
  const middle = app.map.middle();
  show(middle, t("near.middle"));
  const stop = app.position.watch((fix, problem, isFresh) => {
    if (!fix) {
      line.textContent = problem ? `${t(problem)} ${t("near.middle")}` : t("me.searching");
      return;
    }
    // Not under the finger: a list that moves each second can't be tapped.
    if ((isFresh || shownAt === 0) && Date.now() - shownAt > 5000) {
      shownAt = Date.now();
      show(fix.place, t("near.me", { accuracy: Math.round(fix.accuracy_m) }));
    }
  });
  return { title: t("near.title"), size: "half", body: element("div", {}, line, list), onClose: stop };
}

/** Several things under one tap. */
export function chooser(app, { things }) {
  const rows = things.map((thing) =>
    hitRow(app, { kind: thing.kind, record: app.ground.record(thing.kind, thing.properties.id) }),
  );
  return { title: t("choose.title"), size: "half", body: element("div", { class: "rows" }, ...rows) };
}

export function grid(app, { code, place = null }) {
  const one = app.ground.grid(code);
  const { households, incidents } = app.ground.inGrid(code);
  const body = element(
    "div",
    {},
    element("p", {}, t("grid.counts", { households: households.length, incidents: incidents.length })),
    place
      ? element(
          "div",
          { class: "buttons" },
          ...(app.may("incident_report")
            ? [
                button(t("grid.incident_here"), () => app.beginIncident({ place }), {
                  iconName: "flag",
                  id: "incident-here",
                }),
              ]
            : []),
          ...(app.may("household_edit")
            ? [
                button(t("grid.household_here"), () => app.beginHousehold({ place }), {
                  iconName: "home",
                  id: "household-here",
                }),
              ]
            : []),
        )
      : "",
    element(
      "div",
      { class: "rows" },
      ...incidents.slice(0, 10).map((record) => hitRow(app, { kind: "incident", record })),
      ...households.slice(0, 60).map((record) => hitRow(app, { kind: "household", record })),
    ),
  );
  return {
    title: one?.name || code,
    size: "half",
    body,
    onShow: () => app.map.select({ code }),
    onClose: () => app.map.select({}),
  };
}

const LAYERS = ["households", "incidents", "cameras", "routes", "reference", "names"];

/** The legend, which is also what switches things off. */
export function layers(app) {
  const { prefs } = app;
  const flip = (name, key, isOn) => {
    const off = new Set(prefs.now[key]);
    off[isOn ? "delete" : "add"](name);
    prefs.set({ [key]: [...off] });
  };
  const base = toggle(t("base.title"), !prefs.now.off.includes("base"), (isOn) => {
    flip("base", "off", isOn);
    app.base.show().catch((error) => app.failed(error));
  });
  const tags = app.ground.forms.tags.map(({ slug, label, symbol, colour }) => {
    const made = toggle(label, !prefs.now.hiddenTags.includes(slug), (isOn) =>
      flip(slug, "hiddenTags", isOn),
    );
    const canvas = element("canvas", { "aria-hidden": "true" });
    paintSymbol(canvas, symbol, colour, 26);
    made.insertBefore(canvas, made.lastChild);
    return made;
  });
  return {
    title: t("layers.title"),
    size: "half",
    body: element(
      "div",
      {},
      element(
        "section",
        { class: "field" },
        ...LAYERS.map((name) =>
          toggle(t(`layer.${name}`), !prefs.now.off.includes(name), (isOn) => flip(name, "off", isOn)),
        ),
        app.base.isKept ? base : "",
      ),
      element(
        "section",
        { class: "field" },
        element("span", { class: "group-title" }, t("household.tags")),
        ...tags,
      ),
    ),
  };
}
