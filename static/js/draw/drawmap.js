// The map under the drawing: base maps, roads and water, the draft's sheet, names, households.

import { parse } from "../geo/permalink.js";
import { inner } from "../geo/planar.js";
import { layerOf } from "../map/basemaps.js";
import { paintReference, tilesIn } from "../map/ground.js";
import { paintHouseholds, paintLabels } from "../map/marks.js";
import { Overlay } from "../map/overlay.js";
import { Squares } from "../map/squares.js";
import { VectorLayer } from "../map/vectorlayer.js";
import { TileStore } from "../net/tilestore.js";
import { bordersOf, circlePlace, fillArea, handle, INK, paintSheet, penFor, stroke } from "./ink.js";
import { ActiveSheet, scaleAt } from "./sheet.js";

const HOUSEHOLDS_FROM = 15;

export class DrawMap {
  #reference;
  #overlay;
  #ground;
  #borders = null;
  #labels = [];
  #base = null;
  #marks = { chosen: [], issues: [], theirs: [], pins: [] };

  /** `paintActive(pen)`: what the tool in hand draws; true where there was something. */
  constructor(config, draft, { paintActive, words, onTrouble }) {
    this.config = config;
    this.draft = draft;
    this.words = words;
    this.map = L.map("map", {
      zoomControl: false,
      minZoom: config.leaflet.MIN_ZOOM,
      maxZoom: config.leaflet.MAX_ZOOM,
      fadeAnimation: false,
      zoomAnimation: !config.calm,
      inertia: !config.calm,
      doubleClickZoom: false,
      tapTolerance: 20,
      boxZoom: false,
    });
    this.map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false, position: "bottomleft", updateWhenIdle: true }).addTo(this.map);
    const progress = { isComing: () => this.#isComing(), onDrawn: () => this.#tellSettled() };
    this.#reference = this.#source(config, onTrouble);
    this.#ground = new Squares("ground", {
      ...progress,
      tilesIn: (frame) => tilesIn(frame, this.#reference),
      paint: (frame) => paintReference(frame, this.#reference),
    });
    this.#overlay = new Overlay(
      [
        { name: "sheet", paint: (frame) => this.#paintSheet(frame) },
        { name: "marks", paint: (frame) => this.#paintMarks(frame) },
      ],
      progress,
    );
    this.active = new ActiveSheet(paintActive);
    const place = parse(location.hash).place ?? config.place;
    this.map.setView([place.lat, place.lng], place.zoom);
    this.map.on("moveend", () => this.#keepPlace());
    for (const layer of [this.#ground, this.#reference, this.#overlay, this.active]) layer.addTo(this.map);
    draft.addEventListener("sheet", () => this.#take());
  }

  /** The address holds the place, so that a link or a reload comes back to it. */
  #keepPlace() {
    const { lat, lng } = this.map.getCenter();
    const digits = 5;
    history.replaceState(null, "", `#${this.map.getZoom()}/${lat.toFixed(digits)}/${lng.toFixed(digits)}`);
  }

  get scale() {
    return scaleAt(this.map.getZoom(), this.map.getCenter().lat);
  }

  /** Places marked on the sheet: `{chosen: codes, issues: [{place, message}], theirs: features, pins: […]}`. */
  mark(marks) {
    Object.assign(this.#marks, marks);
    this.#overlay.redraw("sheet");
  }

  redraw() {
    this.#overlay.redraw();
  }

  fit(bounds, { maxZoom = 17, right = 0, bottom = 0 } = {}) {
    const [west, south, east, north] = bounds;
    this.map.fitBounds(
      [
        [south, west],
        [north, east],
      ],
      { paddingTopLeft: [30, 60], paddingBottomRight: [30 + right, 30 + bottom], maxZoom },
    );
  }

  look([lon, lat], zoom = 17) {
    this.map.setView([lat, lon], Math.max(zoom, this.map.getZoom()));
  }

  async setBase(id) {
    this.#base?.remove();
    this.#base = null;
    const base = this.config.basemaps.find((one) => one.id === id);
    if (base) this.#base = (await layerOf(base)).addTo(this.map);
  }

  #source({ urls }, onTrouble) {
    const layer = new VectorLayer({
      store: new TileStore(),
      urlOf: ({ x, y, z }) =>
        urls.tiles
          .replace("{layer}", "reference")
          .replace("{z}", z - 1)
          .replace("{x}", x)
          .replace("{y}", y),
      onChange: () => this.#ground.redrawSoon(),
      onBusy: () => this.#tellSettled(),
      minZoom: 11,
      maxZoom: 20,
      maxNativeZoom: 17,
      tileSize: 512,
    });
    layer.on("tiletrouble", ({ error }) => onTrouble(error));
    layer.on("tilefine", () => onTrouble(null));
    return layer;
  }

  #isComing() {
    return this.#reference.hasBusyTiles();
  }

  #tellSettled() {
    const isSettled = !this.#overlay.isDue() && !this.#ground.isDue() && !this.#isComing();
    this.map.getContainer().dataset.settled = isSettled && Boolean(this.draft.topology);
  }

  #take() {
    this.#borders = bordersOf(this.draft);
    this.#labels = [...this.draft.features.values()].map(({ geometry, properties }) => {
      const polygons = geometry.coordinates;
      const largest = polygons.reduce((a, b) => (b[0].length > a[0].length ? b : a));
      return { place: inner(largest.map((ring) => ring.slice(0, -1))), properties };
    });
    this.#labels.push(...villageLabels(this.draft));
    this.#overlay.redraw();
    this.active.redraw();
  }

  #paintSheet(frame) {
    if (!this.#borders) return;
    const pen = penFor(frame);
    const { chosen, theirs, pins, issues } = this.#marks;
    for (const { geometry } of theirs) {
      fillArea(pen, geometry, INK.theirs, 0.2);
      stroke(pen, INK.theirs, 2, [2, 3]);
    }
    paintSheet(pen, this.draft, this.#borders);
    for (const code of chosen) {
      const feature = this.draft.features.get(code);
      if (!feature) continue;
      fillArea(pen, feature.geometry, INK.chosen, 0.08);
      stroke(pen, INK.chosen, 4);
    }
    for (const { place, isOpen } of pins)
      handle(pen, place, 8, { colour: "#fff", fill: isOpen ? "#ee7733" : "#999" });
    for (const { place, message } of issues) circlePlace(pen, place, message);
  }

  #paintMarks(frame) {
    const pen = penFor(frame);
    const drawn = this.#paintHouseholds(frame, pen);
    const labels = this.#labels
      .map(({ place, properties }) => {
        const [x, y] = pen.at(place);
        return { x, y, properties, isLarge: properties.level === "large" };
      })
      .filter(({ x, y }) => x > 0 && y > 0 && x < frame.size.x && y < frame.size.y);
    paintLabels(frame, labels, drawn, {
      scale: this.config.textScale,
      words: this.words,
      isFiltered: true,
      selected: this.#marks.chosen[0],
      staysHome: () => true,
    });
  }

  #paintHouseholds(frame, pen) {
    const { households, tags } = this.draft;
    if (!households || frame.zoom < HOUSEHOLDS_FROM) return [];
    const bits = new Map(tags.map(({ slug, bit }) => [slug, bit]));
    const shown = this.config.tags
      .filter(({ slug }) => bits.has(slug))
      .map((tag) => ({ ...tag, bit: bits.get(tag.slug) }));
    const points = [];
    for (let i = 0; i < households.id.length; i++) {
      const [x, y] = pen.at([households.lon[i], households.lat[i]]);
      if (x < 0 || y < 0 || x > frame.size.x || y > frame.size.y) continue;
      points.push({ x, y, properties: { id: households.id[i], mask: households.mask[i] } });
    }
    const look = { tags: shown, hidden: new Set(), selected: null, scale: this.config.textScale };
    return frame.zoom < 17
      ? paintHouseholds(frame, points, { ...look, tags: [] })
      : paintHouseholds(frame, points, look);
  }
}

/** Names of the villages, each in its grid nearest to the middle of all of them. */
function villageLabels({ features, villages }) {
  return [...villages].map(([code, name]) => {
    const grids = [...features.values()].filter(({ properties }) => properties.village === code);
    const places = grids.map(({ geometry }) =>
      inner(geometry.coordinates[0].map((ring) => ring.slice(0, -1))),
    );
    const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
    const far = ([lon, lat]) => Math.hypot(lon - middle[0], lat - middle[1]);
    const place = places.reduce((a, b) => (far(b) < far(a) ? b : a), places[0] ?? middle);
    return { place, properties: { code, name, level: "large", kind: "void" } };
  });
}
