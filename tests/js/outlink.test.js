import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../../static/js/geo/permalink.js";
import { queryOf } from "../../static/js/ui/outlink.js";

const FRAME = [112.4, 25.59, 112.43, 25.61];
const query = (hash) => queryOf(parse(hash), FRAME);

test("the plain map: all of its layers, the open incidents, its frame", () => {
  const asked = query("#15/25.6/112.42");
  assert.equal(asked.get("what"), "map");
  assert.equal(asked.get("bbox"), "112.400000,25.590000,112.430000,25.610000");
  assert.equal(asked.get("state"), "open");
  assert.equal(asked.has("mode"), false);
  assert.deepEqual(asked.getAll("layers"), [
    "regions",
    "large_grids",
    "small_grids",
    "roads",
    "water",
    "households",
    "cameras",
    "service_points",
    "incidents",
  ]);
});

test("layers that are off stay behind, filters come along", () => {
  const asked = query("#15/25.6/112.42?off=reference,incidents&f=low_income,deputy&m=all&g=431024111200");
  assert.deepEqual(asked.getAll("layers").includes("roads"), false);
  assert.equal(asked.has("state"), false);
  assert.equal(asked.get("tags"), "low_income,deputy");
  assert.equal(asked.get("mode"), "all");
  assert.equal(asked.get("area"), "431024111200");
});

test("a look at incidents is their state, and all of them is none", () => {
  assert.equal(query("#15/25.6/112.42?il=overdue").get("state"), "look-overdue");
  assert.equal(query("#15/25.6/112.42?il=all&from=2026-05-01").get("state"), "");
  assert.equal(query("#15/25.6/112.42?il=all&from=2026-05-01").get("since"), "2026-05-01");
});
