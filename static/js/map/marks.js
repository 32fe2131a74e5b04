// Households, clusters and names: what stands upright on the map.

import { Occupancy, place, touches } from "../geo/placement.js";
import { shownTags } from "../geo/tags.js";
import { EXTENT } from "./decode.js";
import { sprite } from "./symbols.js";

const FONT = '"Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif';
const ACCENT = "#0077bb";
const TAU = Math.PI * 2;
// From here a household shows up to three symbols side by side.
const CLOSE_BY = 18;

const inHole = (holes, x, y) =>
  holes.some(
    (hole) => x >= hole.west && y >= hole.north && x < hole.west + hole.size && y < hole.north + hole.size,
  );

/** Points of an MVT layer in pixels of the sheets; a point of a tile's margin belongs to its neighbour. */
export function pointsOf({ corner, size }, layer, name, margin = 40) {
  const points = [];
  for (const { tile, west, north, size: side, holes } of layer.drawable()) {
    const features = tile.features[name];
    if (!features) continue;
    const scale = side / EXTENT;
    for (const feature of features) {
      if (feature.x < 0 || feature.y < 0 || feature.x >= EXTENT || feature.y >= EXTENT) continue;
      const worldX = west + feature.x * scale;
      const worldY = north + feature.y * scale;
      const x = worldX - corner.x;
      const y = worldY - corner.y;
      if (x < -margin || y < -margin || x > size.x + margin || y > size.y + margin) continue;
      if (holes.length > 0 && inHole(holes, worldX, worldY)) continue;
      points.push({ x, y, properties: feature.properties });
    }
  }
  return points;
}

/** Radius in px of a household's symbol: larger near by, and in large text. */
export function symbolRadius(zoom, scale) {
  return Math.round((zoom < 17 ? 6 : zoom < CLOSE_BY ? 7.5 : 9) * scale);
}

/** Draw the households; answers the boxes that they take, with what each is. */
export function paintHouseholds(frame, points, { tags, hidden, selected, scale }) {
  const { context, ratio, zoom } = frame;
  const radius = symbolRadius(zoom, scale);
  const limit = zoom < CLOSE_BY ? 1 : 3;
  const dot = sprite("dot", "#888888", zoom < 17 ? 2.5 : zoom < CLOSE_BY ? 3.5 : 4.5, ratio);
  const drawn = [];
  const tagged = [];
  for (const point of points) {
    const symbols = shownTags(Number(point.properties.mask), tags, hidden, limit);
    if (symbols.length > 0) tagged.push({ point, symbols });
    else drawn.push(stamp(context, dot, point, 3.5));
  }
  // Those with tags lie above those without.
  for (const { point, symbols } of tagged) {
    const step = radius * 2 + 2;
    symbols.forEach((tag, i) => {
      const x = point.x + (i - (symbols.length - 1) / 2) * step;
      copy(context, sprite(tag.symbol, tag.colour, radius, ratio), x, point.y);
    });
    const half = (symbols.length * step) / 2;
    drawn.push({ ...point, box: [point.x - half, point.y - radius, point.x + half, point.y + radius] });
  }
  const chosen = drawn.find(({ properties }) => String(properties.id) === selected);
  if (chosen) ring(context, chosen);
  return drawn;
}

function copy(context, { canvas, side }, x, y) {
  context.drawImage(canvas, x - side / 2, y - side / 2, side, side);
}

function stamp(context, symbol, point, half) {
  copy(context, symbol, point.x, point.y);
  return { ...point, box: [point.x - half, point.y - half, point.x + half, point.y + half] };
}

function ring(context, { x, y, box }) {
  context.beginPath();
  context.ellipse(x, y, (box[2] - box[0]) / 2 + 6, (box[3] - box[1]) / 2 + 6, 0, 0, TAU);
  context.lineWidth = 7;
  context.strokeStyle = "rgba(255,255,255,.9)";
  context.stroke();
  context.lineWidth = 4;
  context.strokeStyle = ACCENT;
  context.stroke();
}

