// Areas that share their vertices.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faceAt, nearestEdge, nearestVertex, snap } from "../../static/js/geo/nearest.js";
import { Topology } from "../../static/js/geo/topology.js";
import { alongBorders, alongLine } from "../../static/js/geo/tracing.js";
import { four, square } from "./sheets.js";

const PLAIN = [1, 1];

test("a border between two areas is one arc, and corners are where three meet", () => {
  const sheet = four();
  assert.equal(sheet.lon.length, 9);
  const shared = [...sheet.arcs].filter(({ faces }) => faces.length === 2);
  assert.equal(shared.length, 4);
  const middle = sheet.at([1, 1]);
  assert.deepEqual(sheet.facesAt(middle).sort(), ["a", "b", "c", "d"]);
  assert.ok(sheet.isCorner(middle));
  assert.ok(!sheet.isCorner(sheet.at([0, 0])));
});

test("moving a shared vertex moves every area at it, and coordinates come out as they went in", () => {
  const sheet = four();
  assert.deepEqual(sheet.geometryOf("a"), square("a", 0, 0).geometry);
  sheet.move(sheet.at([1, 1]), [1.2, 1.3]);
  for (const code of "abcd") {
    const places = sheet.geometryOf(code).coordinates.flat(2).map(String);
    assert.ok(places.includes("1.2,1.3"));
    assert.ok(!places.includes("1,1"));
  }
});

test("a vertex set into a border is in both areas, and can be taken out again", () => {
  const sheet = four();
  const id = sheet.insert(sheet.at([1, 0]), sheet.at([1, 1]), [1.1, 0.5]);
  assert.equal(sheet.faces.get("a").polygons[0][0].length, 5);
  assert.equal(sheet.faces.get("b").polygons[0][0].length, 5);
  assert.deepEqual(sheet.arcsAt(id)[0].ids.length, 3);
  assert.ok(sheet.remove(id));
  assert.deepEqual(sheet.geometryOf("a"), square("a", 0, 0).geometry);
  assert.ok(!sheet.remove(sheet.at([1, 1])), "a corner stays");
});

test("an area within another has a border of its own", () => {
  const ring = [
    [1, 1],
    [1, 2],
    [2, 2],
    [2, 1],
    [1, 1],
  ];
  const outer = square("o", 0, 0, 3);
  outer.geometry.coordinates[0].push(ring);
  const sheet = new Topology([outer, square("i", 1, 1)]);
  assert.equal(sheet.arcs.size, 2);
  assert.equal(faceAt(sheet, [1.5, 1.5]), "i");
  assert.equal(faceAt(sheet, [0.5, 1.5]), "o");
  const arc = sheet.arcsAt(sheet.at([1, 1]))[0];
  assert.ok(sheet.remove(arc.ids[0]));
  assert.equal(arc.ids[0], arc.ids.at(-1));
  assert.equal(arc.ids.length, 4);
});

test("the pointer finds corner, border and road, in this order", () => {
  const sheet = four();
  assert.equal(nearestVertex(sheet, [1.01, 0.99], PLAIN, 0.05).id, sheet.at([1, 1]));
  assert.equal(nearestVertex(sheet, [1.2, 0.9], PLAIN, 0.05), null);
  const edge = nearestEdge(sheet, [1.02, 0.5], PLAIN, 0.05);
  assert.deepEqual(edge.place, [1, 0.5]);
  assert.deepEqual(edge.arc.faces.toSorted(), ["a", "b"]);
  const line = [
    [0, 0.4],
    [2, 0.4],
  ];
  const references = [{ id: 1, layer: "road", lines: [line], bounds: [0, 0.4, 2, 0.4] }];
  const at = (place) => snap(place, { topology: sheet, references, scale: PLAIN, reach: 0.05 });
  assert.equal(at([1.01, 1.01]).kind, "vertex");
  assert.equal(at([1.01, 0.5]).kind, "border");
  assert.equal(at([0.5, 0.42]).kind, "road");
  assert.equal(at([0.5, 0.6]), null);
});

test("tracing follows a road both ways, and the borders by the shortest way", () => {
  const line = [
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
  ];
  const from = { index: 0, place: [0.5, 0] };
  const to = { index: 2, place: [2.5, 0] };
  const there = [
    [0.5, 0],
    [1, 0],
    [2, 0],
    [2.5, 0],
  ];
  assert.deepEqual(alongLine(line, from, to), there);
  assert.deepEqual(alongLine(line, to, from), there.toReversed());
  const sheet = four();
  assert.deepEqual(alongBorders(sheet, sheet.at([0, 0]), sheet.at([1, 1])).length, 3);
});
