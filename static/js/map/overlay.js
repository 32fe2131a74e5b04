// Canvases over the ground, a little larger than the window: highlights, marks. They move with
// the map while it is dragged and are scaled while it zooms; each is drawn again at most once a
// frame, one with nothing on it not at all. Each has two canvases: one is drawn on aside and takes
// the place of the other in the next frame, so that no frame has the work of both.

import { Swarm } from "./swarm.js";

const PADDING = 0.2;

export const Overlay = L.Layer.extend({
  /**
   * `painters`: `[{name, paint(frame), isEmpty()?}]`, from below to above; `isComing()`:
   * whether tiles are on their way; `onDrawn()` when a drawing was asked for or is done.
   */
  initialize(painters, { isComing, onDrawn }) {
    this._onDrawn = onDrawn;
    this._sheets = painters.map((painter) => ({ ...painter, canvas: null, aside: null, isDue: true }));
    this._request = null;
    this._swarm = new Swarm(isComing, () => this._ask());
  },

  onAdd(map) {
    for (const sheet of this._sheets) {
      const pane = map.getPane(sheet.name) ?? map.createPane(sheet.name);
      sheet.canvas = L.DomUtil.create("canvas", "map-sheet leaflet-zoom-animated", pane);
      sheet.aside = L.DomUtil.create("canvas", "map-sheet leaflet-zoom-animated");
    }
    this._begin();
  },

  onRemove() {
    for (const sheet of this._sheets) sheet.canvas.remove();
    cancelAnimationFrame(this._request);
    this._swarm.drop();
  },

  getEvents() {
    return {
      moveend: this._rest,
      resize: this._begin,
      viewreset: this._begin,
      move: this._followDrag,
      zoom: this._scaleToNow,
      zoomanim: this._scaleTo,
    };
  },

  /** Have the named sheets drawn again in the next frame; all of them without a name. */
  redraw(...names) {
    for (const sheet of this._sheets) {
      if (names.length === 0 || names.includes(sheet.name)) sheet.isDue = true;
    }
    this._ask();
    this._onDrawn();
  },

  /** The same when all tiles that are on their way have come, or some time later. */
  redrawSoon(...names) {
    for (const sheet of this._sheets) if (names.includes(sheet.name)) sheet.isDue = true;
    this._swarm.add();
    this._onDrawn();
  },

  /** Whether a drawing is still to come. */
  isDue() {
    return this._request !== null || this._swarm.isDue;
  },

  _ask() {
    this._request ??= requestAnimationFrame(() => this._draw());
  },

  _draw() {
    this._request = null;
    if (this._map._animatingZoom) return;
    for (const sheet of this._sheets) {
      if (!sheet.isDue) continue;
      sheet.isDue = false;
      sheet.isDrawn = true;
      const { aside } = sheet;
      this._fit(aside);
      aside.hidden = sheet.isEmpty?.() ?? false;
      if (aside.hidden) continue;
      const context = aside.getContext("2d");
      const ratio = aside.width / this._size.x;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, this._size.x, this._size.y);
      sheet.paint({ context, ratio, size: this._size, corner: this._corner, zoom: this._zoom });
    }
    this._request = requestAnimationFrame(() => this._turn());
  },

  /** Put what was drawn aside in the place of what was seen before. */
  _turn() {
    cancelAnimationFrame(this._request);
    this._request = null;
    for (const sheet of this._sheets) {
      if (!sheet.isDrawn) continue;
      sheet.isDrawn = false;
      sheet.canvas.replaceWith(sheet.aside);
      [sheet.canvas, sheet.aside] = [sheet.aside, sheet.canvas];
    }
    if (this._sheets.some(({ isDue }) => isDue)) this._ask();
    this._onDrawn();
  },

  _fit(canvas) {
    const ratio = L.Browser.retina ? Math.min(devicePixelRatio, 2) : 1;
    const width = Math.round(this._size.x * ratio);
    const height = Math.round(this._size.y * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${this._size.x}px`;
      canvas.style.height = `${this._size.y}px`;
    }
    L.DomUtil.setTransform(canvas, this._topLeft, 1);
  },

  /** Pixels from the sheets' corner to a place in the window. */
  fromContainer(point) {
    return this._map.containerPointToLayerPoint(point).subtract(this._topLeft);
  },

  toContainer(point) {
    return this._map.layerPointToContainerPoint(L.point(point).add(this._topLeft));
  },

  _reset() {
    const map = this._map;
    if (map._animatingZoom) return;
    const window = map.getSize();
    const margin = window.multiplyBy(PADDING).round();
    this._topLeft = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
    this._zoom = map.getZoom();
    this._isScaled = false;
    this._corner = map.getPixelOrigin().add(this._topLeft);
    this._size = window.add(margin.multiplyBy(2));
    for (const sheet of this._sheets) sheet.isDue = true;
    cancelAnimationFrame(this._request);
    this._draw();
  },

  /** Where the map itself starts anew, what was seen before would stand in a wrong place. */
  _begin() {
    this._reset();
    this._turn();
  },

  /** After a move: what still fits stays as it is drawn. */
  _rest() {
    if (this._isScaled || this._map.getZoom() !== this._zoom) this._reset();
    else this._followDrag();
  },

  _followDrag() {
    const map = this._map;
    if (map._animatingZoom || map.getZoom() !== this._zoom) return;
    const here = map.containerPointToLayerPoint([0, 0]).subtract(this._topLeft);
    const margin = map.getSize().multiplyBy(PADDING);
    const isNearEdge =
      Math.abs(here.x - margin.x) > margin.x * 0.8 || Math.abs(here.y - margin.y) > margin.y * 0.8;
    if (isNearEdge) this._reset();
  },

  _scaleTo({ center, zoom }) {
    const map = this._map;
    if (!this._isScaled) this._turn();
    this._isScaled = true;
    const scale = map.getZoomScale(zoom, this._zoom);
    const corner = map.project(this._cornerPlace(), zoom);
    const offset = corner.subtract(map._getNewPixelOrigin(center, zoom));
    for (const { canvas } of this._sheets) L.DomUtil.setTransform(canvas, offset, scale);
  },

  _scaleToNow() {
    if (this._map.getZoom() !== this._zoom)
      this._scaleTo({ center: this._map.getCenter(), zoom: this._map.getZoom() });
  },

  _cornerPlace() {
    return this._map.unproject(this._corner, this._zoom);
  },
});
