// What the page says in passing, and what it asks: toasts, lost connection, lost session.

import { onConnection, onSignedOut, request } from "../net/http.js";
import { byId, element, icon } from "./dom.js";
import { t } from "./texts.js";

/** Say something for a moment (`ms`); errors stay until they are closed. */
export function say(text, { isError = false, ms = 6000 } = {}) {
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
  if (!isError) setTimeout(() => note.remove(), ms);
}

/** The sentence for a failed request. */
export function sentenceOf(error) {
  if (error.status === 0) return t("error.offline");
  if (error.status === 401) return t("error.signed_out");
  if (error.status === 503) return t("error.busy");
  return error.message || t("error.server");
}

/** A failed request as a line with a button that asks again. */
export function troubleLine(error, onRetry) {
  return element(
    "p",
    { class: "load-error", role: "alert" },
    element("span", {}, sentenceOf(error)),
    element("button", { type: "button", class: "btn btn-sm", onclick: onRetry }, t("retry")),
  );
}

const PROBE_MS = 5000;

/**
 * Show a bar while the server can't be reached, and a dialogue when the session has ended.
 * Meanwhile `healthUrl` is asked now and then; `onBack()` once it answers.
 */
export function watchConnection(healthUrl, onBack) {
  const bar = byId("offline");
  let probe = null;
  const ask = () => request(healthUrl, { cache: "no-store" }, { retries: 0 }).catch(() => {});
  const show = (isConnected) => {
    if (isConnected === bar.hidden) return;
    bar.hidden = isConnected;
    clearInterval(probe);
    if (isConnected) onBack();
    else probe = setInterval(ask, PROBE_MS);
  };
  onConnection(show);
  addEventListener("online", ask);
  addEventListener("offline", () => show(false));
  show(navigator.onLine);
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
  // A lost connection has a bar of its own.
  line.hidden = error === null || error.status === 0;
  if (!line.hidden) byId("map-trouble-text").textContent = sentenceOf(error);
}
