// The canvas above the map on which a gesture is drawn: only what moves, painted at most once a
// frame. It has the window's size, or while something is dragged only that of what moves: the
// browser hands over a canvas as a whole, and most of a frame's time goes by its pixels.

const MARGIN_PX = 170;

export const ActiveSheet = L.Layer.extend({
  /** `paint(pen)` answers whether it drew; a pen is `{context, at(place) → [x, y], size, zoom}`. */
  initialize(paint, pane = "active") {
    this._paint = paint;
    this._paneName = pane;
    this._request = null;
    this._ratio = L.Browser.retina ? Math.min(devicePixelRatio, 2) : 1;
    this._isBlank = true;
    this._focus = null;
  },

  onAdd(map) {
    const pane = map.getPane(this._paneName) ?? map.createPane(this._paneName);
    this._canvas = L.DomUtil.create("canvas", "map-sheet", pane);
    this._fit();
  },

  onRemove() {
    this._canvas.remove();
    cancelAnimationFrame(this._request);
  },

  getEvents() {
    return { move: this._now, resize: this._fit, zoomstart: this._hide, zoomend: this._fit };
  },

  redraw() {
    this._request ??= requestAnimationFrame(() => this._draw());
  },

  /** Draw only around these places from now on; on the whole window with null. */
  focus(places) {
    if (places === null) {
      this._focus = null;
      this._fit();
      return;
    }
    const box = L.bounds(places.map(([lon, lat]) => this._map.latLngToContainerPoint([lat, lon])));
    const near = L.bounds(
      box.min.subtract([MARGIN_PX / 2, MARGIN_PX / 2]),
      box.max.add([MARGIN_PX / 2, MARGIN_PX / 2]),
    );
    if (this._focus?.contains(near)) return;
    if (this._focus)
      box
        .extend(this._focus.min.add([MARGIN_PX, MARGIN_PX]))
        .extend(this._focus.max.subtract([MARGIN_PX, MARGIN_PX]));
    this._focus = L.bounds(
      box.min.subtract([MARGIN_PX, MARGIN_PX]).floor(),
      box.max.add([MARGIN_PX, MARGIN_PX]).ceil(),
    );
    this._fit();
  },

  _hide() {
    this._canvas.hidden = true;
  },

  _fit() {
    this._corner = this._focus?.min ?? L.point(0, 0);
    this._size = this._focus?.getSize() ?? this._map.getSize();
    this._canvas.hidden = false;
    this._canvas.width = Math.round(this._size.x * this._ratio);
    this._canvas.height = Math.round(this._size.y * this._ratio);
    this._canvas.style.width = `${this._size.x}px`;
    this._canvas.style.height = `${this._size.y}px`;
    this._isBlank = true;
    this._now();
  },

  _now() {
    cancelAnimationFrame(this._request);
    this._draw();
  },

  _draw() {
    this._request = null;
    L.DomUtil.setPosition(this._canvas, this._map.containerPointToLayerPoint(this._corner));
    const context = this._canvas.getContext("2d");
    context.setTransform(this._ratio, 0, 0, this._ratio, 0, 0);
    if (!this._isBlank) context.clearRect(0, 0, this._size.x, this._size.y);
    this._isBlank = !this._paint({
      context,
      at: penOf(this._map, this._corner),
      size: this._size,
      zoom: this._map.getZoom(),
    });
  },
});

/** How places become pixels of the window: Mercator at the map's zoom, without objects in between. */
function penOf(map, offset) {
  const project = mercator(map.getZoom());
  const corner = map.getPixelBounds().min.add(offset);
  return (place) => {
    const [x, y] = project(place);
    return [x - corner.x, y - corner.y];
  };
}

/** Places to pixels of a zoom's world, as Leaflet's own projection has them. */
export function mercator(zoom) {
  const side = 256 * 2 ** zoom;
  return ([lon, lat]) => {
    const sin = Math.sin((lat * Math.PI) / 180);
    return [((lon + 180) / 360) * side, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * side];
  };
}

/** Pixels a degree of longitude and of latitude around a latitude. */
export function scaleAt(zoom, lat) {
  const x = (256 * 2 ** zoom) / 360;
  return [x, x / Math.cos((lat * Math.PI) / 180)];
}
