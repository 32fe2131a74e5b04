// The map itself: its layers by zoom, what is under the pointer, what is selected.

import { ordered } from "../geo/tags.js";
import { TileStore } from "../net/tilestore.js";
import { layerOf } from "./basemaps.js";
import { areaAt, paintFills, paintHighlights, tilesIn } from "./ground.js";
import { nearest, paintLabels, pointsOf, stackedOn } from "./marks.js";
import { labelsOf, paintFound } from "./names.js";
import { Overlay } from "./overlay.js";
import { fillOf, openByGrid } from "./pins.js";
import { FIRST_FILTERED, GROUND, MARKS, NATIVE, SHEETS, sideOf, tileUrl, ZOOMS } from "./sources.js";
import { Squares } from "./squares.js";
import { VectorLayer } from "./vectorlayer.js";

const NEAR = 16;
export class NavMap {
  #hovered = null;
  #pointed = null;
  #drawn = [];
  #found = [];
  #base = null;
  #layers = {};
  #store = new TileStore();

  /** `words(properties)` gives a label's counts, from long to short; `onTrouble(error | null)`. */
  constructor(view, config, { words, onTrouble, onPick, onSettled, onBaseFailed }) {
    this.view = view;
    this.config = config;
    this.words = words;
    this.onSettled = onSettled;
    this.onBaseFailed = onBaseFailed;
    const { leaflet } = config;
    this.map = L.map("map", {
      zoomControl: false,
      attributionControl: true,
      minZoom: leaflet.MIN_ZOOM,
      maxZoom: leaflet.MAX_ZOOM,
      maxBounds: boundsOf(leaflet.SPATIAL_EXTENT),
      fadeAnimation: false,
      zoomAnimation: !config.calm,
      markerZoomAnimation: !config.calm,
      inertia: !config.calm,
      keyboardPanDelta: 120,
      tapTolerance: 20,
    });
    this.map.attributionControl.setPrefix(false);
    if (leaflet.SCALE)
      L.control.scale({ imperial: false, position: "bottomleft", updateWhenIdle: true }).addTo(this.map);
    const progress = { isComing: () => this.#isComing(), onDrawn: () => this.#tellSettled() };
    this.ground = new Squares("ground", {
      ...progress,
      tilesIn: (frame) => this.#groundLayers().flatMap(([name]) => tilesIn(frame, this.#layers[name])),
      paint: (frame) => {
        for (const [name, paint] of this.#groundLayers()) paint(frame, this.#layers[name]);
      },
    });
    const highlights = {
      name: "highlights",
      paint: (frame) => this.#paintHighlights(frame),
      isEmpty: () => !this.#hovered && !this.#selectedCode() && !view.now.fill,
    };
    const marks = { name: "marks", paint: (frame) => this.#paintMarks(frame) };
    this.overlay = new Overlay([highlights, marks], progress);
    for (const name of Object.keys(ZOOMS)) this.#layers[name] = this.#source(name, onTrouble);
    this.#open(view.now);
    this.ground.addTo(this.map);
    this.overlay.addTo(this.map);
    this.#showLayers();
    this.map.on("zoomend", () => this.#showLayers());
    // Not at once: where the address opens panels and a place, the panels move the map first, and
    // what they leave in between must not stand in the address.
    this.map.on("moveend", () => queueMicrotask(() => view.set({ place: this.place }, { quiet: true })));
    this.map.on("mousemove", (event) => this.#hover(event));
    this.map.on("mouseout", () => this.#setHovered(null));
    this.map.on("click", (event) => onPick(this.thingAt(event), event));
    view.watch(["off"], () => this.#showLayers());
    view.watch(["hidden", "order"], () => this.overlay.redraw("marks"));
    view.watch(["selected"], () => this.overlay.redraw("highlights", "marks"));
    view.watch(["tags", "mode", "area"], () => {
      this.#layers.households.reload();
      this.#showLayers();
    });
    view.watch(["look", "kind", "category", "since", "until"], () => this.#layers.incidents.reload());
    view.watch(["fill"], () => this.overlay.redraw("highlights"));
    view.watch(["at"], () => this.#layers.grids.reload());
    view.watch(["base"], ({ base }) => this.#setBase(base));
    view.watch(["place"], ({ place }) => this.#follow(place));
    this.#setBase(view.now.base);
    // A link copied before the first move holds the place too.
    view.set({ place: this.place }, { quiet: true });
  }

  get place() {
    const { lat, lng } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat: Number(lat.toFixed(5)), lng: Number(lng.toFixed(5)) };
  }

  /** Say on the map's element whether all in sight has come and been drawn. */
  #tellSettled() {
    const isSettled = !this.overlay.isDue() && !this.ground.isDue() && !this.#isComing();
    const { dataset } = this.map.getContainer();
    if (dataset.settled === String(isSettled)) return;
    dataset.settled = isSettled;
    this.onSettled(isSettled);
  }

  /** Whether tiles of what is shown are on their way. */
  #isComing() {
    return Object.values(this.#layers).some((layer) => this.map.hasLayer(layer) && layer.hasBusyTiles());
  }

  goHome() {
    const { bounds, nearestZoom } = this.config.home;
    this.map.fitBounds(boundsOf(bounds), { padding: [24, 24], maxZoom: nearestZoom ?? NEAR });
  }

  /** Bring something into sight: `{bounds}` or `{place: [longitude, latitude]}`. */
  show({ bounds, place }, { zoom = NEAR + 2, left = 0, right = 0, bottom = 0, margin = 24 } = {}) {
    if (bounds) {
      this.map.fitBounds(boundsOf(bounds), {
        paddingTopLeft: [margin + left, margin],
        paddingBottomRight: [margin + right, margin + bottom],
        maxZoom: NEAR + 1,
      });
      return;
    }
    const target = Math.max(this.map.getZoom(), zoom);
    const pixel = this.map.project([place[1], place[0]], target).add([(right - left) / 2, bottom / 2]);
    this.map.setView(this.map.unproject(pixel, target), target);
  }

  /** True where a place can be seen beside what covers the map. */
  isInSight([longitude, latitude], { left = 0, right = 0, bottom = 0 } = {}) {
    const { x, y } = this.map.latLngToContainerPoint([latitude, longitude]);
    const size = this.map.getSize();
    return x > 20 + left && y > 20 && x < size.x - 20 - right && y < size.y - 20 - bottom;
  }

  /** Marks of a search: `[{longitude, latitude}]`. */
  showFound(hits) {
    this.#found = hits
      .map((hit, i) => ({ ...hit, number: i + 1 }))
      .filter(({ longitude }) => longitude !== null);
    this.overlay.redraw("marks");
  }

  /** The household that a row of the table is about, ringed while it is pointed at. */
  point(id) {
    if (id === this.#pointed) return;
    this.#pointed = id;
    this.overlay.redraw("marks");
  }

  /** Show fresh data: after coming back, or when something has changed. */
  refresh() {
    this.#store.expire();
    for (const layer of Object.values(this.#layers)) if (this.map.hasLayer(layer)) layer.reload();
  }

  redraw() {
    this.overlay.redraw();
  }

  /**
   * What lies at a pointer: {kind: "household" | "cluster" | "incident" | "incident_heap" | "grid" |
   * "region", …} or null; a mark's `others` are those that lie on the same place.
   */
  thingAt({ containerPoint, originalEvent }) {
    const reach = originalEvent.pointerType === "touch" ? 22 : 6;
    const mark = nearest(this.#drawn, this.overlay.fromContainer(containerPoint), reach);
    if (mark) return { ...kindly(mark), others: stackedOn(this.#drawn, mark).slice(1).map(kindly) };
    const area = this.#areaAt(containerPoint);
    if (!area) return null;
    const kind = area.level === "large" || area.level === "small" ? "grid" : "region";
    return { kind, properties: area };
  }

  zoomInto({ x, y }) {
    const place = this.map.containerPointToLatLng(this.overlay.toContainer([x, y]));
    this.map.setView(place, Math.min(this.map.getZoom() + 2, NEAR + 1));
  }

  #areaAt(containerPoint) {
    const pixel = this.map.getPixelOrigin().add(this.map.containerPointToLayerPoint(containerPoint));
    if (this.#isShown("grids")) {
      const levels = this.map.getZoom() < 13 ? ["large"] : ["small", "large"];
      return areaAt(pixel, this.#layers.grids, "grid", levels);
    }
    if (this.#isShown("regions")) return areaAt(pixel, this.#layers.regions, "region", ["town", "county"]);
    return null;
  }

  /** Whether only some of the households are asked for. */
  get isFiltered() {
    const { tags, area } = this.view.now;
    return tags.length > 0 || Boolean(area);
  }

  #isShown(name) {
    return this.map.hasLayer(this.#layers[name]);
  }

  #open({ place }) {
    if (place) this.map.setView([place.lat, place.lng], place.zoom, { animate: false });
    else if (this.config.home.bounds) this.goHome();
    else this.map.fitBounds(boundsOf(this.config.leaflet.SPATIAL_EXTENT));
  }

  #source(name, onTrouble) {
    const layer = new VectorLayer({
      store: this.#store,
      urlOf: (coords) => tileUrl(this.config.urls.tiles, name, coords, this.view.now),
      onChange: () => {
        if (name in GROUND) this.ground.redrawSoon();
        if (SHEETS[name].length > 0) this.overlay.redrawSoon(...SHEETS[name]);
      },
      onBusy: () => this.#tellSettled(),
      minZoom: name === "households" ? FIRST_FILTERED : ZOOMS[name][0],
      maxZoom: ZOOMS[name][1],
      maxNativeZoom: NATIVE[name],
      tileSize: sideOf(name),
    });
    layer.on("tiletrouble", ({ error }) => onTrouble(error));
    layer.on("tilefine", () => onTrouble(null));
    return layer;
  }

  #showLayers() {
    const zoom = this.map.getZoom();
    const { off } = this.view.now;
    for (const [name, layer] of Object.entries(this.#layers)) {
      const [usual, to] = ZOOMS[name];
      // Few are left by a filter: they can be told apart from further out.
      const from = name === "households" && this.isFiltered ? FIRST_FILTERED : usual;
      const isWanted = zoom >= from && zoom <= to && !off.includes(name) && this.config.may[name] !== false;
      if (isWanted !== this.map.hasLayer(layer)) layer[isWanted ? "addTo" : "remove"](this.map);
    }
    this.ground.redrawSoon();
    this.overlay.redraw();
  }

  async #setBase(id) {
    this.#base?.remove();
    this.#base = null;
    const base = this.config.basemaps.find((one) => one.id === id);
    if (!base) return;
    try {
      const layer = await layerOf(base);
      if (this.view.now.base !== id) return;
      layer.once("tileerror", this.onBaseFailed);
      this.#base = layer.addTo(this.map);
    } catch {
      this.onBaseFailed();
    }
  }

  #follow(place) {
    const here = this.place;
    if (!place || (place.zoom === here.zoom && place.lat === here.lat && place.lng === here.lng)) return;
    // At once: what else the address opens may move the map meanwhile.
    this.map.setView([place.lat, place.lng], place.zoom, { animate: false });
  }

  #hover(event) {
    if (event.originalEvent.pointerType === "touch") return;
    const thing = this.thingAt(event);
    const isMark = thing && thing.kind !== "grid" && thing.kind !== "region";
    this.map.getContainer().classList.toggle("is-pointing", Boolean(thing));
    this.#setHovered(isMark ? null : (thing?.properties.code ?? null));
  }

  #setHovered(code) {
    if (code === this.#hovered) return;
    this.#hovered = code;
    this.overlay.redraw("highlights");
  }

  #selectedCode() {
    const { selected } = this.view.now;
    return selected?.startsWith("g:") ? selected.slice(2) : null;
  }

  #groundLayers() {
    return Object.entries(GROUND).filter(([name]) => this.#isShown(name));
  }

  #paintHighlights(frame) {
    if (this.view.now.fill && this.#isShown("incidents") && this.#isShown("grids")) {
      const open = openByGrid(this.#layers.incidents);
      // Tiles of twice the side are of the zoom before.
      const level = frame.zoom < 14 ? "large" : "small";
      paintFills(frame, this.#layers.grids, level, (code) => fillOf(open.get(code) ?? 0));
    }
    const layers = [
      ["grids", "grid"],
      ["regions", "region"],
    ].filter(([name]) => this.#isShown(name));
    paintHighlights(
      frame,
      layers.map(([name, inside]) => [this.#layers[name], inside]),
      {
        hovered: this.#hovered,
        selected: this.#selectedCode(),
      },
    );
  }

  #paintMarks(frame) {
    const { selected, hidden, order, off, tags } = this.view.now;
    const legend = ordered(this.config.tags, order);
    const look = {
      // What is asked for comes before what else a household is.
      tags: [
        ...legend.filter(({ slug }) => tags.includes(slug)),
        ...legend.filter(({ slug }) => !tags.includes(slug)),
      ],
      hidden: new Set(hidden),
      selected: this.#pointed ?? (selected?.startsWith("h:") ? selected.slice(2) : null),
      scale: this.config.textScale,
    };
    this.#drawn = MARKS.filter(([name]) => this.#isShown(name)).flatMap(([name, inside, paint]) =>
      paint(frame, pointsOf(frame, this.#layers[name], inside), look),
    );
    const at = ({ longitude, latitude }) => this.map.project([latitude, longitude], frame.zoom);
    const found = paintFound(frame, this.#found, at);
    if (off.includes("names")) return;
    paintLabels(
      frame,
      labelsOf(frame, this.#layers, (name) => this.#isShown(name)),
      [...this.#drawn, ...found],
      {
        scale: this.config.textScale,
        words: this.words,
        isFiltered: this.isFiltered,
        selected: this.#selectedCode(),
        staysHome: ({ properties }, x, y) => this.#isOn(properties, frame.corner.add([x, y])),
      },
    );
  }

  /** Whether a pixel of the map's zoom lies on the area that a label names. */
  #isOn({ code, level }, pixel) {
    const name = this.#isShown("grids") ? "grid" : "region";
    return areaAt(pixel, this.#layers[`${name}s`], name, [level])?.code === code;
  }
}

/** A mark that was drawn, with its kind. */
function kindly(mark) {
  return { kind: mark.thing ?? (mark.properties.n ? "cluster" : "household"), ...mark };
}

function boundsOf([west, south, east, north]) {
  return [
    [south, west],
    [north, east],
  ];
}
