// "Where am I" on the map: a dot, its accuracy as a ring, its age; following it; the compass.

import { t } from "../ui/texts.js";
import { ageOf } from "./position.js";

const STALE_S = 30;
const POINTS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

export class Me {
  #stop = null;
  #layers = L.layerGroup();
  #ring = null;
  #dot = null;
  isFollowing = false;

  /**
   * `onLine(text | null, problem | null)`: the line at the map's edge; `onState()`: see `state`; `goTo([lon, lat], zoom)`:
   * brings it in sight, at this zoom at least.
   */
  constructor(map, position, { onLine, onState, goTo }) {
    this.map = map;
    this.position = position;
    this.onLine = onLine;
    this.onState = onState;
    this.goTo = goTo;
    map.on("dragstart", () => {
      this.isFollowing = false;
      this.onState(this.state);
    });
  }

  /** "off", "on" or "follow". */
  get state() {
    if (!this.isOn) return "off";
    return this.isFollowing ? "follow" : "on";
  }

  get isOn() {
    return this.#stop !== null;
  }

  /** Off → on and follow → (after a drag) follow again → off. */
  press() {
    if (!this.isOn) this.start();
    else if (!this.isFollowing) this.follow();
    else this.stop();
  }

  start() {
    this.#layers.addTo(this.map);
    this.isFollowing = true;
    let isFirst = true;
    this.#stop = this.position.watch((fix, problem, isFresh) => {
      this.#draw(fix);
      this.#report(fix, problem);
      if (fix && isFresh && this.isFollowing) {
        this.goTo(fix.place, isFirst ? 17 : 0);
        isFirst = false;
      }
    });
    this.onState(this.state);
  }

  follow() {
    this.isFollowing = true;
    this.onState(this.state);
    const { last } = this.position;
    if (last) this.goTo(last.place, 16);
  }

  stop() {
    this.#stop?.();
    this.#stop = null;
    this.isFollowing = false;
    this.#layers.clearLayers();
    this.#layers.remove();
    this.#ring = null;
    this.onLine(null, null);
    this.onState(this.state);
  }

  #draw(fix) {
    if (!fix) return;
    const place = [fix.place[1], fix.place[0]];
    const isStale = ageOf(fix) > STALE_S;
    if (!this.#ring) {
      this.#ring = L.circle(place, { radius: fix.accuracy_m, weight: 1.5, interactive: false });
      this.#dot = L.circleMarker(place, { radius: 8, weight: 3, fillOpacity: 1, interactive: false });
      this.#layers.addLayer(this.#ring).addLayer(this.#dot);
    }
    const ink = isStale ? "#5a6270" : "#0077bb";
    this.#ring.setLatLng(place).setRadius(fix.accuracy_m);
    this.#ring.setStyle({ color: ink, fillColor: ink, fillOpacity: 0.1 });
    this.#dot.setLatLng(place).setStyle({ color: "#fff", fillColor: ink });
  }

  #report(fix, problem) {
    if (!fix) {
      this.onLine(problem ? null : t("me.searching"), problem && t(problem));
      return;
    }
    const values = { accuracy: Math.round(fix.accuracy_m), age: ageOf(fix) };
    this.onLine(t(values.age > STALE_S ? "me.old" : "me.fix", values), null);
  }
}

/** The compass: `onHeading(degrees | null, word)`; must be begun by a tap, for iPads ask then. */
export class Compass {
  #listen = null;

  constructor(onHeading) {
    this.onHeading = onHeading;
  }

  get isOn() {
    return this.#listen !== null;
  }

  /** Answers a text's key where there is none. */
  async start() {
    const Orientation = globalThis.DeviceOrientationEvent;
    if (!Orientation) return "compass.none";
    if (Orientation.requestPermission) {
      const answer = await Orientation.requestPermission().catch(() => "denied");
      if (answer !== "granted") return "compass.denied";
    }
    this.#listen = (event) => this.#heard(event);
    for (const name of ["deviceorientationabsolute", "deviceorientation"])
      addEventListener(name, this.#listen);
    return null;
  }

  stop() {
    for (const name of ["deviceorientationabsolute", "deviceorientation"])
      removeEventListener(name, this.#listen);
    this.#listen = null;
    this.onHeading(null, "");
  }

  #heard(event) {
    // iPads tell the heading itself; elsewhere it is counted the other way round, and only an
    // absolute one means north.
    let degrees = event.webkitCompassHeading;
    if (degrees === undefined) {
      if (!event.absolute || event.alpha === null) return;
      degrees = 360 - event.alpha;
    }
    const turn = globalThis.screen?.orientation?.angle ?? 0;
    const heading = (degrees + turn + 360) % 360;
    this.onHeading(heading, t(`compass.${POINTS[Math.round(heading / 45) % 8]}`));
  }
}
