// A tablet in a thread of its own (so that nothing is shared but the server): the real outbox and sender, a clock that is
// wrong, pages that are killed. Tells its parent of everything that it has sealed and of every final word that it has got.

import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { IDBFactory } from "fake-indexeddb";
import { CallError } from "../../static/js/offline/api.js";
import { canonical } from "../../static/js/offline/operation.js";
import { rescue, restore } from "../../static/js/offline/rescue.js";
import { STATES } from "../../static/js/offline/states.js";
import { Photos } from "./photos.js";
import { dice, Script } from "./script.js";
import { openTab } from "./tab.js";

const { number, seed, quota, base, offsetMs, villages, elsewhere, mayNote, route, codes, pictures } =
  workerData;
const SPEED = 20;
// So much may wait to be sent; a tablet that is a day behind is another test's.
const BACKLOG = 60;
const DAY_MS = 24 * 3600 * 1000;
const DECADE_MS = 3652 * DAY_MS;
const JUMPS = [0, 2 * DAY_MS, -2 * DAY_MS, 3 * DECADE_MS, -2 * DECADE_MS];

const random = dice(seed * 1000 + number);
const disk = new IDBFactory();
const photos = new Photos(pictures, random, number);
const script = new Script({ random, number, villages, elsewhere, mayNote, route });
const tell = (event, more = {}) => parentPort.postMessage({ tablet: number, event, ...more });

let offset = offsetMs;
const now = () => Date.now() + offset + Math.floor(performance.now() * (SPEED - 1));
/** What was sealed and has no final word yet, that was told; and all that was told as sealed. */
const open = new Map();
const journaled = new Set();
let tab = null;
let asksForCode = false;
let sealed = 0;
let isSettling = false;
let isRevoked = false;

/** Work on the page; where the page was killed meanwhile, with the next one. */
async function page(work) {
  for (;;) {
    const mine = tab;
    try {
      return await work(mine);
    } catch (error) {
      if (mine === tab && !mine.isDead) throw error;
      while (tab.isDead) await pause(5);
      // Not again: what was cut off may have been done.
      return null;
    }
  }
}

async function begin(file = null) {
  const own = await openTab({ name: `tablet-${number}`, disk, base, now, speed: SPEED, random });
  own.sender.addEventListener("change", ({ detail }) => {
    if (own.isDead) return;
    if (detail.phase === "paused") wantCode();
    if (detail.phase === "revoked") isRevoked = true;
    if (detail.reason === "device") tell("fault", { message: `sender: ${detail.message}` });
  });
  tab = own;
  if (file) {
    const { problems } = await restore(file, own.outbox);
    if (problems.length > 0) tell("fault", { message: `rescue file: ${JSON.stringify(problems)}` });
  }
  await recover();
  own.sender.start();
}

/** What a killed page has left: drafts are finished, and what it had sealed is told of. */
async function recover() {
  const rows = await tab.store.records.toArray();
  for (const row of rows.filter(({ state }) => state === "draft"))
    await seal(tab, row.id).catch(dropped(row));
  for (const row of await tab.store.records.toArray()) {
    if (row.state !== "draft" && !journaled.has(row.id)) journal(await tab.outbox.operation(row));
  }
}

const dropped = (row) => async (error) => {
  if (error.name !== "NothingChanged") throw error;
  await tab.outbox.discard(row.id);
};

async function seal(own, id) {
  journal(await own.outbox.seal(id));
}

function journal(operation) {
  if (journaled.has(operation.op_id)) return;
  journaled.add(operation.op_id);
  open.set(operation.op_id, "");
  sealed++;
  tell("sealed", { operation });
}

function wantCode() {
  if (asksForCode) return;
  asksForCode = true;
  tell("code wanted");
}

