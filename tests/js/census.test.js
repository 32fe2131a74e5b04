// What lies in areas while they move, what a line cuts off, how two states differ.

import assert from "node:assert/strict";
import { test } from "node:test";
import { balance, Census } from "../../static/js/geo/census.js";
import { cutPolygon } from "../../static/js/geo/cutting.js";
import { differing, isOnlyNoded, movedSince, newEdges } from "../../static/js/geo/differences.js";
import { dividing, joined } from "../../static/js/geo/dividing.js";
import { twiceArea } from "../../static/js/geo/planar.js";
import { Topology } from "../../static/js/geo/topology.js";
import { four, square } from "./sheets.js";

const people = () =>
  new Census({
    lon: [0.5, 1.05, 1.5, 0.95],
    lat: [0.5, 0.5, 0.5, 0.45],
    people: [3, 4, 2, 5],
    grid: ["a", "b", "b", "a"],
    manual: [0, 0, 0, 1],
  });

test("households follow a border while it is dragged; only those that it swept are looked at", () => {
  const sheet = four();
  const census = people();
  const id = sheet.insert(sheet.at([1, 0]), sheet.at([1, 1]), [1, 0.5]);
  const from = sheet.place(id);
  sheet.move(id, [1.2, 0.5]);
  assert.equal(census.follow(sheet, id, from), 1);
  assert.deepEqual(census.of("a"), { households: 3, people: 12 });
  assert.deepEqual(census.of("b"), { households: 1, people: 2 });
  sheet.move(id, from);
  census.follow(sheet, id, [1.2, 0.5]);
  assert.deepEqual(census.of("a"), { households: 2, people: 8 });
  const again = people();
  sheet.move(id, [1.2, 0.5]);
  again.recount(sheet, ["a", "b"]);
  assert.deepEqual(again.of("a"), { households: 3, people: 12 });
});

test("a grid's households against the setting", () => {
  assert.equal(balance(20, [30, 60]).verdict, "few");
  assert.equal(balance(45, [30, 60]).verdict, "good");
  assert.deepEqual(balance(90, [30, 60]), { share: 1.5, verdict: "many" });
});

test("a line from border to border cuts, one that ends inside does not", () => {
  const ring = [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
  ];
  const areas = (lines) => cutPolygon([ring], lines).map(([outer]) => Math.abs(twiceArea(outer)) / 2);
  const across = [
    [1, -1],
    [1, 5],
  ];
  assert.deepEqual(areas([across]), [12, 4]);
  const ends = [
    [2, -1],
    [2, 2],
  ];
  assert.deepEqual(areas([ends]), [16]);
  const level = [
    [-1, 2],
    [5, 2],
  ];
  assert.deepEqual(areas([across, level]), [6, 6, 2, 2]);
  const zigzag = [
    [1, -1],
    [1, 1],
    [2, 1],
    [2, -1],
  ];
  assert.deepEqual(areas([zigzag]), [15, 1]);
});

test("points set into a border are no change of the land; a moved border is", () => {
  const { geometry } = square("a", 0, 0);
  const withPlaces = (places) => ({ type: "MultiPolygon", coordinates: [[[...places, places[0]]]] });
  const noded = withPlaces([
    [0, 0],
    [1, 0],
    [1, 0.5],
    [1, 1],
    [0, 1],
  ]);
  assert.ok(isOnlyNoded(geometry, noded));
  const bulging = withPlaces([
    [0, 0],
    [1, 0],
    [1.2, 0.5],
    [1, 1],
    [0, 1],
  ]);
  assert.ok(!isOnlyNoded(geometry, bulging));
  assert.ok(!isOnlyNoded(noded, geometry));
  const before = new Map([["a", { geometry }]]);
  assert.deepEqual([...differing(before, new Map([["a", { geometry: noded }]]))], []);
  assert.deepEqual([...differing(before, new Map([["a", { geometry: bulging }]]))], ["a"]);
  assert.deepEqual([...differing(before, new Map([["b", { geometry }]]))], ["a", "b"]);
});

test("who lived in another grid is told by way", () => {
  const before = new Topology([square("a", 0, 0), square("b", 1, 0)]);
  const households = { id: [1, 2, 3, 4], code: ["1", "2", "3", "4"], manual: [0, 0, 0, 1] };
  const census = people();
  census.at = ["b", "b", "b", "b"];
  const moved = movedSince(census, households, before, new Set(["a", "b"]));
  assert.deepEqual(moved, [
    { from: "a", to: "b", kind: "household", count: 1, items: [{ id: 1, code: "1" }] },
  ]);
});

test("a piece of an old border is old, also between points that were set into it", () => {
  const { geometry } = square("a", 0, 0);
  const cut = [
    [0.5, 0],
    [0.5, 1],
  ];
  const kept = [
    [0, 0],
    [0.5, 0],
    [1, 0],
  ];
  assert.deepEqual(newEdges([cut, kept], [geometry]), [cut]);
});

test("a road in two pieces divides a grid, one that ends inside does not", () => {
  const { geometry } = square("a", 0, 0);
  const road = (id, name, ...line) => ({ id, layer: "road", name, lines: [line], bounds: [-1, 0.5, 2, 0.5] });
  const west = road(1, "大路", [-1, 0.5], [0.4, 0.5]);
  const east = road(2, "大路", [2, 0.5], [0.4, 0.5]);
  const [found, ...others] = dividing([west, east, road(3, "断头路", [-1, 0.5], [0.6, 0.5])], geometry);
  assert.equal(found.name, "大路");
  assert.deepEqual(found.lines, [
    [
      [-1, 0.5],
      [0.4, 0.5],
      [2, 0.5],
    ],
  ]);
  assert.deepEqual(others, []);
  const north = road(4, "大路", [0.4, 0.5], [0.4, 2]);
  const three = [west, east, north].map(({ lines }) => lines[0]);
  assert.equal(joined(three).length, 3, "three meet: which is meant?");
});
