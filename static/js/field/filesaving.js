// The rescue file: the whole outbox as one file that the person keeps elsewhere.

import { rescue } from "../offline/rescue.js";
import { t } from "../ui/texts.js";
import { trouble } from "./words.js";

/** Write it and hand it over; true when it was handed over. */
export async function save(app) {
  try {
    const { name, blob } = rescue(app.outbox, app.originals);
    give(new File([await blob()], name, { type: "application/zip" }));
    app.say(t("rescue.done", { name }));
    return true;
  } catch (error) {
    app.say(trouble(error), { isError: true });
    return false;
  }
}

/** A download, as every browser knows it. */
export function give(file) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
