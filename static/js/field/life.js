// How the page lives: begins with what is there, brings what waits, hears that the token has ended, and
// goes away with everything when it must.

import { askPersist, room } from "../offline/room.js";
import { openConflicts } from "../offline/states.js";
import { byId } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { Base } from "./base.js";
import { isInstalled, watchInstalling } from "./installing.js";
import { notice } from "./parts.js";
import { restorePicker, takeInWaiting } from "./rescuing.js";
import { revoke, showRevoked, WIPED } from "./revoking.js";
import { welcome } from "./screens/enrol.js";
import { beginHousehold } from "./screens/household.js";
import { begin as beginIncident } from "./screens/incident.js";
import { Updates } from "./updates.js";

const WORKER = "/field/sw.js";
const DAY_MS = 24 * 3600 * 1000;
const CLOCK_MS = 30_000;

export async function begin(app) {
  app.base = new Base(app);
  addActions(app);
  if (await app.device.isRevoked()) {
    await showRevoked(app);
    return;
  }
  watchInstalling(() => showInstall(app));
  const updating = startUpdates(app);
  const code = codeInAddress();
  const me = await app.device.me();
  if (!me || code) await introduce(app, code);
  await app.begun();
  await takeInWaiting(app);
  byId("page").dataset.ready = "true";
  performance.mark("ready");
  app.drawn.then(() => performance.mark("drawn"));
  if (!(await updating)) app.chrome.line("no-worker", { text: t("worker.none"), tone: "bad" });
}

/** `#enrol=CODE`, which then goes from the address: it must not stand in any history. */
function codeInAddress() {
  const code = new URLSearchParams(location.hash.slice(1)).get("enrol") ?? "";
  if (code) history.replaceState(null, "", location.pathname);
  return code;
}

/** The first page, until the tablet is enrolled. */
function introduce(app, code) {
  return new Promise((resolve) => {
    const show = () => {
      byId("welcome")?.remove();
      byId("page").append(
        welcome(app, {
          code,
          onDone: async () => {
            byId("welcome").remove();
            app.onLanguage = null;
            resolve();
          },
        }),
      );
      if (location.hash === WIPED) byId("welcome").prepend(notice("bad", t("revoked.wiped")));
      byId("page").dataset.ready = "true";
    };
    app.onLanguage = show;
    show();
    if (code) byId("enrol").click();
  });
}

async function startUpdates(app) {
  app.updates = new Updates({
    isBusy: () => app.isBusy || app.isSending,
    onReady: () =>
      app.chrome.line("update", {
        text: t("update.ready"),
        tone: "warn",
        word: t("update.go"),
        onclick: async () => {
          const why = await app.putOn();
          if (why) app.say(why);
        },
      }),
  });
  let isWanted = false;
  app.putOn = async () => {
    // What is being sent is waited for, not broken off.
    isWanted = app.isSending && !app.isBusy;
    const busy = isWanted ? "update.after_sending" : "update.busy";
    const why = { busy, elsewhere: "update.elsewhere" }[await app.updates.switch()];
    return why ? t(why) : "";
  };
  app.sender.addEventListener("change", ({ detail: { phase } }) => {
    if (isWanted && phase !== "sending") app.putOn();
  });
  try {
    const hasWorker = await app.updates.start(WORKER);
    // A cold start is the one moment when nobody is in the middle of anything.
    const counts = await app.outbox.counts();
    const patrol = await app.store.settings.get("patrol");
    if (hasWorker && app.updates.isWaiting && counts.draft === 0 && !patrol) await app.updates.switch();
    return hasWorker;
  } catch {
    return Boolean(navigator.serviceWorker?.controller);
  }
}

function addActions(app) {
  app.beginIncident = (params) => beginIncident(app, params).catch((error) => app.failed(error));
  app.beginHousehold = (params) => beginHousehold(app, params).catch((error) => app.failed(error));
  app.basemapPart = () => app.base.part();
  app.take = async (codes, onProgress) => {
    await askPersist();
    await app.pack.take(codes, { onProgress });
    await app.showGround({ isFirst: true });
  };
  app.refresh = async (onProgress) => {
    await app.pack.refresh({ onProgress });
    await app.showGround();
  };
  app.drop = async (code) => {
    await app.pack.drop(code);
    await app.showGround();
  };
  app.roomMayBeLow = () => showRoom(app);
  app.restorePicker = () => restorePicker(app);
  app.conflictsKnown = (count) => app.chrome.badge("conflicts", count, count > 0);
  app.receiptConflicts = () => receiptConflicts(app);
  app.leave = async () => {
    // The server forgets the token if it can be reached; here all goes in any case.
    await app.api.leave().catch(() => {});
    await app.wipe();
  };
  app.wipe = (mark) => wipe(app, mark);
  app.begun = () => begun(app);
}

