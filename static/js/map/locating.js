// "Where am I": shown on the map with its accuracy and its age, and kept nowhere.

const OPTIONS = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 20_000 };
const WHY = { 1: "locate.denied", 2: "locate.unavailable", 3: "locate.timeout" };

export class Locating {
  #map;
  #tell;
  #watch = null;
  #layers = L.layerGroup();
  #fix = null;
  #clock = null;

  /** `tell(fix | null, problem | null)`: fix = {accuracy in m, age in s}; problem = a text's key. */
  constructor(map, tell) {
    this.#map = map;
    this.#tell = tell;
  }

  get isOn() {
    return this.#watch !== null;
  }

  start() {
    if (!navigator.geolocation) {
      this.#tell(null, globalThis.isSecureContext ? "locate.none" : "locate.insecure");
      return;
    }
    this.#layers.addTo(this.#map);
    let isFirst = true;
    this.#watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        this.#fix = { at: timestamp, accuracy: coords.accuracy };
        this.#draw(coords);
        if (isFirst)
          this.#map.setView([coords.latitude, coords.longitude], Math.max(this.#map.getZoom(), 16));
        isFirst = false;
        this.#report();
      },
      (error) => {
        this.stop();
        this.#tell(null, WHY[error.code] ?? "locate.unavailable");
      },
      OPTIONS,
    );
    this.#clock = setInterval(() => this.#report(), 5000);
  }

  stop() {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    clearInterval(this.#clock);
    this.#watch = null;
    this.#fix = null;
    this.#layers.clearLayers();
    this.#layers.remove();
    this.#tell(null, null);
  }

  #draw({ latitude, longitude, accuracy }) {
    this.#layers.clearLayers();
    const place = [latitude, longitude];
    L.circle(place, {
      radius: accuracy,
      color: "#0077bb",
      weight: 1,
      fillOpacity: 0.1,
      interactive: false,
    }).addTo(this.#layers);
    L.circleMarker(place, {
      radius: 7,
      color: "#fff",
      weight: 3,
      fillColor: "#0077bb",
      fillOpacity: 1,
      interactive: false,
    }).addTo(this.#layers);
  }

  #report() {
    if (!this.#fix) return;
    const age = Math.max(0, Math.round((Date.now() - this.#fix.at) / 1000));
    this.#tell({ accuracy: Math.round(this.#fix.accuracy), age }, null);
  }
}
