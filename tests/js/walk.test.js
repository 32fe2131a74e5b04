// Random days in the field, the same ones at each run: whatever is typed, torn, closed and lost on the way, in the end the
// server has everything once, and at no step does the tablet claim more than the server knows.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { canonical } from "../../static/js/offline/operation.js";
import { NotADraft } from "../../static/js/offline/outbox.js";
import { STATES } from "../../static/js/offline/states.js";
import { FieldServer } from "./fieldserver.js";
import { browser, picture, settle } from "./tablet.js";

const DAYS = 8;
const STEPS = 45;
const FAULTS = ["drop", "lose", "double", "truncate", "portal", 500, 503, 507, 413, 429];
const OUTCOMES = ["applied", "applied", "applied", "duplicate", "conflict", "held", "rejected", "received"];

/** Numbers below `n`, from a seed (mulberry32). */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) % n;
  };
}

class Day {
  /** draft id → what was saved; op_id → what was sealed; attachment id → SHA-256. */
  drafts = new Map();
  sealed = new Map();
  photos = new Map();

  constructor(seed) {
    this.roll = dice(seed);
    this.server = new FieldServer();
    this.own = browser(this.server);
    this.server.judge = () => OUTCOMES[this.roll(OUTCOMES.length)];
  }

  pick = (list) => list[this.roll(list.length)];

  async begin() {
    this.tabs = [await this.own.open(), await this.own.open()];
    const [{ device, api }] = this.tabs;
    await device.enrol(api, "CODE", "平板");
    this.server.fault = () => (this.roll(4) === 0 ? this.pick(FAULTS) : null);
  }

  async step() {
    const tab = this.pick(this.tabs);
    const draft = this.pick([...this.drafts.keys()]);
    const act = this.pick([
      "draft",
      "draft",
      "save",
      "save",
      "photo",
      "seal",
      "seal",
      "send",
      "send",
      "close",
      "end",
      "time",
      "correct",
      "tear",
    ]);
    if (act === "draft") await this.draft(tab);
    else if (act === "save" && draft) await this.save(tab, draft);
    else if (act === "photo" && draft) await this.photo(tab, draft);
    else if (act === "seal" && draft) await this.seal(tab, draft);
    else if (act === "send") await Promise.all(this.tabs.map(({ sender }) => sender.run()));
    else if (act === "close") await this.reopen(tab);
    else if (act === "end") await this.endToken(tab);
    else if (act === "time") this.own.clock.ms += this.roll(20) * 60_000;
    else if (act === "correct") await this.correct(tab);
    else if (act === "tear") this.server.cut = 1 + this.roll(500);
  }

  async draft(tab) {
    const id = await tab.outbox.draft("household", "visit", { serverId: this.roll(9) });
    this.drafts.set(id, {});
  }

  async save(tab, id) {
    const values = { [this.pick(["text", "note"])]: `${this.roll(1e6)}` };
    Object.assign(this.drafts.get(id), values);
    await tab.outbox.save(id, values);
  }

  async photo(tab, id) {
    const bytes = picture(1 + this.roll(2000), this.roll(1e6));
    const photo = await tab.outbox.addPhoto(id, bytes, { name: "p" });
    this.photos.set(photo, createHash("sha256").update(bytes).digest("hex"));
  }

  async seal(tab, id) {
    const [one, other] = await Promise.all(this.tabs.map(({ outbox }) => outbox.seal(id)));
    assert.deepEqual(one, other);
    this.sealed.set(id, canonical(await tab.outbox.operation(await tab.store.records.get(id))));
    const said = Object.entries(one.changes).map(([field, [, now]]) => [field, now]);
    assert.deepEqual(Object.fromEntries(said), this.drafts.get(id));
    this.drafts.delete(id);
    await assert.rejects(tab.outbox.save(id, { text: "late" }), NotADraft);
  }

  async reopen(tab) {
    // As a crash does: in the middle of whatever is under way.
    const running = tab.sender.run();
    tab.store.close();
    tab.outbox.close();
    await running;
    this.tabs[this.tabs.indexOf(tab)] = await this.own.open();
  }

  async endToken(tab) {
    this.server.ended = "token_ended";
    await tab.sender.run();
    this.server.ended = null;
    const { fault } = this.server;
    this.server.fault = () => null;
    await tab.device.enrol(tab.api, "CODE", "平板");
    this.server.fault = fault;
  }

  async correct(tab) {
    const refused = (await tab.outbox.rows({ state: "refused" })).filter(({ correctedBy }) => !correctedBy);
    if (refused.length === 0) return;
    const row = this.pick(refused);
    const ids = await Promise.all(this.tabs.map(({ outbox }) => outbox.correct(row.id)));
    assert.equal(ids[0], ids[1]);
    this.drafts.set(ids[0], { ...row.values });
    for (const { id, sha256 } of (await tab.outbox.get(ids[0])).attachments) this.photos.set(id, sha256);
  }

  /** Nothing is claimed that the server would not say. */
  async check() {
    const { outbox } = this.tabs[0];
    const rows = await outbox.rows({ limit: 1000 });
    assert.equal(rows.length, this.drafts.size + this.sealed.size);
    for (const row of rows) {
      if (row.state === "draft") assert.deepEqual(row.values, this.drafts.get(row.id));
      const kept = this.server.operations.get(row.id);
      if (STATES[row.state].onServer) assert.ok(kept && kept.receipt.outcome !== "received", row.state);
      for (const { id, state } of row.attachments) {
        if (["kept", "attached"].includes(state)) assert.equal(this.server.uploads.get(id).state, "kept");
      }
    }
  }

  async end() {
    this.server.fault = () => null;
    this.server.cut = 0;
    this.server.judge = () => "applied";
    for (const { receipt } of this.server.operations.values())
      if (receipt.outcome === "held") receipt.outcome = "applied";
    this.own.clock.ms += 3600_000;
    await settle({ ...this.own, sender: this.tabs[0].sender });
    await this.check();
    const { outbox } = this.tabs[0];
    for (const [id, text] of this.sealed) {
      const kept = this.server.operations.get(id);
      assert.equal(kept.count, 1);
      assert.equal(canonical(JSON.parse(kept.text)), text);
      const { state, attachments, photos } = await outbox.get(id);
      assert.ok(STATES[state].final, state);
      if (state !== "refused") assert.equal(photos.sent, photos.total);
      for (const { id: photo } of state === "refused" ? [] : attachments) {
        const digest = createHash("sha256").update(this.server.uploads.get(photo).bytes).digest("hex");
        assert.equal(digest, this.photos.get(photo));
      }
    }
    const seqs = [...this.server.operations.values()].map(({ operation }) => operation.seq);
    assert.equal(new Set(seqs).size, seqs.length);
    for (const tab of this.tabs) await tab.close();
  }
}

for (let seed = 1; seed <= DAYS; seed++) {
  test(`day ${seed}`, async () => {
    const day = new Day(seed);
    await day.begin();
    for (let i = 0; i < STEPS; i++) {
      await day.step();
      if (i % 5 === 0) await day.check();
    }
    await day.end();
  });
}