let isListening = false;

/** What is done at every start and after a new code: in the end the page can be used. */
async function begun(app) {
  if (!isListening) listen(app);
  isListening = true;
  await app.learnPermissions();
  await app.showGround({ isFirst: true });
  await app.patrolling.resume();
  app.drawn.then(() => tidy(app)).catch((error) => app.failed(error));
}

/** What has time until the map stands. */
async function tidy(app) {
  app.sender.start();
  app.refreshNowAndThen();
  lookAtServer(app);
  showInstall(app);
  showRoom(app);
  await app.base.show().catch((error) => app.failed(error));
  await app.outbox.forget();
  await app.originals.tidy();
}

function listen(app) {
  let conflictRows = 0;
  const show = () => app.chrome.showSending();
  let timer = null;
  app.outbox.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      show();
      app.mine.load();
      const { conflict } = await app.outbox.counts();
      if (conflict !== conflictRows) countConflicts(app);
      conflictRows = conflict;
    }, 120);
  });
  app.outbox.addEventListener("wiped", () => location.reload());
  app.sender.addEventListener("change", ({ detail: { phase } }) => {
    show();
    if (phase === "paused")
      app.chrome.line("token", {
        text: t("trouble.token"),
        tone: "bad",
        word: t("device.scan_again"),
        onclick: () => app.open("enrol", {}),
      });
    else app.chrome.line("token", null);
    if (phase === "revoked") revoke(app).catch((error) => app.failed(error));
    if (phase === "idle") app.originals.tidy().catch(() => {});
  });
  addEventListener("online", () => lookAtServer(app));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") app.sender.kick();
    lookAtClock(app);
  });
  setInterval(() => lookAtClock(app), CLOCK_MS);
}

/** A database that can't be written is told of where work is lost by it. */
function lookAtClock(app) {
  app.outbox.clock.look().catch(() => {});
}

/** Who am I, what has changed; silent where there is no connection. */
async function lookAtServer(app) {
  try {
    const { server_time: time } = await app.device.refresh(app.api);
    await app.outbox.clock.hear(time);
  } catch (error) {
    if (error.name === "Revoked") await revoke(app);
    if (error.name === "Paused")
      app.chrome.line("token", {
        text: t("trouble.token"),
        tone: "bad",
        word: t("device.scan_again"),
        onclick: () => app.open("enrol", {}),
      });
    return;
  }
  await app.learnPermissions();
  warnOfEnd(app);
  app.refreshSoon(500);
  countConflicts(app);
}

async function warnOfEnd(app) {
  const me = await app.device.me();
  const left = Date.parse(me?.expires_at ?? "") - Date.now();
  if (left < 7 * DAY_MS)
    app.chrome.line("ends", { text: t("device.ends", { day: me.expires_at.slice(0, 10) }), tone: "warn" });
}

async function receiptConflicts(app) {
  const rows = await app.outbox.rows({ state: "conflict", limit: 200 });
  return rows.flatMap((row) =>
    openConflicts(row.receipt).map((one) => ({
      ...one,
      id: null,
      entity: row.entity,
      label: t(`field.${one.field.startsWith("tag:") ? "tag" : one.field}`),
      title: app.ground.record(row.entity, row.serverId)?.address ?? "",
      place: app.ground.record(row.entity, row.serverId)?.place ?? null,
      made_at: row.sealedAt,
    })),
  );
}

async function countConflicts(app) {
  try {
    app.conflictsKnown((await app.api.conflicts()).conflicts.filter(({ open }) => open !== false).length);
  } catch {
    app.conflictsKnown((await receiptConflicts(app)).length);
  }
}

async function showRoom(app) {
  const now = await room();
  app.chrome.line(
    "room",
    now.low
      ? { text: t("room.low"), tone: "bad", word: t("room.title"), onclick: () => app.open("takealong") }
      : null,
  );
}

function showInstall(app) {
  const isWanted = !isInstalled() && navigator.maxTouchPoints > 0 && app.ground.grids.length > 0;
  app.chrome.line(
    "install",
    isWanted
      ? { text: t("install.short"), tone: "warn", word: t("install.how"), onclick: () => app.open("more") }
      : null,
  );
}

/** Nothing of anybody stays; `mark` is what the page shall say when it begins anew. */
async function wipe(app, mark = "") {
  await app.sender.stop();
  app.outbox.close();
  await app.device.wipe({ offered: true });
  await app.originals.wipe();
  location.replace(location.pathname + mark);
  if (mark) location.reload();
}
