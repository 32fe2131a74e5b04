// One drawing for a swarm of tiles.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Swarm } from "../../static/js/map/swarm.js";

test("the last of a swarm is not waited for any longer", () => {
  let coming = 2;
  let done = 0;
  const swarm = new Swarm(
    () => coming > 0,
    () => done++,
  );
  coming--;
  swarm.add();
  assert.deepEqual([done, swarm.isDue], [0, true]);
  coming--;
  swarm.add();
  assert.deepEqual([done, swarm.isDue], [1, false]);
});

test("a swarm without end is drawn after a while, once for all that came", async () => {
  let done = 0;
  const swarm = new Swarm(
    () => true,
    () => done++,
  );
  for (let i = 0; i < 5; i++) swarm.add();
  assert.equal(done, 0);
  await setTimeout(400);
  assert.deepEqual([done, swarm.isDue], [1, false]);
  swarm.add();
  swarm.drop();
  await setTimeout(400);
  assert.equal(done, 1);
});
