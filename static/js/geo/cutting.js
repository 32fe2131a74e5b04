// What a drawn line cuts off, for the preview; the server cuts anew and exactly. Pure.

import { crossing, inPolygon, inRing, ontoSegment, twiceArea } from "./planar.js";

const NEAR = 1e-11;

/**
 * The pieces of a polygon (rings of places, outer first, not closed) along lines, largest first.
 * One piece where no line reaches from border to border; null where a line crosses a hole.
 */
export function cutPolygon(rings, lines) {
  const [outer, ...holes] = rings;
  if (holes.some((hole) => lines.some((line) => crossings(hole, line).length > 0))) return null;
  let pieces = [outer];
  for (const line of lines) pieces = pieces.flatMap((piece) => cutRing(piece, line));
  return pieces
    .map((piece) => [piece, ...holes.filter((hole) => inRing(hole[0], piece))])
    .sort((a, b) => Math.abs(twiceArea(b[0])) - Math.abs(twiceArea(a[0])));
}

function cutRing(ring, line) {
  let pieces = [ring];
  for (const chord of chordsOf(ring, line)) {
    for (const piece of pieces) {
      const parts = along(piece, chord);
      if (!parts) continue;
      pieces = pieces.filter((other) => other !== piece).concat(parts);
      break;
    }
  }
  return pieces;
}

function crossings(ring, line) {
  const found = [];
  for (let i = 1; i < line.length; i++) {
    for (let j = 0; j < ring.length; j++) {
      const hit = crossing(line[i - 1], line[i], ring[j], ring[(j + 1) % ring.length]);
      if (hit) found.push({ along: i - 1 + hit.t, place: hit.place });
    }
  }
  found.sort((a, b) => a.along - b.along);
  // A line through a vertex crosses both edges there: once is enough.
  return found.filter((hit, i) => i === 0 || hit.along - found[i - 1].along > 1e-9);
}

/** The stretches of a line that run through a ring from border to border. */
function chordsOf(ring, line) {
  const hits = crossings(ring, line);
  const chords = [];
  for (let i = 1; i < hits.length; i++) {
    const [from, to] = [hits[i - 1], hits[i]];
    const between = line.slice(Math.floor(from.along) + 1, Math.ceil(to.along - 1e-12));
    const chord = [from.place, ...between, to.place];
    const [a, b] = [chord[0], chord[1]];
    if (inPolygon([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], [ring])) chords.push(chord);
  }
  return chords;
}

const edgeOf = (ring, place) =>
  ring.findIndex((from, i) => ontoSegment(place, from, ring[(i + 1) % ring.length]).distance < NEAR);

function along(ring, chord) {
  const i = edgeOf(ring, chord[0]);
  const j = edgeOf(ring, chord.at(-1));
  if (i < 0 || j < 0) return null;
  const back = chord.toReversed();
  const between = (from, to) => {
    const walked = [];
    for (let k = (from + 1) % ring.length; ; k = (k + 1) % ring.length) {
      walked.push(ring[k]);
      if (k === to) return walked;
    }
  };
  if (i === j) {
    const distance = (place) => Math.hypot(place[0] - ring[i][0], place[1] - ring[i][1]);
    const isAhead = distance(chord[0]) < distance(chord.at(-1));
    const around = between(i, i);
    return [chord, [...(isAhead ? chord : back), ...around]].map(tidy);
  }
  return [
    [...chord, ...between(j, i)],
    [...back, ...between(i, j)],
  ].map(tidy);
}

const tidy = (ring) =>
  ring.filter((place, i) => {
    const before = ring[(i + ring.length - 1) % ring.length];
    return place[0] !== before[0] || place[1] !== before[1];
  });
