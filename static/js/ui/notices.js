// What the page says in passing, and what it asks: toasts, lost connection, lost session.

import { onSignedOut } from "../net/http.js";
import { byId, element, icon } from "./dom.js";
import { t } from "./texts.js";

/** Say something for a moment; errors stay until they are closed. */
export function say(text, { isError = false } = {}) {
  const box = byId("notices");
  const close = element(
    "button",
    { type: "button", class: "icon-button", "aria-label": t("close"), onclick: () => note.remove() },
    icon("x"),
  );
  const note = element(
    "div",
    { class: isError ? "notice is-error" : "notice", role: isError ? "alert" : "status" },
    text,
    close,
  );
  for (const old of box.querySelectorAll(".notice")) if (old.firstChild.data === text) old.remove();
  box.append(note);
  if (!isError) setTimeout(() => note.remove(), 6000);
}

/** The sentence for a failed request. */
export function sentenceOf(error) {
  if (error.status === 0) return t("error.offline");
  if (error.status === 401) return t("error.signed_out");
  if (error.status === 503) return t("error.busy");
  return error.message || t("error.server");
}

/** Show a bar while there is no connection, and a dialogue when the session has ended. */
export function watchConnection(onBack) {
  const bar = byId("offline");
  const show = () => {
    bar.hidden = navigator.onLine;
    if (navigator.onLine) onBack();
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  bar.hidden = navigator.onLine;
  onSignedOut(() => {
    const dialog = byId("signed-out");
    // The address with the whole view comes back after signing in.
    byId("signed-out-link").href =
      `${dialog.dataset.login}?next=${encodeURIComponent(location.pathname + location.hash)}`;
    if (!dialog.open) dialog.showModal();
  });
}

let slow = null;

/** A bar for what takes longer than a second. */
export function showProgress(isDone) {
  clearTimeout(slow);
  if (isDone) byId("map-progress").hidden = true;
  else
    slow = setTimeout(() => {
      byId("map-progress").hidden = false;
    }, 1000);
}

/** The map's own trouble: shown as one line at its edge until tiles come again. */
export function mapTrouble(error) {
  const line = byId("map-trouble");
  line.hidden = error === null;
  if (error) byId("map-trouble-text").textContent = sentenceOf(error);
}
