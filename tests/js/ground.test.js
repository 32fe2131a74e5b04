// What the page knows of the ground: grids first, all the rest behind, and nobody is told "nothing" in between.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ground } from "../../static/js/field/ground.js";
import { GRIDS, household, VILLAGE } from "./village.js";

const KEPT = {
  grid: GRIDS,
  household: [1, 2, 3, 4, 5].map((id) => household(id)),
  incident: [{ id: 7, number: "晋屏[2026]0007号", what: "水沟堵塞", category: "drain" }],
  camera: [],
  route: [],
};

/** A pack whose households come when `come()` is called. */
function slow() {
  let come;
  const waits = new Promise((resolve) => {
    come = resolve;
  });
  return {
    come,
    records: async (kind) => {
      if (kind !== "grid") await waits;
      return KEPT[kind];
    },
    forms: async () => null,
    reference: async () => ({ roads: [], water: [] }),
  };
}

test("grids are there at once; a search waits for the households", async () => {
  const pack = slow();
  const ground = new Ground(pack);
  // Typed before anything is open at all.
  const early = ground.search("上坪组3 户主", 10);
  await ground.begin();
  assert.equal(ground.gridAt([112.45, 25.55]).code, `${VILLAGE}001`);
  assert.equal(ground.gridAt([112.1, 25.1]).code, VILLAGE);
  assert.equal(ground.gridAt([111, 25]), null);
  assert.equal(ground.household(3), null);
  ground.open();
  const late = ground.search("0007", 10);
  pack.come();
  assert.deepEqual(
    (await early).map(({ kind, record }) => [kind, record.id]),
    [["household", 3]],
  );
  assert.deepEqual(
    (await late).map(({ kind, record }) => [kind, record.id]),
    [["incident", 7]],
  );
  assert.deepEqual(await ground.search("  ", 10), []);
});

test("a street's houses don't hide the incident and the camera at its corner", async () => {
  const street = Array.from({ length: 50 }, (_, i) => household(i + 1, { address: `老街${i + 1}号` }));
  const camera = { id: 3, name: "老街路口1号" };
  const kept = { ...KEPT, household: street, camera: [camera] };
  const ground = new Ground({ ...slow(), records: async (kind) => kept[kind] });
  await ground.open();
  const hits = await ground.search("老街", 30);
  assert.equal(hits.length, 30);
  assert.deepEqual(hits.at(-1), { kind: "camera", record: camera });
  assert.deepEqual(await ground.search("老街路口1号", 30), [{ kind: "camera", record: camera }]);
});

test("the nearest households, with their distance on the ground", async () => {
  const pack = slow();
  pack.come();
  const ground = new Ground(pack);
  await ground.begin();
  await ground.open();
  const [first, second] = ground.nearest([112.40029, 25.6], 2);
  assert.deepEqual([first.record.id, second.record.id], [3, 2]);
  assert.ok(Math.abs(first.metres - 1.0) < 0.01, `${first.metres}`);
});

test("where a piece can't be opened, what waits hears of it", async () => {
  const ground = new Ground({ ...slow(), records: () => Promise.reject(new Error("unreadable")) });
  const waiting = assert.rejects(ground.search("户主", 10), /unreadable/);
  await assert.rejects(ground.open(), /unreadable/);
  await waiting;
});
