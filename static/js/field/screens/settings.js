// More: what lies on this tablet, how one likes the page, who this tablet works for.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { installHelp, isInstalled } from "../installing.js";
import { button, choice, notice, row, toggle } from "../parts.js";
import { save } from "../rescuing.js";
import { roomPart } from "../roomline.js";
import { trouble } from "../words.js";

export function more(app) {
  const { prefs } = app;
  const body = element(
    "div",
    {},
    ...(app.updates.isWaiting ? [updatePart(app)] : []),
    ...(isInstalled() ? [] : [installHelp()]),
    element(
      "div",
      { class: "rows" },
      row({
        title: t("take.title"),
        note: t("take.note"),
        iconName: "download",
        id: "to-take",
        onclick: () => app.open("takealong"),
      }),
      row({
        title: t("layers.title"),
        note: t("layers.note"),
        iconName: "stack-2",
        id: "to-layers",
        onclick: () => app.open("layers"),
      }),
      ...(app.may("household_edit")
        ? [
            row({
              title: t("household.new"),
              note: t("household.new_note"),
              iconName: "home",
              id: "to-household",
              onclick: () => app.beginHousehold(),
            }),
          ]
        : []),
    ),
    choice(
      t("settings.language"),
      [
        { value: "zh-hans", label: "中文" },
        { value: "en", label: "English" },
      ],
      app.language,
      (language) => app.changeLanguage(language),
    ),
    choice(
      t("settings.hand"),
      [
        { value: "left", label: t("settings.left") },
        { value: "right", label: t("settings.right") },
      ],
      prefs.now.hand,
      (hand) => prefs.set({ hand }),
    ),
    toggle(t("settings.large"), prefs.now.large, (large) => prefs.set({ large })),
    roomPart(),
    devicePart(app),
    restorePart(app),
    element("p", { class: "hint" }, t("settings.version", { version: app.config.version })),
  );
  return { title: t("nav.more"), size: "full", body };
}

export function updatePart(app) {
  const line = element("p", {}, t("update.ready"));
  const put = async () => {
    line.textContent = (await app.putOn()) || t("update.ready");
  };
  return notice(
    "info",
    line,
    button(t("update.go"), put, { kind: "primary", iconName: "refresh", id: "update" }),
  );
}

function devicePart(app) {
  const box = element(
    "section",
    { class: "field" },
    element("span", { class: "group-title" }, t("device.title")),
  );
  app.device.me().then((me) => {
    if (!me) return;
    box.append(
      element(
        "dl",
        { class: "facts" },
        element("dt", {}, t("device.person")),
        element("dd", {}, me.person_name ?? me.person ?? ""),
        element("dt", {}, t("device.name")),
        element("dd", {}, me.name ?? ""),
        element("dt", {}, t("device.until")),
        element("dd", {}, (me.expires_at ?? "").slice(0, 10)),
      ),
      button(t("device.leave"), () => app.open("leave"), { kind: "danger", iconName: "logout", id: "leave" }),
    );
  });
  return box;
}

function restorePart(app) {
  return element(
    "section",
    { class: "field" },
    element("span", { class: "group-title" }, t("rescue.restore")),
    app.restorePicker(),
  );
}

/** Signing out: what is unsent is offered as a file before all is wiped. */
export function leave(app) {
  const line = element("div", {});
  const body = element("div", {}, notice("warn", t("leave.what")), line);
  const go = button(t("leave.go"), () => wipe(), { kind: "danger", iconName: "trash", id: "leave-now" });
  let isOffered = false;

  async function wipe() {
    const counts = await app.outbox.counts();
    const unsent = counts.unsent + counts.photos.open;
    if (unsent && !isOffered) {
      isOffered = true;
      line.replaceChildren(
        notice("bad", element("b", {}, t("leave.unsent", { n: unsent })), t("leave.rescue")),
        button(t("outbox.rescue"), () => save(app), { kind: "primary", iconName: "download", id: "rescue" }),
      );
      go.lastChild.textContent = t("leave.anyway");
      return;
    }
    try {
      await app.leave();
    } catch (error) {
      line.replaceChildren(notice("bad", trouble(error)));
    }
  }

  return { title: t("device.leave"), size: "full", body, foot: go };
}

/**
 * Somebody has revoked the tablet: this is all that it still shows. The file first, then nothing stays; without the file only
 * when that was said twice.
 */
export async function revokedPage(app) {
  const { unsent, received, photos } = await app.outbox.counts();
  const left = unsent + received + photos.open;
  const line = element("div", {});
  let isSafe = left === 0;
  const rescue = async () => {
    if (!(await save(app))) return;
    isSafe = true;
    wipe.lastChild.textContent = t("revoked.wipe");
  };
  const wipe = button(
    t("revoked.wipe"),
    async () => {
      if (!isSafe) {
        isSafe = true;
        line.replaceChildren(notice("bad", t("leave.unsent", { n: left })));
        wipe.lastChild.textContent = t("leave.anyway");
        return;
      }
      await app.wipe().catch((error) => line.replaceChildren(notice("bad", trouble(error))));
    },
    { kind: "danger", iconName: "trash", id: "wipe" },
  );
  return element(
    "div",
    { class: "welcome", id: "revoked" },
    element("h1", {}, t("revoked.title")),
    notice("bad", element("b", {}, t("revoked.what")), left > 0 ? t("revoked.rescue") : ""),
    ...(left > 0
      ? [button(t("outbox.rescue"), rescue, { kind: "primary", iconName: "download", id: "rescue" })]
      : []),
    line,
    wipe,
  );
}
