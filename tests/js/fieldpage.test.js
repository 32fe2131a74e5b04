// What of the page for the field knows no page: the world's square, fixes, forms, fans of cameras.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Forms, lookOf } from "../../static/js/field/forms.js";
import { sectorOf } from "../../static/js/field/map/sector.js";
import { Samples } from "../../static/js/field/samples.js";
import { titleOf } from "../../static/js/field/words.js";
import { distanceM } from "../../static/js/offline/nearby.js";

test("a fan reaches as far as the camera sees, to both sides of its bearing", () => {
  const place = [112.4, 25.6];
  const ring = sectorOf({ place, bearing: 90, field_of_view: 60, range_m: 50 });
  assert.deepEqual(ring[0], place);
  assert.deepEqual(ring.at(-1), place);
  for (const point of ring.slice(1, -1)) {
    assert.ok(Math.abs(distanceM(place, point) - 50) < 0.5);
    // East of the camera, within half of the view.
    const turn =
      (Math.atan2((point[0] - place[0]) * Math.cos((25.6 * Math.PI) / 180), point[1] - place[1]) * 180) /
      Math.PI;
    assert.ok(turn >= 59.9 && turn <= 120.1);
  }
});

test("a home camera, and one of which nothing is known, has no fan", () => {
  assert.equal(sectorOf({ place: [112, 25], bearing: null, field_of_view: 60, range_m: 50 }), null);
  assert.equal(sectorOf({ place: null, bearing: 10, field_of_view: 60, range_m: 50 }), null);
});

test("rough and old fixes move no pin; a good one does, and its age is told as it is", () => {
  const samples = new Samples();
  assert.equal(samples.fix(), null);
  samples.add({ place: [112.4, 25.6], accuracy_m: 80, at: Date.now() - 1000 });
  assert.equal(samples.isGood, false);
  assert.equal(samples.last.accuracy_m, 80);
  samples.add({ place: [112.4001, 25.6], accuracy_m: 6, at: Date.now() });
  assert.equal(samples.isGood, true);
  const fix = samples.fix();
  assert.equal(fix.accuracy_m, 6);
  // All that was heard goes along, also what did not count.
  assert.equal(fix.samples.length, 2);
});

test("the same fix told twice counts once", () => {
  const samples = new Samples();
  const at = Date.now();
  for (let i = 0; i < 3; i++) samples.add({ place: [112.4, 25.6], accuracy_m: 6, at });
  assert.equal(samples.fix().samples.length, 1);
});

test("an incident looks on the tablet as it does in the office", () => {
  const now = Date.parse("2026-11-25T00:00:00Z");
  assert.equal(lookOf({ state: "reported", due_at: "2026-12-01T00:00:00Z" }, now), "open");
  assert.equal(lookOf({ state: "assigned", due_at: null }, now), "hand");
  assert.equal(lookOf({ state: "answered", due_at: "2026-12-01T00:00:00Z" }, now), "waiting");
  assert.equal(lookOf({ state: "assigned", due_at: "2026-11-24T00:00:00Z" }, now), "late");
  assert.equal(lookOf({ state: "closed", due_at: "2026-11-24T00:00:00Z" }, now), "closed");
});

test("forms give categories under their branches and tags their bits", () => {
  const forms = new Forms({
    categories: [
      { code: "a", label: "A", branch: "One", kind: "general" },
      { code: "b", label: "B", branch: "Two", kind: "general" },
      { code: "c", label: "C", branch: "One", kind: "general" },
    ],
    tags: [{ slug: "x" }, { slug: "y" }],
  });
  assert.deepEqual(
    forms.groups.map(([name, leaves]) => [name, leaves.map(({ code }) => code)]),
    [
      ["One", ["a", "c"]],
      ["Two", ["b"]],
    ],
  );
  assert.equal(forms.maskOf(["y", "unknown"]), 2);
  // What the pack does not know has no word: a code is none.
  assert.equal(forms.category("zzz").label, "");
});

test("a record is named in words, also where no pack says what its category is called", () => {
  const row = (values) => ({ entity: "incident", action: "create", values });
  const titled = (forms, values) => titleOf(row(values), { forms: new Forms(forms) });
  const known = { categories: [{ code: "family", label: "家庭纠纷", kind: "mediation" }] };
  assert.equal(titled(known, { category: "family", what: "两家争水" }), "家庭纠纷 · 两家争水");
  assert.equal(titled({}, { category: "family", what: "两家争水" }), "两家争水");
  assert.equal(titled({}, { category: "family" }), "");
  assert.equal(titled({}, { category: "family", what: "水".repeat(60) }), `${"水".repeat(24)}…`);
  assert.equal(titled({}, {}), "incident.no_category");
  assert.equal(titled({}, { what: "井盖坏了" }), "incident.no_category · 井盖坏了");
});