async function enrol(code) {
  // Killed meanwhile, it has failed as it should, whichever page is open by then.
  const own = tab;
  try {
    await own.device.enrol(own.api, code, `平板 ${number}`);
    asksForCode = false;
    own.sender.kick();
  } catch (error) {
    asksForCode = false;
    // The answer may be lost while the code is used: another one is needed.
    if (!(error instanceof CallError) && !own.isDead) fail("enrol")(error);
    await pause(100);
    wantCode();
  }
}

async function operate(own) {
  const made = await script.next((entity) => own.pack.records(entity));
  if (!made) return;
  const { entity, action, about, photos: count = 0 } = made;
  const { values, ...rest } = about;
  const id = await own.outbox.draft(entity, action, rest);
  await own.outbox.save(id, values);
  for (let i = 0; i < count; i++)
    await own.outbox.addPhoto(id, photos.next(), { name: "p.jpg", type: "image/jpeg" });
  try {
    await seal(own, id);
  } catch (error) {
    if (error.name !== "NothingChanged") throw error;
    await own.outbox.discard(id);
  }
  const row = await own.store.records.get(id);
  if (row && ["create", "start"].includes(action)) script.remember(entity, row.record);
}

/** Tell of what has a final word; correct what was refused for its category. */
async function sweep(own) {
  const ids = [...open.keys()];
  const rows = await own.store.records.bulkGet(ids);
  for (const [at, row] of rows.entries()) {
    if (!row) {
      tell("fault", { message: `operation ${ids[at]} is no longer on the tablet` });
      open.delete(ids[at]);
      continue;
    }
    if (!STATES[row.state].final) continue;
    const parts = await own.store.attachments.where("op").equals(row.id).toArray();
    const isOver = row.state !== "held" && (row.state === "refused" || row.completeAt);
    const word = `${row.state} ${parts.map(({ state }) => state)}`;
    if (open.get(row.id) !== word) {
      const { receipt } = await own.outbox.get(row.id);
      const { code, message } = receipt;
      const kept = parts.map(({ id, state }) => ({ id, state }));
      tell("final", { id: row.id, state: row.state, serverId: row.serverId, code, message, photos: kept });
      open.set(row.id, word);
    }
    if (isOver) open.delete(row.id);
    if (row.state === "refused" && row.action === "create" && !row.correctedBy) await correct(own, row.id);
  }
}

async function correct(own, id) {
  const draft = await own.outbox.correct(id);
  await own.outbox.save(draft, { category: "drain" });
  await seal(own, draft);
}

async function refresh(own) {
  try {
    await own.pack.take(codes);
    script.refreshed();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    // Where there is nothing to send, this call is the first to hear of it.
    if (error.name === "Paused") wantCode();
    if (error.name === "Revoked") isRevoked = true;
  }
}

/** Somebody has revoked the tablet: the rescue file is made, everything is wiped, another tablet takes the file in. */
async function moveOut() {
  isRevoked = false;
  await tab.sender.stop();
  await sweep(tab);
  const file = await rescue(tab.outbox).blob();
  await tab.device.wipe({ offered: true });
  tab.kill();
  await begin(file);
  tell("moved");
  asksForCode = false;
  wantCode();
  while (!(await page((own) => own.device.token()))) await pause(50);
  await page(refresh);
}

async function killPage() {
  await pause(random() * 40);
  tab.kill();
  // Some come back with the clock put right, or wrong.
  if (random() < 0.3) offset = JUMPS[Math.floor(random() * JUMPS.length)];
  await pause(random() * 100);
  await begin();
}

