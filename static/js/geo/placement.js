// Where labels stand: none over another, none over a point. Pixels, no DOM.

const CELL = 48;

/** Boxes that are taken, found again by a coarse raster so that asking stays cheap. */
export class Occupancy {
  #cells = new Map();

  add(box) {
    for (const key of keysOf(box)) {
      const list = this.#cells.get(key);
      if (list) list.push(box);
      else this.#cells.set(key, [box]);
    }
  }

  isFree(box) {
    for (const key of keysOf(box)) {
      for (const taken of this.#cells.get(key) ?? []) {
        if (box[0] < taken[2] && box[2] > taken[0] && box[1] < taken[3] && box[3] > taken[1]) return false;
      }
    }
    return true;
  }
}

function* keysOf([west, north, east, south]) {
  for (let x = Math.floor(west / CELL); x <= Math.floor(east / CELL); x++) {
    for (let y = Math.floor(north / CELL); y <= Math.floor(south / CELL); y++) yield `${x}:${y}`;
  }
}

// Offsets in label sizes, nearest first: on the spot, above, below, beside, then further out.
const TRIES = [
  [0, 0],
  [0, -0.6],
  [0, 0.6],
  [-0.55, 0],
  [0.55, 0],
  [-0.4, -0.8],
  [0.4, -0.8],
  [-0.4, 0.8],
  [0.4, 0.8],
  [0, -1.3],
  [0, 1.3],
  [-0.8, -0.6],
  [0.8, 0.6],
  [-0.8, 0.6],
  [0.8, -0.6],
  [0, -2],
  [0, 2],
  [-1.2, 0],
  [1.2, 0],
  [-1, -1.4],
  [1, 1.4],
  [-1, 1.4],
  [1, -1.4],
  [0, -2.8],
  [0, 2.8],
];

// Beside something small: right, left, below, above, then further off.
const BESIDE = [1, 1.6, 2.4].flatMap((step) => [
  [0.75 * step, 0],
  [-0.75 * step, 0],
  [0, 1.1 * step],
  [0, -1.1 * step],
]);

/**
 * Place labels in the order of their `rank` (low first): `[{label, x, y}]`, x/y the middle.
 * A label is `{x, y, rank, sizes: [{width, height, …}]}`; a later size is a shorter form that
 * is tried where the longer finds no room. What finds none is left out.
 * A label with `fuller` sizes takes the first of them that still fits when all are placed.
 * `staysHome(label, x, y)` tells whether a place still is on what the label names: a moved label
 * stands there, one that `isBeside` stands clear of it.
 */
export function place(labels, occupied, frame, staysHome = () => true) {
  const placed = [];
  for (const label of [...labels].sort((a, b) => a.rank - b.rank)) {
    const spot = firstFree(label, occupied, frame, staysHome);
    if (!spot) continue;
    occupied.add(spot.box);
    placed.push({ label, form: spot.form, x: spot.x, y: spot.y });
  }
  for (const one of placed) if (one.label.fuller) grow(one, occupied, frame, staysHome);
  return placed;
}

/** Add what a fuller form has more below what stands there already. */
function grow(one, occupied, frame, staysHome) {
  const { label, x } = one;
  const north = one.y - one.form.height / 2;
  for (const form of label.fuller) {
    const box = [x - form.width / 2, north + one.form.height, x + form.width / 2, north + form.height];
    if (!isInside(box, frame) || !occupied.isFree(box)) continue;
    if (!staysHome(label, x, (box[1] + box[3]) / 2)) continue;
    occupied.add(box);
    one.y = north + form.height / 2;
    one.form = form;
    return;
  }
}

const isInside = (box, [west, north, east, south]) =>
  box[0] >= west && box[1] >= north && box[2] <= east && box[3] <= south;

function firstFree(label, occupied, frame, staysHome) {
  const { isBeside } = label;
  for (const form of label.sizes) {
    for (const [dx, dy] of isBeside ? BESIDE : TRIES) {
      const x = label.x + dx * form.width;
      const y = label.y + dy * form.height;
      const box = [x - form.width / 2, y - form.height / 2, x + form.width / 2, y + form.height / 2];
      const isMoved = dx !== 0 || dy !== 0;
      if (!isInside(box, frame) || !occupied.isFree(box)) continue;
      const fits = isBeside
        ? !touches(box, (px, py) => staysHome(label, px, py))
        : !isMoved || staysHome(label, x, y);
      if (fits) return { form, x, y, box };
    }
  }
  return null;
}

/** Whether any of nine points of a box, from corner to corner, lies where `isThere(x, y)` says. */
export function touches([west, north, east, south], isThere) {
  const steps = [0, 0.5, 1];
  return steps.some((i) => steps.some((j) => isThere(west + i * (east - west), north + j * (south - north))));
}
