// The map of the field: drawn from what was taken along, with the office map's own pens.

import { areaAt, paintGrids, paintHighlights, paintReference } from "../../map/ground.js";
import { nearest, paintClusters, paintHouseholds, paintLabels, stackedOn } from "../../map/marks.js";
import { Overlay } from "../../map/overlay.js";
import { paintHeaps, paintPins } from "../../map/pins.js";
import { paintCameras, paintSectors } from "../../map/sites.js";
import { Squares } from "../../map/squares.js";
import { paintMine } from "./mine.js";
import {
  gridLabels,
  gridPieces,
  Pieces,
  Points,
  pixelOf,
  referencePieces,
  sectorPieces,
} from "./packlayers.js";
import { paintCheckpoints, paintRoutes } from "./routes.js";

const CLOSE = 17;
const NOTHING = { top: 0, bottom: 0, right: 0, left: 0 };
// What a pin takes above its place, and a finger beside it, in px.
const PIN = { x: 28, y: 56 };
// From these zooms on they are drawn.
const FROM = { cameras: 14, names: 11, smallNames: 13 };

export class FieldMap {
  #drawn = [];
  #labels = [];
  #counts = new Map();
  #routes = [];
  #mine = [];
  #tags = [];
  #hidden = new Set();
  #off = new Set();
  #selected = { household: null, code: null };
  #data = 0;
  #isZooming = false;
  #wanted = null;