const clusterRadius = (count, scale) => Math.round((9 + 2.2 * Math.log2(count + 1)) * scale);

/** Clusters that would lie on each other become one: the larger takes the smaller in. */
export function merged(points, scale) {
  const kept = [];
  for (const { x, y, properties } of [...points].sort((a, b) => b.properties.n - a.properties.n)) {
    const reach = clusterRadius(properties.n, scale);
    const host = kept.find(
      (one) => Math.hypot(one.x - x, one.y - y) < clusterRadius(one.properties.n, scale) + reach + 3,
    );
    if (!host) {
      kept.push({ x, y, properties: { ...properties } });
      continue;
    }
    const count = host.properties.n + properties.n;
    host.x += ((x - host.x) * properties.n) / count;
    host.y += ((y - host.y) * properties.n) / count;
    for (const [key, value] of Object.entries(properties))
      host.properties[key] = (host.properties[key] ?? 0) + value;
  }
  return kept;
}

/** Draw the clusters: the number within, around it the shares of the tags that are shown. */
export function paintClusters(frame, points, { tags, hidden, scale }) {
  const { context } = frame;
  const drawn = [];
  context.textAlign = "center";
  context.textBaseline = "middle";
  // Further out rings are smaller: the names between them need the room.
  const ringScale = frame.zoom < 14 ? scale * 0.8 : scale;
  for (const point of merged(points, ringScale).reverse()) {
    const count = Number(point.properties.n);
    if (count === 1) {
      drawn.push(paintSingle(frame, point, { tags, hidden, scale }));
      continue;
    }
    const radius = clusterRadius(count, ringScale);
    const { x, y } = point;
    circle(context, x, y, radius + 2, "rgba(255,255,255,.95)");
    arc(context, x, y, radius, 0, TAU, "#c4c8cc");
    let angle = -Math.PI / 2;
    for (const tag of tags) {
      const share = Number(point.properties[`tag:${tag.slug}`] ?? 0) / count;
      if (share === 0 || hidden.has(tag.slug)) continue;
      const end = Math.min(angle + Math.max(share * TAU, 0.22), TAU * 0.75);
      arc(context, x, y, radius, angle, end, tag.colour);
      angle = end;
    }
    context.fillStyle = "#222";
    context.font = `600 ${Math.round((count > 999 ? 11 : 12) * scale)}px ${FONT}`;
    context.fillText(String(count), x, y + 0.5);
    const outer = radius + 3;
    drawn.push({ ...point, box: [x - outer, y - outer, x + outer, y + outer] });
  }
  return drawn;
}

/** A cluster of one is that household with its own symbol: a ring would say "low income". */
function paintSingle({ context, ratio, zoom }, point, { tags, hidden, scale }) {
  const tag = tags.find(({ slug }) => !hidden.has(slug) && point.properties[`tag:${slug}`]);
  const radius = symbolRadius(zoom, scale);
  if (!tag) return stamp(context, sprite("dot", "#888888", 3, ratio), point, 3.5);
  return stamp(context, sprite(tag.symbol, tag.colour, radius, ratio), point, radius);
}

function circle(context, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, TAU);
  context.fillStyle = colour;
  context.fill();
}

function arc(context, x, y, radius, from, to, colour) {
  context.beginPath();
  context.arc(x, y, radius - 1, from, to);
  context.lineWidth = 4;
  context.strokeStyle = colour;
  context.stroke();
}

const widths = new Map();

