// How the sending stands, in one sentence.

import { n, t } from "../ui/texts.js";
import { when } from "./words.js";

/** `{tone, text, short}`; the short one stands in the button over the map. */
export async function senderLine(app) {
  const { phase, reason, nextAt } = app.sender.state;
  const counts = await app.outbox.counts();
  const waiting = counts.sealed + counts.sending + counts.received;
  const photos = counts.photos.open;
  const left = { n: waiting, m: photos };
  if (phase === "revoked") return { tone: "bad", text: t("trouble.revoked"), short: t("send.stopped") };
  if (phase === "paused") return { tone: "bad", text: t("trouble.token"), short: t("send.stopped") };
  if (counts.refused && counts.unsent > waiting + counts.draft)
    return { tone: "bad", text: t("send.refused", { n: counts.refused }), short: t("send.refused_short") };
  if (counts.photos.refused)
    return {
      tone: "bad",
      text: t("send.photos_refused", { n: counts.photos.refused }),
      short: t("send.photos_refused_short"),
    };
  if (waiting + photos === 0) return { tone: "good", text: t("send.all_there"), short: t("send.all_short") };
  if (phase === "sending")
    return { tone: "info", text: t("send.sending", left), short: t("send.sending_short", { n: n(waiting) }) };
  if (phase === "elsewhere")
    return { tone: "info", text: t("send.elsewhere", left), short: t("send.waits_short", { n: n(waiting) }) };
  const why = reasonOf(reason);
  const text = `${t("send.waits", left)}${why ? ` ${why}` : ""}${nextAt ? ` ${t("send.again", { at: when(nextAt) })}` : ""}`;
  return { tone: "info", text, short: t("send.waits_short", { n: n(waiting || photos) }) };
}

function reasonOf(reason) {
  if (["network", "timeout", "foreign", "garbled"].includes(reason)) return t("trouble.offline");
  if (["busy", "limited", "error"].includes(reason)) return t("trouble.busy");
  if (reason === "full") return t("trouble.full_there");
  return reason === "storage_full" ? t("trouble.full_here") : "";
}
