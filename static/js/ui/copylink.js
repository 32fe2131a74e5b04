// A link to just this view, for whoever is to look at the same.

import { byId, element } from "./dom.js";
import { say } from "./notices.js";
import { t } from "./texts.js";

/** `view` is in the address already: the address is the link. */
export function startCopyLink() {
  byId("copy-link").addEventListener("click", async () => {
    const isDone = await copy(location.href);
    say(t(isDone ? "link.copied" : "link.failed"), { isError: !isDone });
  });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused, or a plain http address in the office's network: the old way.
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const field = element("textarea", { class: "visually-hidden", "aria-hidden": "true", tabindex: "-1" });
  field.value = text;
  document.body.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  return isDone;
}
