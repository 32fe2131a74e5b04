// Following a line that is there already: a border from corner to corner, a road, a stream. Pure.

/** The stretch of a line between two places on it, `{index, place}` each with the segment it is on. */
export function alongLine(line, from, to) {
  if (from.index === to.index) return [from.place, to.place];
  if (from.index < to.index) return [from.place, ...line.slice(from.index + 1, to.index + 1), to.place];
  return [from.place, ...line.slice(to.index + 1, from.index + 1).reverse(), to.place];
}

/** The shortest way along borders between two vertices, as places; null where there is none. */
export function alongBorders(topology, from, to) {
  const middle = Math.cos((topology.lat[from] * Math.PI) / 180);
  const span = (a, b) =>
    Math.hypot((topology.lon[a] - topology.lon[b]) * middle, topology.lat[a] - topology.lat[b]);
  const best = new Map([[from, 0]]);
  const came = new Map();
  const heap = [[span(from, to), from]];
  while (heap.length > 0) {
    const [, here] = pop(heap);
    if (here === to) return wayTo(topology, came, to);
    for (const next of topology.around(here)) {
      const length = best.get(here) + span(here, next);
      if (length >= (best.get(next) ?? Infinity)) continue;
      best.set(next, length);
      came.set(next, here);
      push(heap, [length + span(next, to), next]);
    }
  }
  return null;
}

function wayTo(topology, came, to) {
  const way = [];
  for (let id = to; id !== undefined; id = came.get(id)) way.unshift(topology.place(id));
  return way;
}

function push(heap, entry) {
  let i = heap.push(entry) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (heap[parent][0] <= entry[0]) break;
    heap[i] = heap[parent];
    i = parent;
  }
  heap[i] = entry;
}

function pop(heap) {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1][0] < heap[child][0]) child++;
    if (heap[child][0] >= last[0]) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = last;
  return top;
}
