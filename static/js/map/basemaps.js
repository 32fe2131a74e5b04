// The background: nothing, tiles through this server, or a PMTiles file of one's own.

import { PMTiles } from "pmtiles";
import { toGcj02 } from "../geo/gcj02.js";

/** Tiles drawn in GCJ-02: the tiles are moved under the data, the data stay where they are. */
const ShiftedTiles = L.TileLayer.extend({
  _setZoomTransform(level, center, zoom) {
    L.TileLayer.prototype._setZoomTransform.call(this, level, shifted(center), zoom);
  },
  _getTiledPixelBounds(center) {
    return L.TileLayer.prototype._getTiledPixelBounds.call(this, shifted(center));
  },
});

function shifted(center) {
  const { lng, lat } = L.latLng(center);
  const [longitude, latitude] = toGcj02([lng, lat]);
  return L.latLng(latitude, longitude);
}

/** Pictures out of a PMTiles file, read by ranges of bytes. */
const PicturesFromFile = L.GridLayer.extend({
  initialize(url, options) {
    L.setOptions(this, options);
    this._file = new PMTiles(url);
  },
  createTile(coords, done) {
    const image = L.DomUtil.create("img");
    image.alt = "";
    this._file
      .getZxy(coords.z, coords.x, coords.y)
      .then((tile) => {
        if (!tile) return done(null, image);
        const address = URL.createObjectURL(new Blob([tile.data]));
        image.addEventListener("load", () => {
          URL.revokeObjectURL(address);
          done(null, image);
        });
        image.src = address;
        return undefined;
      })
      .catch((error) => done(error, image));
    return image;
  },
});

async function fromFile(base, options) {
  const header = await new PMTiles(base.url).getHeader();
  // Type 1 of a PMTiles header means vector tiles.
  if (header.tileType !== 1)
    return new PicturesFromFile(base.url, { ...options, maxNativeZoom: header.maxZoom });
  // A script of its own, made for pages with a global `L`; loaded where such a base map is on offer.
  return globalThis.protomapsL.leafletLayer({ ...options, url: base.url, flavor: "light", lang: "zh" });
}

/** The Leaflet layer of a base map as the server describes it: `{id, kind, url, datum, …}`. */
export async function layerOf(base) {
  const options = {
    pane: "tilePane",
    minZoom: base.min_zoom ?? 3,
    maxNativeZoom: base.max_zoom ?? 18,
    maxZoom: 20,
    attribution: base.attribution ?? "",
  };
  if (base.kind === "pmtiles") return fromFile(base, options);
  const Tiles = base.datum === "gcj02" ? ShiftedTiles : L.TileLayer;
  const pictures = new Tiles(base.url, options);
  return base.labels_url ? L.layerGroup([pictures, new Tiles(base.labels_url, options)]) : pictures;
}
