// How much room is left here, and whether the browser has promised to keep what lies here.

import { askPersist, persisted, room } from "../offline/room.js";
import { element } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { button, notice } from "./parts.js";
import { size } from "./words.js";

export function roomPart() {
  const box = element(
    "section",
    { class: "field", id: "room" },
    element("span", { class: "group-title" }, t("room.title")),
  );
  const line = element("div", { class: "field" });
  box.append(line);
  const show = async () => {
    const { free, usage, low } = await room();
    const isKept = await persisted();
    line.replaceChildren(
      notice(
        low ? "bad" : isKept ? "good" : "warn",
        element(
          "p",
          {},
          free === null ? t("room.unknown") : t("room.free", { free: size(free), used: size(usage) }),
        ),
        element("p", {}, t(isKept ? "room.kept" : "room.not_kept")),
      ),
    );
    if (!isKept)
      line.append(
        button(t("room.ask"), async () => {
          await askPersist();
          await show();
        }),
      );
  };
  show();
  return box;
}
