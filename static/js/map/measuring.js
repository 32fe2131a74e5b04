// Measuring by tapping: a line gives its length, a closed ring its area as well.

import { areaM2, lengthM, mu, readableLength } from "../geo/measure.js";

const INK = { color: "#0077bb", weight: 3 };

export class Measuring {
  #map;
  #points = [];
  #line = L.polyline([], { ...INK, interactive: false });
  #fill = L.polygon([], { ...INK, weight: 1.5, dashArray: "6 4", fillOpacity: 0.08, interactive: false });
  #dots = L.layerGroup();
  #onChange;

  /** `onChange({points, length, area})` after every tap; `area` is null below three points. */
  constructor(map, onChange) {
    this.#map = map;
    this.#onChange = onChange;
    this.isOn = false;
  }

  start() {
    this.isOn = true;
    for (const layer of [this.#fill, this.#line, this.#dots]) layer.addTo(this.#map);
    this.#map.doubleClickZoom.disable();
    this.#map.getContainer().classList.add("is-measuring");
    this.clear();
  }

  stop() {
    this.isOn = false;
    for (const layer of [this.#fill, this.#line, this.#dots]) layer.remove();
    this.#map.doubleClickZoom.enable();
    this.#map.getContainer().classList.remove("is-measuring");
  }

  add(latlng) {
    const last = this.#points.at(-1);
    if (last && last.distanceTo(latlng) < 0.1) return;
    this.#points.push(latlng);
    this.#show();
  }

  undo() {
    this.#points.pop();
    this.#show();
  }

  clear() {
    this.#points = [];
    this.#show();
  }

  #show() {
    this.#line.setLatLngs(this.#points);
    this.#fill.setLatLngs(this.#points.length > 2 ? this.#points : []);
    this.#dots.clearLayers();
    for (const point of this.#points) {
      L.circleMarker(point, {
        ...INK,
        radius: 5,
        weight: 2,
        fillColor: "#fff",
        fillOpacity: 1,
        interactive: false,
      }).addTo(this.#dots);
    }
    const places = this.#points.map(({ lng, lat }) => [lng, lat]);
    const area = places.length > 2 ? areaM2(places) : null;
    this.#onChange({
      points: places.length,
      length: readableLength(lengthM(places)),
      area:
        area === null
          ? null
          : {
              mu: Number(mu(area).toFixed(mu(area) < 100 ? 2 : 1)),
              km2: Number((area / 1e6).toPrecision(3)),
            },
    });
  }
}
