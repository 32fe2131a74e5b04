// Take along: which villages or grids, how much it is, and how it goes on.

import { element } from "../../ui/dom.js";
import { n, t } from "../../ui/texts.js";
import { bar, button, notice, toggle } from "../parts.js";
import { roomPart } from "../roomline.js";
import { size, trouble, when } from "../words.js";

export function takealong(app) {
  const chosen = new Set();
  const have = element("section", { class: "field" });
  const list = element("section", { class: "field", id: "areas" });
  const sum = element("p", { class: "hint", role: "status" });
  const progress = element("div", { class: "field", hidden: true });
  const take = button(t("take.go"), () => run(), { kind: "primary", iconName: "download", id: "take" });
  const boxes = new Map();
  // Those of the first row: villages, and grids whose village is none of one's own.
  let tops = [];
  let areas = [];
  let isStale = false;

  async function showHave() {
    const packs = await app.pack.sizes();
    have.replaceChildren(
      element("span", { class: "group-title" }, t("take.have")),
      ...packs.map((pack) => packRow(app, pack, showHave)),
      ...(packs.length
        ? [
            button(t("take.refresh"), () => work(() => app.refresh(onProgress)), {
              iconName: "refresh",
              id: "refresh",
            }),
          ]
        : [notice("info", t("take.nothing"))]),
    );
  }

  async function showAreas() {
    try {
      const offered = await app.pack.areas();
      areas = offered.areas;
      isStale = offered.isStale;
    } catch (error) {
      list.replaceChildren(
        element("span", { class: "group-title" }, t("take.choose")),
        notice("warn", trouble(error)),
      );
      return;
    }
    const codes = new Set(areas.map(({ code }) => code));
    tops = areas.filter(
      ({ level, parent }) => level === "village" || (level === "grid" && !codes.has(parent)),
    );
    list.replaceChildren(
      element("span", { class: "group-title" }, t("take.choose")),
      ...(tops.length > 1 ? [tickAll()] : []),
      ...tops.map((area) => areaRow(area)),
    );
    if (isStale) list.append(notice("warn", t("take.stale")));
    count();
  }

  /** A village with its grids folded below: most people take all of it. */
  function areaRow(village) {
    const grids = areas.filter(({ level, parent }) => level === "grid" && parent === village.code);
    const box = element("div", { class: "area" }, tick(village));
    if (grids.length === 0) return box;
    const inside = element(
      "details",
      { class: "more" },
      element("summary", {}, t("take.grids", { n: grids.length })),
    );
    inside.append(...grids.map((grid) => tick(grid)));
    box.append(inside);
    return box;
  }

  function tickAll() {
    const made = toggle(t("take.all", { n: tops.length }), false, chooseAll, { hint: sizeOf(tops) });
    made.dataset.code = "all";
    boxes.set("all", made.querySelector("input"));
    return made;
  }

  function chooseAll(isOn) {
    for (const { code } of tops) {
      chosen[isOn ? "add" : "delete"](code);
      boxes.get(code).checked = isOn;
    }
    count();
  }

  function tick(area) {
    const made = toggle(
      area.name,
      chosen.has(area.code),
      (isOn) => {
        chosen[isOn ? "add" : "delete"](area.code);
        count();
      },
      { hint: sizeOf([area]) },
    );
    made.dataset.code = area.code;
    boxes.set(area.code, made.querySelector("input"));
    return made;
  }

  /** A village stands for its grids. */
  function wanted() {
    return areas.filter(({ code, parent }) => chosen.has(code) && !chosen.has(parent));
  }

  function count() {
    const areasWanted = wanted();
    if (boxes.has("all")) boxes.get("all").checked = tops.every(({ code }) => chosen.has(code));
    take.disabled = areasWanted.length === 0;
    sum.textContent = areasWanted.length ? sizeOf(areasWanted) : t("take.choose_first");
  }

  const onProgress = ({ code = "", done = 0, of = 0, records = 0 }) => {
    const name = areas.find((area) => area.code === code)?.name ?? code;
    const text = code ? t("take.coming_of", { name, n: records }) : t("take.coming");
    progress.hidden = false;
    progress.replaceChildren(
      bar(of ? done / of : null),
      element("p", { class: "hint", role: "status" }, text),
    );
  };

  async function work(task) {
    take.disabled = true;
    onProgress({});
    try {
      await task();
      app.say(t("take.done"));
    } catch (error) {
      progress.replaceChildren(notice("bad", trouble(error)));
      return;
    } finally {
      count();
      await showHave();
    }
    progress.hidden = true;
  }

  const run = () =>
    work(() =>
      app.take(
        wanted().map(({ code }) => code),
        onProgress,
      ),
    );

  showHave();
  showAreas();
  count();
  return {
    title: t("take.title"),
    size: "full",
    body: element("div", {}, have, progress, list, app.basemapPart(), roomPart()),
    foot: element("div", { class: "field" }, sum, take),
  };
}

/** How much these areas are together. */
function sizeOf(areas) {
  const sum = (name) => areas.reduce((all, one) => all + one[name], 0);
  return t("take.size", { households: n(sum("households")), size: size(sum("bytes")) });
}

function packRow(app, pack, onGone) {
  let isAsked = false;
  const drop = button(
    t("take.drop"),
    async () => {
      if (!isAsked) {
        isAsked = true;
        drop.lastChild.textContent = t("take.drop_really");
        drop.classList.add("danger");
        return;
      }
      await app.drop(pack.code);
      await onGone();
    },
    { kind: "quiet", iconName: "trash" },
  );
  return element(
    "div",
    { class: "row-line", "data-pack": pack.code },
    element(
      "span",
      { class: "row-words" },
      element("b", {}, pack.name),
      element(
        "small",
        {},
        t("take.state", { n: pack.records, size: size(pack.bytes), at: when(pack.refreshedAt) }),
      ),
    ),
    drop,
  );
}
