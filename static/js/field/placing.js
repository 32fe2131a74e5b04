// The place of a record: by GPS, where the fix is good and fresh enough, as the mean of several; or by dragging the pin. The
// difference to the GPS is always said, and where nobody knows the place, that. All samples go with the record.

import { MAX_AGE_MS } from "../offline/geofix.js";
import { distanceM } from "../offline/nearby.js";
import { element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { button } from "./parts.js";
import { ageOf } from "./position.js";
import { NO_USE, Samples } from "./samples.js";
import { distance } from "./words.js";

// How long sealing waits for a first fix.
const WAIT_MS = 6000;
// A wider one (a mast's, an address's) is no place of anything.
const WIDEST_M = 200;

export class Placing {
  #marker;
  #stop;
  #lastKept = 0;
  // The fix that came with a draft; it stays until the person asks for another. undefined: there is none to stay.
  #kept;
  #onPlaced = () => {};

  /**
   * `draft`: Draft; `start`: [lon, lat] where the pin stands while nothing else is known; `by`: "gps" follows the fixes until
   * the pin is dragged, "hand" leaves the pin at `start`, "kept" goes on with a draft as it was left.
   */
  constructor(app, draft, { start, by = "gps", onPlace = () => {} }) {
    this.app = app;
    this.draft = draft;
    const hasPlace = Boolean(draft.values.place);
    this.by = by === "kept" && !hasPlace ? "gps" : by;
    if (this.by === "kept") this.#kept = draft.row.fix ?? null;
    this.isPlaced = hasPlace || this.by === "hand";
    this.onPlace = onPlace;
    this.samples = new Samples();
    this.place = draft.values.place ?? start;
    this.line = element("p", { class: "hint placing-line", role: "status" });
    this.element = element(
      "section",
      { class: "field", "aria-label": t("place.title") },
      element("span", { class: "group-title" }, t("place.title")),
      this.line,
      this.#buttons(),
    );
    this.#marker = this.#pin();
    app.onMapTap = (place) => this.setByHand(place);
    this.#stop = app.position.watch((fix, problem, isFresh) => this.#heard(fix, problem, isFresh));
    if (this.isPlaced && !hasPlace) this.#keep();
    this.#show();
  }

  #pin() {
    const made = L.marker([this.place[1], this.place[0]], {
      draggable: true,
      autoPan: true,
      icon: L.divIcon({
        className: "pin-marker",
        html: icon("map-pin"),
        iconSize: [56, 56],
        iconAnchor: [28, 50],
      }),
      keyboard: true,
      title: t("place.pin"),
    }).addTo(this.app.map.map);
    made.on("dragend", () => {
      const { lat, lng } = made.getLatLng();
      this.setByHand([lng, lat]);
    });
    return made;
  }

  setByHand([lon, lat]) {
    this.by = "hand";
    this.draft.isTouched = true;
    this.#move([lon, lat]);
  }

  /** As a record's `fix`, or null where there was none. */
  get fix() {
    return this.#kept === undefined ? this.samples.fix() : this.#kept;
  }

  stop() {
    this.#stop();
    this.#marker.remove();
    this.app.onMapTap = null;
    this.#onPlaced();
  }

  /**
   * The last word before sealing: position and all samples. A first fix is waited for a moment, which `tell(words)` says. False:
   * nobody knows where it is, and nothing was kept.
   */
  async ready(tell) {
    if (!this.isPlaced && !NO_USE.includes(this.problem)) {
      tell(t("place.waiting"));
      await new Promise((resolve) => {
        this.#onPlaced = resolve;
        setTimeout(resolve, WAIT_MS);
      });
    }
    if (this.isPlaced) this.#keep();
    return this.isPlaced;
  }

  /** Nobody knows better: where the pin stands, as the record itself will say. */
  takeMiddle() {
    this.by = "hand";
    this.#move(this.place);
  }

  #buttons() {
    const gps = button(t("place.use_gps"), () => this.#useGps(), {
      iconName: "current-location",
      "data-do": "gps",
    });
    const here = button(t("place.middle"), () => this.setByHand(this.app.map.middle(this.app.cover)), {
      iconName: "crosshair",
      "data-do": "middle",
    });
    return element("div", { class: "buttons" }, gps, here);
  }

  #useGps() {
    const fix = this.samples.fix();
    if (!fix) return;
    this.#kept = undefined;
    this.by = "gps";
    this.#move([fix.lon, fix.lat]);
    this.centre();
  }

  #heard(fix, problem, isFresh) {
    this.problem = problem;
    const isNew = Boolean(fix) && (isFresh || this.samples.last === null);
    if (isNew) this.samples.add(fix);
    if (isNew && this.by === "gps") this.#follow();
    else if (isNew && this.by === "hand" && Date.now() - this.#lastKept > 5000) this.#keep();
    if (NO_USE.includes(problem)) this.#onPlaced();
    this.#show();
  }

  /** To the mean of what is good; to a rough fix only while there is no good one. */
  #follow() {
    const { last } = this.samples;
    const mean = this.samples.fix();
    const isRough = !mean && last.accuracy_m <= WIDEST_M;
    if (mean ? !this.samples.isGood : !isRough) return;
    const place = mean ? [mean.lon, mean.lat] : [last.lon, last.lat];
    this.#move(place);
    if (!this.app.map.isInSight(this.place, this.app.cover)) this.centre();
  }

  #move([lon, lat]) {
    this.place = [Number(lon.toFixed(7)), Number(lat.toFixed(7))];
    this.isPlaced = true;
    this.#marker.setLatLng([lat, lon]);
    this.#keep();
    this.#onPlaced();
    this.#show();
    this.onPlace(this.place);
  }

  /** Bring the pin into the middle of what is in sight. */
  centre(zoom) {
    this.app.map.goTo(this.place, { cover: this.app.cover, zoom });
  }

  #keep() {
    this.#lastKept = Date.now();
    if (this.by === "kept") return;
    const fix = this.#kept === undefined ? this.samples.fix() : null;
    this.draft.setPosition(fix ? { place: this.place, fix } : { place: this.place });
    if (this.draft.row.entity !== "incident") return;
    // By hand nobody knows how exact it is.
    const accuracy = this.by === "gps" ? (fix ?? this.samples.last)?.accuracy_m : undefined;
    if (this.draft.values.accuracy_m !== accuracy) this.draft.set("accuracy_m", accuracy);
  }

  #show() {
    const { last } = this.samples;
    const fix = this.fix;
    this.element.dataset.by = this.isPlaced ? this.by : "none";
    if (!this.isPlaced) {
      this.line.textContent = `${t(this.problem ?? "place.searching")} ${t("place.nowhere")}`;
      return;
    }
    if (this.by === "kept") {
      this.line.textContent = t("place.kept");
      return;
    }
    if (!last) {
      this.line.textContent = this.problem ? t(this.problem) : t("place.searching");
      return;
    }
    const seen = fix ?? { lon: last.lon, lat: last.lat, accuracy_m: last.accuracy_m, samples: [last] };
    const values = {
      accuracy: Math.round(seen.accuracy_m),
      age: ageOf(last),
      n: seen.samples.length,
      off: distance(distanceM(this.place, [seen.lon, seen.lat])),
    };
    const words = [t("place.gps", values)];
    if (!this.samples.isGood) words.push(t(Date.now() - last.at > MAX_AGE_MS ? "place.old" : "place.rough"));
    words.push(t(this.by === "gps" ? "place.at_gps" : "place.by_hand", values));
    this.line.textContent = words.join(" ");
  }
}
