// The page on the home screen: asked for, because a browser may forget what a mere page keeps.

import { element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { button } from "./parts.js";

let offer = null;

/** Catch the browser's own offer to install (Android, desktop); an iPad makes none. */
export function watchInstalling(onChange) {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    onChange();
  });
  addEventListener("appinstalled", () => {
    offer = null;
    onChange();
  });
}

export function isInstalled() {
  return matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
}

const isApple = () => /iPad|iPhone|Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1;

/** Why and how, in the words of the device at hand. */
export function installHelp() {
  const box = element(
    "section",
    { class: "note is-info", id: "install-help" },
    element("b", {}, t("install.title")),
  );
  if (offer) {
    box.append(
      element("p", {}, t("install.why")),
      button(t("install.now"), () => offer?.prompt(), { iconName: "download" }),
    );
    return box;
  }
  if (!isApple()) {
    box.append(element("p", {}, t("install.why")), element("p", {}, t("install.menu")));
    return box;
  }
  box.append(
    element("p", {}, t("install.seven_days")),
    element(
      "ol",
      { class: "steps" },
      element("li", {}, element("span", {}, icon("share"), t("install.share"))),
      element("li", {}, element("span", {}, icon("square-plus"), t("install.add"))),
      element("li", {}, t("install.open")),
    ),
  );
  return box;
}
