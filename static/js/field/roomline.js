// How much room is left here, and whether the browser has promised to keep what lies here.

import { room } from "../offline/room.js";
import { element } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { button, notice } from "./parts.js";
import { size } from "./words.js";

export function roomPart(app) {
  const box = element(
    "section",
    { class: "field", id: "room" },
    element("span", { class: "group-title" }, t("room.title")),
  );
  const line = element("div", { class: "field" });
  box.append(line);
  const show = async () => {
    const now = await room();
    line.replaceChildren(
      notice(
        now.isLow ? "bad" : now.persisted ? "good" : "warn",
        element(
          "p",
          {},
          now.free === null
            ? t("room.unknown")
            : t("room.free", { free: size(now.free), used: size(now.used) }),
        ),
        element("p", {}, t(now.persisted ? "room.kept" : "room.not_kept")),
      ),
    );
    if (!now.persisted)
      line.append(
        button(t("room.ask"), async () => {
          await app.askToPersist();
          await show();
        }),
      );
  };
  show();
  return box;
}
