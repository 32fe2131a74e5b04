// Households as one layer: thousands of markers by themselves would keep a slow machine waiting.

import { sprite } from "../map/symbols.js";
import { card } from "./cards.js";

const REACH = 4;

/** One path of Leaflet's canvas that draws and finds many points; `rows` are {at, shown, lines}. */
const Swarm = L.Path.extend({
  initialize(rows) {
    L.setOptions(this, { interactive: true, bubblingMouseEvents: false });
    this._rows = rows;
    this._hit = 0;
  },

  getBounds() {
    return L.latLngBounds(this._rows.map(({ at }) => at));
  },

  getCenter() {
    return L.latLng(this._rows[this._hit].at);
  },

  _project() {
    this._points = this._rows.map(({ at }) => this._map.latLngToLayerPoint(at));
    this._pxBounds = L.bounds(this._points).pad(0.1);
  },

  _update() {
    if (this._map) this._updatePath();
  },

  _updatePath() {
    const { _drawing, _ctx, _redrawBounds, _bounds } = this._renderer;
    if (!_drawing) return;
    const { min, max } = _redrawBounds ?? _bounds;
    this._points.forEach(({ x, y }, index) => {
      if (x < min.x - 20 || x > max.x + 20 || y < min.y - 20 || y > max.y + 20) return;
      drawTags(_ctx, x, y, this._rows[index].shown);
    });
  },

  /** The nearest one under the pointer is the one that the card tells of. */
  _containsPoint(point) {
    let nearest = Infinity;
    this._points.forEach((place, index) => {
      const reach = radius(this._rows[index].shown) + REACH;
      const far = place.distanceTo(point);
      if (far > reach || far >= nearest) return;
      nearest = far;
      this._hit = index;
    });
    return nearest < Infinity;
  },

  /** Open the card of a row. */
  show(index) {
    this._hit = index;
    this.openPopup(this.getCenter());
  },
});

const radius = (shown) => (shown.length ? 6 : 3);

/** Copies of symbols that are drawn once. */
function drawTags(context, x, y, shown) {
  const ratio = globalThis.devicePixelRatio || 1;
  const r = radius(shown);
  const symbols = shown.length ? shown : [["", "dot", "#888"]];
  symbols.forEach(([, symbol, colour], number) => {
    const { canvas, side } = sprite(symbol, colour, r, ratio);
    const off = r * 2.1 * (number - (symbols.length - 1) / 2);
    context.drawImage(canvas, x + off - side / 2, y - side / 2, side, side);
  });
}

/** The layer of all households, or null where there are none; who is named can be searched for. */
export function households(data, found) {
  const rows = data.households.map(([at, tags, lines]) => ({
    at,
    lines,
    shown: tags.map((index) => data.tags[index]).slice(0, 3),
  }));
  if (!rows.length) return null;
  // Those that are known by something lie above the others.
  rows.sort((a, b) => a.shown.length - b.shown.length);
  const swarm = new Swarm(rows);
  swarm.bindPopup(() => {
    const { lines, shown } = rows[swarm._hit];
    const [title, ...more] = lines ?? [data.words.household];
    return card(title, [...more, ...shown.map(([name]) => name)]);
  });
  rows.forEach(({ at, lines }, index) => {
    if (lines) found.push({ text: lines.join(" "), at, mark: { openPopup: () => swarm.show(index) } });
  });
  return swarm;
}
