// The rescue file: the whole outbox as one file that the person keeps elsewhere, sealed for the server, and its way back.

import { Later, Refused } from "../offline/api.js";
import { rescue } from "../offline/rescue.js";
import { restore } from "../offline/restore.js";
import { headerOf, sealed, unsealed } from "../offline/sealing.js";
import { element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { trouble } from "./words.js";

/** Write it and hand it over; true when it was handed over. */
export async function save(app) {
  try {
    const zip = rescue(app.outbox, app.originals);
    const about = { key: app.config.rescueKey, device: await app.device.id() };
    const parts = [];
    // A blob each: browsers lay large blobs on the disk, while bytes would stay in memory.
    for await (const piece of sealed(zip, about)) parts.push(new Blob([piece]));
    const name = zip.name.replace(/zip$/, "sealed");
    give(new File(parts, name, { type: "application/octet-stream" }));
    app.say(t("rescue.done", { name }));
    return true;
  } catch (error) {
    app.say(trouble(error), { isError: true });
    return false;
  }
}

/** A download, as every browser knows it. */
function give(file) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// Chosen before the tablet was linked: only a linked one is told what opens it.
let waiting = null;

/** A button that takes a rescue file in, and the line that says what came of it. */
export function restorePicker(app) {
  const line = element("p", { class: "hint", role: "status" }, waiting ? t("rescue.after_link") : "");
  const input = element("input", { type: "file", id: "restore", "aria-label": t("rescue.choose") });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    // The same one may be chosen again, with a connection.
    input.value = "";
    try {
      line.textContent = await takeIn(app, file);
    } catch (error) {
      line.textContent = trouble(error);
    }
  });
  return element(
    "div",
    { class: "field" },
    element(
      "label",
      { class: "button file-button" },
      icon("upload"),
      element("span", {}, t("rescue.choose")),
      input,
    ),
    line,
  );
}

/** The tablet is linked: what was chosen before that. */
export async function takeInWaiting(app) {
  const file = waiting;
  if (!file) return;
  try {
    app.say(await takeIn(app, file));
  } catch (error) {
    app.failed(error);
  }
}

/** Take it in; answers what to say of it. */
async function takeIn(app, file) {
  const header = await headerOf(file);
  waiting = null;
  if (header && !(await app.device.me())) {
    waiting = file;
    // It goes on as the tablet that it was, with its count of operations.
    await app.device.recall({ device: header.device });
    return t("rescue.after_link");
  }
  try {
    const zip = header ? await unsealed(file, (await app.api.rescueSecret(header)).secret) : file;
    return t("rescue.restored", { n: (await restore(zip, app.outbox)).records });
  } catch (error) {
    if (error instanceof Later) return t("rescue.no_server");
    if (error instanceof Refused && error.status === 404) return t("rescue.not_yours");
    throw error;
  }
}
