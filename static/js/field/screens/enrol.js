// The first page of a tablet that knows nobody yet: a code, and how to install.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { installHelp, isInstalled } from "../installing.js";
import { button, notice, textField } from "../parts.js";
import { trouble } from "../words.js";

/** The form; `onDone()` when the device is enrolled. */
export function enrolForm(app, { code = "", onDone }) {
  const line = element("div", {});
  const typed = { code, name: defaultName() };
  const codeField = textField(
    t("enrol.code"),
    code,
    (value) => {
      typed.code = value;
    },
    {
      class: "input code-input",
      id: "enrol-code",
      autocomplete: "one-time-code",
      autocapitalize: "characters",
      spellcheck: "false",
    },
  );
  const nameField = textField(
    t("enrol.name"),
    typed.name,
    (value) => {
      typed.name = value;
    },
    { maxlength: 60, hint: t("enrol.name_hint") },
  );
  const enrol = async () => {
    const wanted = typed.code.trim();
    if (!wanted) {
      line.replaceChildren(notice("warn", t("enrol.no_code")));
      return;
    }
    go.disabled = true;
    try {
      await app.device.enrol(app.api, wanted, typed.name.trim() || defaultName());
      await onDone();
    } catch (error) {
      line.replaceChildren(notice("bad", trouble(error)));
    } finally {
      go.disabled = false;
    }
  };
  const go = button(t("enrol.go"), enrol, { kind: "primary", iconName: "device-tablet", id: "enrol" });
  return element("div", { class: "field" }, codeField, nameField, line, go);
}

function defaultName() {
  const agent = navigator.userAgent;
  if (/iPad|Macintosh/.test(agent) && navigator.maxTouchPoints > 1) return "iPad";
  if (/iPhone/.test(agent)) return "iPhone";
  return /Android/.test(agent) ? "Android" : t("enrol.computer");
}

/** As a whole page, before anything else. */
export function welcome(app, { code = "", onDone }) {
  const made = element(
    "div",
    { class: "welcome", id: "welcome" },
    element("h1", {}, t("app.name")),
    element("p", {}, t("enrol.why")),
    enrolForm(app, { code, onDone }),
  );
  if (!isInstalled()) made.append(installHelp(app));
  made.append(
    button(app.prefs.now.language === "en" ? "中文" : "English", () => app.changeLanguage(), {
      kind: "quiet",
      iconName: "language",
      id: "language",
    }),
    element("p", { class: "hint" }, t("enrol.restore_hint")),
    app.restorePicker(),
  );
  return made;
}

/** As a sheet: the token has ended, a new code is wanted. */
export function enrol(app, { code = "" } = {}) {
  const onDone = async () => {
    // By now another may be open.
    if (app.sheet.name === "enrol") app.sheet.close();
    app.say(t("enrol.again_done"));
    await app.begun();
  };
  return {
    title: t("device.scan_again"),
    size: "full",
    body: element("div", {}, notice("info", t("enrol.again")), enrolForm(app, { code, onDone })),
  };
}
