// A camera: what is known of it, and a check of it.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { button, choice, textField } from "../parts.js";
import { Photos } from "../photos.js";
import { quickFix } from "../samples.js";
import { draftWith, footOf, leaveForm } from "./form.js";

export function cameraCard(app, { id }) {
  const one = app.ground.camera(id);
  const fact = (name, value) => (value ? [element("dt", {}, t(name)), element("dd", {}, value)] : []);
  const check = async () => {
    const draft = await app.outbox.draft("camera", "check", {
      serverId: one.id,
      baseRev: one.rev,
      formVersion: app.ground.forms.version,
      // What one finds is told also where it is as it was.
      values: { state: one.state },
    });
    app.open("camera", { id: draft });
  };
  return {
    title: one.name || t("camera.title"),
    size: "half",
    body: element(
      "div",
      {},
      element(
        "dl",
        { class: "facts" },
        ...fact("camera.state", app.ground.forms.wordOf("camera_states", one.state)),
        ...fact("camera.checked", one.checked_on),
        ...fact("camera.owner", t(`camera.${one.owner === "home" ? "home" : "public"}`)),
      ),
    ),
    foot: app.may("camera_check")
      ? button(t("camera.check"), check, { kind: "primary", iconName: "clipboard-check", id: "check" })
      : null,
    onShow: () => app.map.goTo(one.place, { cover: app.cover }),
  };
}

export async function camera(app, { id }) {
  const row = await app.outbox.get(id);
  const { draft, head } = draftWith(app, row);
  const photos = new Photos(app, draft);
  return {
    title: t("camera.check"),
    size: "half",
    isForm: true,
    body: element(
      "div",
      {},
      head,
      choice(t("camera.found"), app.ground.forms.options("camera_states"), draft.values.state, (state) =>
        draft.set("state", state),
      ),
      textField(t("camera.reason"), draft.values.reason, (value) => draft.set("reason", value || undefined), {
        rows: 2,
        maxlength: 200,
      }),
      photos.element,
    ),
    foot: footOf(app, draft, {
      check: () => (draft.values.state ? null : t("camera.choose")),
      before: async () => {
        const fix = await quickFix(app.position);
        if (fix) draft.setPosition({ fix });
      },
    }),
    onClose: () => {
      photos.stop();
      return leaveForm(app, draft);
    },
  };
}