function widthOf(context, font, text) {
  const key = `${font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    context.font = font;
    width = context.measureText(text).width;
    if (widths.size > 4000) widths.clear();
    widths.set(key, width);
  }
  return width;
}

/** A label of lines `[{text, font, colour, height}]`, as `place` wants its sizes. */
function formOf(context, lines) {
  const width = Math.max(...lines.map(({ font, text }) => widthOf(context, font, text))) + 8;
  return { lines, width, height: lines.reduce((sum, { height }) => sum + height, 4) };
}

/**
 * What a place's label may look like, as `place` wants it, the fullest first. `words(properties)`:
 * its counts, long to short.
 */
function formsOf(context, { properties, isLarge }, { scale, words, zoom, isFiltered }) {
  const size = Math.round((isLarge ? 14 : 12) * scale);
  const small = Math.round(12 * scale);
  const name = {
    text: properties.name,
    font: `${isLarge ? "700 " : ""}${size}px ${FONT}`,
    colour: isLarge ? "#222" : "#444",
    height: size + 3,
  };
  // Few are left by a filter: small grids say it from further out, where their names leave room.
  const isLate = !isLarge && zoom < 14;
  const counts = !isLate || (isFiltered && zoom >= 13) ? words(properties) : [];
  const line = { font: `${small}px ${FONT}`, colour: "#555", height: small + 3 };
  const counted = counts.map((text) => formOf(context, [name, { ...line, text }]));
  const bare = formOf(context, [name]);
  return isLate ? { sizes: [bare], fuller: counted.slice(-1) } : { sizes: [...counted, bare] };
}

/**
 * Draw names and counts where they cover neither a point nor each other.
 * `labels`: `[{x, y, properties, isLarge}]`; of one code only the first counts.
 */
export function paintLabels(frame, labels, taken, options) {
  const { context, size } = frame;
  const occupied = new Occupancy();
  for (const { box } of taken) occupied.add(box);
  const seen = new Set();
  const wanted = [];
  for (const label of labels) {
    const { code } = label.properties;
    if (seen.has(code)) continue;
    seen.add(code);
    const rank = code === options.selected ? 0 : label.isLarge ? 1 : 2;
    const forms = formsOf(context, label, { ...options, zoom: frame.zoom });
    const isBeside = isTooSmall(label, forms.sizes[0], options.staysHome);
    wanted.push({ ...label, ...forms, rank, isBeside });
  }
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const placed = place(wanted, occupied, [0, 0, size.x, size.y], options.staysHome);
  for (const { form, x, y, label } of placed) {
    let top = y - form.height / 2 + 2;
    for (const line of form.lines) {
      const middle = top + line.height / 2;
      context.font = line.font;
      context.lineWidth = 3.5;
      context.strokeStyle = "rgba(255,255,255,.92)";
      context.strokeText(line.text, x, middle);
      context.fillStyle = label.properties.code === options.selected ? "#005a8f" : line.colour;
      context.fillText(line.text, x, middle);
      top += line.height;
    }
  }
  return placed;
}

/** A town so small that its name would lie over its border. */
function isTooSmall(label, { width, height }, staysHome) {
  if (label.properties.level !== "town") return false;
  const box = [label.x - width / 2, label.y - height / 2, label.x + width / 2, label.y + height / 2];
  return touches(box, (x, y) => !staysHome(label, x, y));
}

/** The thing nearest to a pixel of the sheets within a finger's reach, or null. */
export function nearest(drawn, { x, y }, reach) {
  let best = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const item of drawn) {
    const [west, north, east, south] = item.box;
    const dx = Math.max(west - x, 0, x - east);
    const dy = Math.max(north - y, 0, y - south);
    if (dx > reach || dy > reach) continue;
    const distance = Math.hypot(dx, dy) * 1000 + Math.hypot(item.x - x, item.y - y);
    if (distance < bestDistance) {
      best = item;
      bestDistance = distance;
    }
  }
  return best;
}

/** The single marks that lie under or over `mark`, itself first: a tap can't tell them apart. */
export function stackedOn(drawn, mark) {
  const covers = ({ box: [west, north, east, south] }, { x, y }) =>
    x >= west && x <= east && y >= north && y <= south;
  const under = drawn.filter(
    (one) => one !== mark && !one.properties.n && (covers(one, mark) || covers(mark, one)),
  );
  return [mark, ...under];
}
