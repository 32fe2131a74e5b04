// The place of a record: by GPS, where the fix is good and fresh enough, as the mean of several; or by
// dragging the pin. The difference to the GPS is always said. All samples go with the record.

import { distanceM } from "../offline/nearby.js";
import { element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { button } from "./parts.js";
import { ageOf } from "./position.js";
import { Samples } from "./samples.js";
import { distance } from "./words.js";

export class Placing {
  #marker;
  #stop;
  #lastKept = 0;

  /**
   * `draft`: Draft; `start`: [lon, lat] where nothing else is known; `by`: "gps" follows the fixes until
   * the pin is dragged, "hand" leaves the pin where it is.
   */
  constructor(app, draft, { start, by = "gps", onPlace = () => {} }) {
    this.app = app;
    this.draft = draft;
    this.by = by;
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
    this.#marker = L.marker([this.place[1], this.place[0]], {
      draggable: true,
      autoPan: true,
      icon: L.divIcon({
        className: "pin-marker",
        html: pinDrawing(),
        iconSize: [56, 56],
        iconAnchor: [28, 50],
      }),
      keyboard: true,
      title: t("place.pin"),
    }).addTo(app.map.map);
    this.#marker.on("dragend", () => {
      const { lat, lng } = this.#marker.getLatLng();
      this.setByHand([lng, lat]);
    });
    app.onMapTap = (place) => this.setByHand(place);
    this.#stop = app.position.watch((fix, problem, isFresh) => this.#heard(fix, problem, isFresh));
    if (!draft.values.place) this.#keep();
    this.#show();
  }

  setByHand([lon, lat]) {
    this.by = "hand";
    this.#move([lon, lat]);
  }

  /** As a record's `fix`, or null where there was none. */
  get fix() {
    return this.samples.fix();
  }

  stop() {
    this.#stop();
    this.#marker.remove();
    this.app.onMapTap = null;
  }

  /** The last word before sealing: position and all samples. */
  finish() {
    this.#keep();
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
    const fix = this.fix;
    if (!fix) return;
    this.by = "gps";
    this.#move([fix.lon, fix.lat]);
    this.app.map.goTo(this.place, { cover: this.app.cover });
  }

  #heard(fix, problem, isFresh) {
    this.problem = problem;
    if (fix && isFresh) this.samples.add(fix);
    const mean = this.fix;
    if (isFresh && mean && this.by === "gps" && this.samples.isGood) {
      const isFar = !this.app.map.map.getBounds().contains([mean.lat, mean.lon]);
      this.#move([mean.lon, mean.lat]);
      if (isFar) this.app.map.goTo(this.place, { cover: this.app.cover });
    } else if (isFresh && Date.now() - this.#lastKept > 5000) this.#keep();
    this.#show();
  }

  #move([lon, lat]) {
    this.place = [Number(lon.toFixed(7)), Number(lat.toFixed(7))];
    this.#marker.setLatLng([lat, lon]);
    this.#keep();
    this.#show();
    this.onPlace(this.place);
  }

  #keep() {
    this.#lastKept = Date.now();
    const fix = this.fix;
    this.draft.setPosition({ place: this.place, fix });
    if (this.draft.row.entity === "incident") {
      // By hand nobody knows how exact it is.
      const accuracy = this.by === "gps" && fix ? fix.accuracy_m : undefined;
      if (this.draft.values.accuracy_m !== accuracy) this.draft.set("accuracy_m", accuracy);
    }
  }

  #show() {
    const fix = this.fix;
    const { last } = this.samples;
    this.element.dataset.by = this.by;
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
    if (!this.samples.isGood) words.push(t("place.weak"));
    words.push(t(this.by === "gps" ? "place.at_gps" : "place.by_hand", values));
    this.line.textContent = words.join(" ");
  }
}

function pinDrawing() {
  return icon("map-pin");
}