async function work() {
  wantCode();
  while (!(await page((own) => own.device.token()))) await pause(50);
  while (!(await page((own) => own.pack.records("household")))?.length) {
    await page(refresh);
    if (isRevoked) await moveOut();
    await pause(100);
  }
  for (let round = 1; sealed < quota; round++) {
    const counts = await page((own) => own.outbox.counts());
    if (!counts || counts.sealed + counts.sending + counts.received > BACKLOG) {
      await pause(30);
    } else {
      for (let i = 1 + random() * 12; i > 0 && sealed < quota; i--) await page(operate);
    }
    if (random() < 0.04) await page(refresh);
    if (isRevoked) await moveOut();
    else if (random() < 0.03) await killPage();
    // What has had its last word before was told, and may go as it would a week later.
    const before = now();
    await page(sweep);
    if (round % 20 === 0) await page((own) => own.outbox.forget(before + 7 * DAY_MS - 1));
  }
  tell("done");
  // Others still work: the line stays bad, and what is said of the last ones is told as it comes.
  while (!isSettling) {
    if (isRevoked) await moveOut();
    await page(sweep);
    await pause(200);
  }
}

/** Until everything has its final word, and what is held was settled. */
async function settle() {
  isSettling = true;
  // One hand on the tablet: a page that moves to another tablet must not be told to send meanwhile.
  await working;
  for (let round = 0; ; round++) {
    if (isRevoked) await moveOut();
    await page(sweep);
    const counts = await page((own) => own.outbox.counts());
    const { draft, sealed: waits, sending, received, held, photos: parts } = counts;
    const left = { draft, sealed: waits, sending, received, photos: parts.open, held: round < 60 ? held : 0 };
    if (Object.values(left).every((count) => count === 0)) break;
    if (round % 50 === 49) tell("waits", { left, sender: tab.sender.state });
    // Half an hour later: what is held is asked for again.
    if (round % 5 === 0) offset += 1_800_000;
    await page((own) => own.sender.kick());
    await pause(200);
  }
  tell("settled", { counts: await tab.outbox.counts() });
}

/** What the tablet holds, now that nobody does anything any more. */
async function compare() {
  let differing = null;
  // The feed tells what is older than every transaction at work: a little later it tells all.
  for (let round = 0; differing === null || (differing.length > 0 && round < 20); round++) {
    if (round > 0) await pause(500);
    differing = await followed();
  }
  const rows = async (entity) => (await tab.pack.records(entity)).filter(({ gone }) => !gone);
  const homes = (await rows("household")).map(({ id, rev, address, note }) => [id, rev, address, note]);
  const incidents = (await rows("incident")).map(({ id, rev }) => [id, rev]);
  tell("mirrored", { differing, homes, incidents });
}

/** The differences after one more refresh; null where that was not possible, such as with a token that has ended. */
async function followed() {
  try {
    await tab.pack.take(codes);
    return await differences(tab);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.name === "Paused") wantCode();
    if (error.name === "Revoked") await moveOut();
    return null;
  }
}

/** What was taken along and followed by cursor against what a tablet would get that begins now. */
async function differences(own) {
  const found = [];
  const fresh = new Map();
  for (const code of codes) {
    for (let cursor = "", more = true; more; ) {
      const answer = await own.api.pull({ areas: [code], cursor });
      for (const [entity, rows] of Object.entries(answer.changes))
        for (const row of rows) fresh.set(`${entity} ${row.id}`, canonical(row));
      ({ cursor, more } = answer);
    }
  }
  for (const entity of ["grid", "household", "incident", "camera", "route"]) {
    for (const record of await own.pack.records(entity)) {
      if (record.gone) continue;
      const key = `${entity} ${record.id}`;
      if (fresh.get(key) !== canonical(record)) found.push(key);
      fresh.delete(key);
    }
  }
  return [...found, ...fresh.keys()];
}

// Those of the database have no stack.
const fail = (name) => (error) => tell("fault", { message: `${name}: ${error.stack ?? error}` });
parentPort.on("message", (message) => {
  if (message.do === "enrol") enrol(message.code);
  if (message.do === "settle") settle().catch(fail("settle"));
  if (message.do === "compare") compare().catch(fail("compare"));
  if (message.do === "finish") sealed = Math.max(sealed, quota);
});
await begin();
const working = work().catch(fail("work"));
