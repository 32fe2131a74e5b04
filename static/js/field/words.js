// What the page says of records: their titles, states and troubles in plain words.

import { t } from "../ui/texts.js";

// State → [tone of its chip, icon].
export const TONES = {
  draft: ["quiet", "pencil"],
  sealed: ["wait", "clock"],
  sending: ["wait", "upload"],
  received: ["wait", "clock"],
  applied: ["good", "circle-check"],
  duplicate: ["good", "circle-check"],
  conflict: ["warn", "arrows-join"],
  held: ["warn", "clock"],
  refused: ["bad", "alert-circle"],
};

export const stateWord = (state) => t(`state.${state}`);

/** What an operation is, such as "Incident" or "Household: visit". */
export const kindWord = ({ entity, action }) => t(`kind.${entity}_${action}`);

export const ICONS = {
  incident: "flag",
  household: "home",
  camera: "camera",
  run: "route",
};

/** The short words of what it is about. */
export function titleOf(row, ground) {
  const { entity, values, serverId } = row;
  if (entity === "incident" && row.action === "create") return incidentTitle(values, ground);
  if (entity === "household") {
    const known = serverId ? ground.household(serverId) : null;
    return values.head_name || known?.head || values.address || known?.address || t("household.new");
  }
  if (entity === "camera") return ground.camera(serverId)?.name ?? "";
  if (entity === "incident") return ground.incident(serverId)?.number ?? "";
  if (row.action === "track") return t("patrol.points", { n: values.points?.length ?? 0 });
  return ground.route(values.route)?.name ?? values.text ?? "";
}

// So much of a text stands in a title.
const MOST_LETTERS = 24;

/** Its category, as far as it is known here (not on a tablet without a pack), and how its text begins. */
function incidentTitle({ category, what = "" }, ground) {
  const label = category ? ground.forms.category(category).label : t("incident.no_category");
  const text = what.trim();
  const words = text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
  return [label, words === label ? "" : words].filter(Boolean).join(" · ");
}

const two = (number) => String(number).padStart(2, "0");

/** 2026-11-25 09:12; only the time where it is today. */
export function when(value) {
  const at = new Date(value);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return at.toDateString() === new Date().toDateString() ? time : `${day} ${time}`;
}

/** Bytes as people say them. */
export function size(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  const mb = bytes / 1024 / 1024;
  return mb < 1024 ? `${mb.toFixed(mb < 10 ? 1 : 0)} MB` : `${(mb / 1024).toFixed(1)} GB`;
}

export function distance(metres) {
  return metres < 1000
    ? t("distance.m", { n: Math.round(metres) })
    : t("distance.km", { n: (metres / 1000).toFixed(metres < 10_000 ? 1 : 0) });
}

const CALLS = {
  Paused: "trouble.token",
  Revoked: "trouble.revoked",
  StorageFull: "trouble.full_here",
  NotEnrolled: "trouble.token",
  NoCrypto: "trouble.crypto",
  NothingChanged: "trouble.nothing",
  NotADraft: "trouble.sealed",
  NotHere: "trouble.gone",
  BadRescue: "trouble.rescue",
  OtherPerson: "trouble.other_person",
  Unreadable: "trouble.unreadable",
  PatrolElsewhere: "patrol.elsewhere",
  EmptyPhoto: "trouble.empty_photo",
  NotMade: "trouble.photo_not_made",
};

/** The sentence for what was thrown; the server's own where it said no. */
export function trouble(error) {
  if (error?.name === "Refused") return error.message || t("trouble.server");
  if (error?.name === "Later") {
    if (["busy", "limited", "error"].includes(error.reason)) return t("trouble.busy");
    return t(error.reason === "full" ? "trouble.full_there" : "trouble.offline");
  }
  return t(CALLS[error?.name] ?? "trouble.other", { what: error?.message ?? "" });
}