  /** `onPick(thing | null, [longitude, latitude])`; `words(properties)`: a grid's counts. */
  constructor(element, { leaflet, calm, scale = 1 }, { onPick, words }) {
    this.onPick = onPick;
    this.words = words;
    this.scale = scale;
    this.map = L.map(element, {
      zoomControl: false,
      attributionControl: false,
      minZoom: leaflet.MIN_ZOOM,
      maxZoom: leaflet.MAX_ZOOM,
      fadeAnimation: false,
      zoomAnimation: !calm,
      inertia: !calm,
      tapTolerance: 20,
    }).setView([25.6, 112.4], 13);
    L.control.scale({ imperial: false, position: "bottomleft", updateWhenIdle: true }).addTo(this.map);
    const zoomOf = () => this.map.getZoom();
    this.grids = new Pieces(zoomOf);
    this.reference = new Pieces(zoomOf);
    this.sectors = new Pieces(zoomOf);
    this.households = new Points(15, ({ mask }) => this.#countsOf(mask));
    this.incidents = new Points(13, ({ look }) => ({ [look]: 1 }));
    this.cameras = new Points(0, () => ({}));
    const progress = { isComing: () => false, onDrawn: () => this.#tellSettled() };
    this.ground = new Squares("ground", {
      ...progress,
      // A square is drawn anew when other data have come: they are its only "tile".
      tilesIn: () => [this.#data],
      paint: (frame) => this.#paintGround(frame),
    });
    this.overlay = new Overlay(
      [
        { name: "highlights", paint: (frame) => this.#paintHighlights(frame) },
        { name: "marks", paint: (frame) => this.#paintMarks(frame) },
      ],
      progress,
    );
    this.ground.addTo(this.map);
    this.overlay.addTo(this.map);
    this.map.on("click", (event) => this.#pick(event));
    // While it zooms, Leaflet goes nowhere else and says nothing.
    this.map.on("zoomanim", () => {
      this.#isZooming = true;
    });
    this.map.on("zoomend", () => {
      this.#isZooming = false;
      this.#go();
    });
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(element);
  }

  /** The grids, with which the map begins. */
  showGrids(grids) {
    this.grids.set(gridPieces(grids));
    this.#labels = gridLabels(grids);
    this.redraw();
  }

  /**
   * What stands on them: `{households, incidents, cameras, routes, reference, tags}` as the pack has them;
   * `looks(incident)` → its look and kind, `maskOf(slugs)` → a mask of the tags' bits. Fingers are heard in between.
   */
  async showRest({ households, incidents, cameras, routes, reference, tags }, { looks, maskOf }) {
    this.#tags = tags;
    this.#routes = routes;
    this.#counts = new Map();
    for (const { area } of households) this.#counts.set(area, (this.#counts.get(area) ?? 0) + 1);
    this.households.set(
      households.map((one) => ({
        place: one.place,
        properties: { id: one.id, mask: maskOf(one.tags ?? []) },
      })),
    );
    this.incidents.set(
      incidents.map((one) => ({ place: one.place, properties: { id: one.id, ...looks(one) } })),
    );
    this.cameras.set(
      cameras.map(({ id, place, owner, state }) => ({ place, properties: { id, owner, state } })),
    );
    this.overlay.redraw();
    this.sectors.set(sectorPieces(cameras));
    this.reference.set(await referencePieces(reference));
    this.redraw();
  }

  /** What is on this tablet alone, or changed here: `[{place, kind, state}]`. */
  showMine(mine) {
    this.#mine = mine;
    this.overlay.redraw("marks");
  }

  /** Layers and tags that are not drawn. */
  hide({ off = [], tags = [] }) {
    this.#off = new Set(off);
    this.#hidden = new Set(tags);
    this.redraw();
  }

  select({ household = null, code = null }) {
    this.#selected = { household: household === null ? null : String(household), code };
    this.overlay.redraw();
  }

  redraw() {
    this.#data++;
    this.ground.redraw();
    this.overlay.redraw();
  }

  /** Bring [longitude, latitude] into the middle of what nothing covers; `cover`: px from each side. */
  goTo(place, { zoom = CLOSE, cover = NOTHING } = {}) {
    this.#wanted = { place, zoom, cover };
    if (!this.#isZooming) this.#go();
  }

  #go() {
    if (!this.#wanted) return;
    const { place, zoom, cover } = this.#wanted;
    const [longitude, latitude] = place;
    this.#wanted = null;
    const target = Math.max(this.map.getZoom(), zoom);
    const shift = [(cover.right - cover.left) / 2, (cover.bottom - cover.top) / 2];
    const pixel = this.map.project([latitude, longitude], target).add(shift);
    // To another zoom at once: an animation would begin with the next frame and undo whatever is wanted before.
    const options = target === this.map.getZoom() ? {} : { animate: false };
    this.map.setView(this.map.unproject(pixel, target), target, options);
  }

  /** Whether a pin at [longitude, latitude] stands in what nothing covers. */
  isInSight([longitude, latitude], { top, bottom, right, left }) {
    const size = this.map.getSize();
    const { x, y } = this.map.latLngToContainerPoint([latitude, longitude]);
    return x > left + PIN.x && x < size.x - right - PIN.x && y > top + PIN.y && y < size.y - bottom;
  }

  /** Everything that was taken along. */
  goHome(grids) {
    const bounds = L.latLngBounds([]);
    for (const { geometry } of grids) bounds.extend(L.geoJSON(geometry).getBounds());
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [16, 16], maxZoom: 16 });
  }

  /** [longitude, latitude] of the middle of what is not covered. */
  middle({ top, bottom, right, left } = NOTHING) {
    const size = this.map.getSize();
    const { lng, lat } = this.map.containerPointToLatLng([
      (size.x - right + left) / 2,
      (size.y - bottom + top) / 2,
    ]);
    return [lng, lat];
  }

  setScale(scale) {
    this.scale = scale;
    this.overlay.redraw();
  }

  #countsOf(mask) {
    const counts = {};
    for (const { slug, bit } of this.#tags) if (Math.floor(mask / 2 ** bit) % 2) counts[`tag:${slug}`] = 1;
    return counts;
  }

  #shows(name) {
    return !this.#off.has(name);
  }

  #paintGround(frame) {
    if (this.#shows("reference")) paintReference(frame, this.reference);
    if (this.#shows("cameras") && frame.zoom >= FROM.cameras) paintSectors(frame, this.sectors);
    paintGrids(frame, this.grids);
  }

  #paintHighlights(frame) {
    if (this.#selected.code)
      paintHighlights(frame, [[this.grids, "grid"]], { hovered: null, selected: this.#selected.code });
    if (this.#shows("routes")) paintRoutes(frame, this.#routes);
  }

  #paintMarks(frame) {
    const look = {
      tags: this.#tags,
      hidden: this.#hidden,
      selected: this.#selected.household,
      scale: this.scale,
    };
    const bounds = (one) => this.#boundsOf(one);
    const drawn = [];
    if (this.#shows("households")) {
      const { single, heaps } = this.households.inSight(frame, bounds);
      if (frame.zoom < 16) {
        const ones = single.map((point) => ({ ...point, properties: this.#asCluster(point.properties) }));
        drawn.push(...paintClusters(frame, [...heaps, ...ones], look));
      } else drawn.push(...paintHouseholds(frame, single, look));
    }
    if (this.#shows("routes")) paintCheckpoints(frame, this.#routes);
    if (this.#shows("cameras") && frame.zoom >= FROM.cameras)
      drawn.push(...paintCameras(frame, this.cameras.inSight(frame, bounds).single, look));
    if (this.#shows("incidents")) {
      const { single, heaps } = this.incidents.inSight(frame, bounds);
      drawn.push(...paintHeaps(frame, heaps, look), ...paintPins(frame, single, look));
    }
    drawn.push(...paintMine(frame, this.#mine, look));
    this.#drawn = drawn;
    if (this.#shows("names")) this.#paintNames(frame, drawn);
  }

  /** A single household among clusters keeps its id, for a tap. */
  #asCluster(properties) {
    return { ...properties, n: 1, ...this.#countsOf(properties.mask) };
  }

  #paintNames(frame, drawn) {
    const wanted = this.#labels.filter(
      ({ isLarge }) => frame.zoom >= (isLarge ? FROM.names : FROM.smallNames),
    );
    const labels = wanted.map(({ world, properties, ...label }) => ({
      ...label,
      ...pixelOf(frame, world),
      properties: { ...properties, households: this.#counts.get(properties.code) ?? 0 },
    }));
    paintLabels(
      frame,
      labels.filter(({ x, y }) => x > 0 && y > 0 && x < frame.size.x && y < frame.size.y),
      drawn,
      {
        scale: this.scale,
        words: this.words,
        isFiltered: false,
        selected: this.#selected.code,
        staysHome: ({ properties }, x, y) =>
          areaAt(frame.corner.add([x, y]), this.grids, "grid", [properties.level])?.code === properties.code,
      },
    );
  }

  #boundsOf({ corner, size, zoom }) {
    const northWest = this.map.unproject(corner.subtract([40, 40]), zoom);
    const southEast = this.map.unproject(corner.add(size).add([40, 40]), zoom);
    return [northWest.lng, southEast.lat, southEast.lng, northWest.lat];
  }

  /** The grid at [longitude, latitude], by what is drawn: `{code, name, level}` or null. */
  gridAt([longitude, latitude]) {
    const pixel = this.map.project([latitude, longitude], this.map.getZoom());
    return areaAt(pixel, this.grids, "grid", ["small", "large"]);
  }

  #pick({ containerPoint, latlng }) {
    const place = [latlng.lng, latlng.lat];
    const mark = nearest(this.#drawn, this.overlay.fromContainer(containerPoint), 24);
    if (!mark) {
      const area = this.gridAt(place);
      this.onPick(area ? { kind: "grid", properties: area } : null, place);
      return;
    }
    const others = stackedOn(this.#drawn, mark).slice(1).map(kindly);
    this.onPick({ ...kindly(mark), others }, place);
  }

  zoomInto({ x, y }) {
    const place = this.map.containerPointToLatLng(this.overlay.toContainer([x, y]));
    this.map.setView(place, Math.min(this.map.getZoom() + 2, CLOSE));
  }

  /** Say on the element whether all has been drawn: the browser tests wait for it. */
  #tellSettled() {
    this.map.getContainer().dataset.settled = !this.overlay.isDue() && !this.ground.isDue();
  }
}

function kindly(mark) {
  if (mark.thing) return { kind: mark.thing, ...mark };
  return { kind: mark.properties.n > 1 ? "cluster" : "household", ...mark };
}
