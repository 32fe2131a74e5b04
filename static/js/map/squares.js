// The calm part of the map on canvases of their own, one a square of the ground. A square is
// drawn once and then only moves: a drag draws no more than what comes into sight, a tile that
// has come only the squares that it touches, and no frame more than it has time for.

import { Swarm } from "./swarm.js";

const SIDE = 256;
// So far around the window squares are drawn, and so far they are kept.
const MARGIN = 192;
const KEPT = 704;
const FRAME_MS = 12;

export const Squares = L.Layer.extend({
  /**
   * `tilesIn(frame)`: the tiles that a square shows; `paint(frame)` draws them; `isComing()`:
   * whether tiles are on their way; `onDrawn()` when a drawing was asked for or is done. A frame
   * is `{context, ratio, size, corner, zoom}`.
   */
  initialize(pane, { tilesIn, paint, isComing, onDrawn }) {
    this._paneName = pane;
    this._tilesIn = tilesIn;
    this._paint = paint;
    this._onDrawn = onDrawn;
    this._ratio = L.Browser.retina ? Math.min(devicePixelRatio, 2) : 1;
    this._pen = new OffscreenCanvas(SIDE * this._ratio, SIDE * this._ratio).getContext("2d");
    // The squares of a zoom; while those of the next are drawn, the last ones stay below.
    this._level = null;
    this._last = null;
    this._request = null;
    this._isBehind = false;
    this._swarm = new Swarm(isComing, () => this.redraw());
  },

  onAdd(map) {
    this._pane = map.getPane(this._paneName) ?? map.createPane(this._paneName);
    this._begin();
  },

  onRemove() {
    this._last?.element.remove();
    this._level.element.remove();
    cancelAnimationFrame(this._request);
    this._request = null;
    this._swarm.drop();
  },

  getEvents() {
    return {
      move: this._followDrag,
      resize: this.redraw,
      viewreset: this._begin,
      zoomend: this._begin,
      zoom: this._follow,
      zoomanim: this._scaleTo,
    };
  },

  /** Draw in the next frames what has changed. */
  redraw() {
    this._isBehind = true;
    this._ask();
    this._onDrawn();
  },

  /** The same when all tiles that are on their way have come, or some time later. */
  redrawSoon() {
    this._swarm.add();
    this._onDrawn();
  },

  /** Whether something in sight is still to be drawn. */
  isDue() {
    return this._isBehind || this._swarm.isDue;
  },

  _ask() {
    this._request ??= requestAnimationFrame(() => this._draw());
  },

  _begin() {
    const zoom = this._map.getZoom();
    if (this._level?.zoom !== zoom) {
      if (this._last) this._level.element.remove();
      else this._last = this._level;
      const element = L.DomUtil.create("div", "map-squares leaflet-zoom-animated", this._pane);
      element.hidden = Boolean(this._last);
      this._level = { zoom, element, origin: squareAt(this._map.getPixelOrigin()), squares: new Map() };
    }
    this._follow();
    this.redrawSoon();
  },

  _draw() {
    this._request = null;
    const map = this._map;
    if (map._animatingZoom || map.getZoom() !== this._level.zoom) return;
    const until = performance.now() + FRAME_MS;
    const left = this._wanted().find((square) => !this._renew(square, until));
    this._isBehind = Boolean(left) && map.getPixelBounds().overlaps(boundsOf(left));
    if (this._last && !this._isBehind) this._turn();
    if (left) this._ask();
    else this._tidy();
    this._onDrawn();
  },

  _followDrag() {
    if (!this._reach().equals(this._reached)) this.redraw();
  },

  /** The squares in sight and near by: the first of them and the last. */
  _reach() {
    const { min, max } = this._map.getPixelBounds();
    return L.bounds(squareAt(min.subtract([MARGIN, MARGIN])), squareAt(max.add([MARGIN, MARGIN])));
  },

  /** They one by one, from the middle outwards. */
  _wanted() {
    this._reached = this._reach();
    const { min: first, max: last } = this._reached;
    const middle = this._map.getPixelBounds().getCenter().divideBy(SIDE).subtract([0.5, 0.5]);
    const wanted = [];
    for (let x = first.x; x <= last.x; x++) {
      for (let y = first.y; y <= last.y; y++) wanted.push(L.point(x, y));
    }
    return wanted.sort((a, b) => middle.distanceTo(a) - middle.distanceTo(b));
  },

  /** Draw a square where it does not show what it should; false where no time was left for it. */
  _renew(square, until) {
    const { zoom, squares } = this._level;
    const frame = { ratio: this._ratio, size: L.point(SIDE, SIDE), corner: square.multiplyBy(SIDE), zoom };
    const tiles = this._tilesIn(frame);
    const key = `${square.x}:${square.y}`;
    const drawn = squares.get(key) ?? { square, canvas: null, tiles: [] };
    if (tiles.length === drawn.tiles.length && tiles.every((tile, i) => tile === drawn.tiles[i])) return true;
    if (performance.now() > until) return false;
    if (tiles.length > 0) {
      drawn.canvas ??= this._place(square);
      this._fill(drawn.canvas, frame);
    } else {
      drawn.canvas.remove();
      drawn.canvas = null;
    }
    drawn.tiles = tiles;
    squares.set(key, drawn);
    return true;
  },

  _place(square) {
    const { element, origin } = this._level;
    const canvas = L.DomUtil.create("canvas", "", element);
    canvas.width = SIDE * this._ratio;
    canvas.height = SIDE * this._ratio;
    L.DomUtil.setTransform(canvas, square.subtract(origin).multiplyBy(SIDE), 1);
    return canvas;
  },

  /** Drawn aside and handed over as a whole: the time that it takes is spent here, not later. */
  _fill(canvas, frame) {
    const context = this._pen;
    context.setTransform(this._ratio, 0, 0, this._ratio, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    this._paint({ ...frame, context });
    canvas.getContext("bitmaprenderer").transferFromImageBitmap(context.canvas.transferToImageBitmap());
  },

  /** Show the squares of this zoom instead of the last one's. */
  _turn() {
    this._last.element.remove();
    this._last = null;
    this._level.element.hidden = false;
  },

  _tidy() {
    const { min, max } = this._map.getPixelBounds();
    const kept = L.bounds(min.subtract([KEPT, KEPT]), max.add([KEPT, KEPT]));
    for (const [key, { square, canvas }] of this._level.squares) {
      if (kept.overlaps(boundsOf(square))) continue;
      canvas?.remove();
      this._level.squares.delete(key);
    }
  },

  _follow() {
    this._scaleTo({ center: this._map.getCenter(), zoom: this._map.getZoom() });
  },

  _scaleTo({ center, zoom }) {
    const map = this._map;
    for (const level of [this._last, this._level]) {
      if (!level) continue;
      const corner = map.project(map.unproject(level.origin.multiplyBy(SIDE), level.zoom), zoom);
      const offset = corner.subtract(map._getNewPixelOrigin(center, zoom));
      L.DomUtil.setTransform(level.element, offset.round(), map.getZoomScale(zoom, level.zoom));
    }
  },
});

const squareAt = (pixel) => pixel.divideBy(SIDE).floor();

const boundsOf = (square) => L.bounds(square.multiplyBy(SIDE), square.add([1, 1]).multiplyBy(SIDE));
