// A source of vector tiles: Leaflet's grid decides which tiles are wanted, kept and dropped;
// what they hold is drawn elsewhere (squares.js, overlay.js).

export const VectorLayer = L.GridLayer.extend({
  options: { updateWhenZooming: false, keepBuffer: 1, maxZoom: 20, className: "tile-source" },

  /** `store`: TileStore; `urlOf(coords)`: address of a tile; `onChange()`: draw again. */
  initialize(options) {
    L.setOptions(this, options);
    this._held = new Map();
    this._pieces = null;
    this._piecesKey = null;
  },

  createTile(coords, done) {
    const element = L.DomUtil.create("div");
    const held = { coords, element, tile: null, url: null, abort: null };
    this._held.set(element, held);
    this._fill(held, done);
    return element;
  },

  onAdd(map) {
    this.on("tileunload", this._release, this);
    L.GridLayer.prototype.onAdd.call(this, map);
  },

  onRemove(map) {
    L.GridLayer.prototype.onRemove.call(this, map);
    for (const held of this._held.values()) held.abort?.abort();
    this._held.clear();
    this._pieces = null;
    this.off("tileunload", this._release, this);
    this.options.onChange();
  },

  /** Whether a tile is still on its way. */
  hasBusyTiles() {
    return [...this._held.values()].some((held) => held.isBusy);
  },

  /** Ask for every tile again, for its address has changed; the old ones stay until then. */
  reload() {
    for (const held of this._held.values()) this._fill(held, () => {});
  },

  /**
   * Tiles to draw: `[{tile, west, north, size, holes}]` in pixels of the map's zoom.
   * Tiles of the zoom before are given where the new ones are not there yet; `holes` are the
   * parts of them that are.
   */
  drawable() {
    if (!this._map) return [];
    const zoom = this._map.getZoom();
    const key = `${zoom} ${this._tileZoom}`;
    if (!this._pieces || this._piecesKey !== key) {
      this._pieces = this._cut(zoom);
      this._piecesKey = key;
    }
    return this._pieces;
  },

  _cut(zoom) {
    const now = [];
    const before = [];
    for (const { coords, tile } of this._held.values()) {
      if (!tile) continue;
      const side = this.options.tileSize * this._map.getZoomScale(zoom, coords.z);
      const piece = { tile, west: coords.x * side, north: coords.y * side, size: side, holes: [] };
      (coords.z === this._tileZoom ? now : before).push(piece);
    }
    for (const old of before) old.holes = now.filter((piece) => touch(old, piece));
    return [...before.filter((old) => !old.holes.some((piece) => within(old, piece))), ...now];
  },

  async _fill(held, done) {
    const { store, urlOf, onChange, onBusy } = this.options;
    const url = urlOf(held.coords);
    if (held.url === url && held.tile && store.isFresh(url)) return;
    held.abort?.abort();
    const abort = new AbortController();
    held.abort = abort;
    held.url = url;
    held.isBusy = true;
    onBusy();
    const kept = store.peek(url);
    if (kept) {
      this._take(held, kept);
      queueMicrotask(() => done(null, held.element));
      onChange();
    }
    try {
      const tile = await store.load(url, abort.signal);
      held.isBusy = false;
      if (tile !== held.tile) {
        this._take(held, tile);
        onChange();
      }
      if (!kept) done(null, held.element);
      this.fire("tilefine");
    } catch (error) {
      if (error.name === "AbortError") return;
      done(error, held.element);
      this.fire("tiletrouble", { error });
    } finally {
      if (held.abort === abort) held.isBusy = false;
      onBusy();
    }
  },

  _take(held, tile) {
    held.tile = tile;
    this._pieces = null;
  },

  _release({ tile: element }) {
    this._held.get(element)?.abort?.abort();
    this._held.delete(element);
    this._pieces = null;
  },
});

// Half a pixel of play for what rounding leaves.
const touch = (a, b) =>
  a.west < b.west + b.size - 0.5 &&
  b.west < a.west + a.size - 0.5 &&
  a.north < b.north + b.size - 0.5 &&
  b.north < a.north + a.size - 0.5;

const within = (inner, outer) =>
  inner.west >= outer.west - 0.5 &&
  inner.north >= outer.north - 0.5 &&
  inner.west + inner.size <= outer.west + outer.size + 0.5 &&
  inner.north + inner.size <= outer.north + outer.size + 0.5;
