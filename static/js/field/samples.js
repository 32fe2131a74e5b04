// Fixes that were heard while a record is being made. What counts and what their mean is, the offline
// core says (geofix.js); here they are gathered, and the last good mean is kept with its true age.

import { fixOf, MAX_AGE_MS } from "../offline/geofix.js";

const MOST = 120;

export class Samples {
  #all = [];
  #good = null;

  /** `{place, accuracy_m, at}`; the same fix told twice counts once. */
  add({ place: [lon, lat], accuracy_m, at }) {
    if (this.#all.at(-1)?.at === at) return;
    this.#all.push({ lon, lat, accuracy_m, at });
    if (this.#all.length > MOST) this.#all.shift();
    const fix = fixOf(this.#all, Date.now());
    if (fix) this.#good = { fix, at: Date.now() - fix.age_s * 1000 };
  }

  get last() {
    return this.#all.at(-1) ?? null;
  }

  /** Whether there is a mean that may move the pin: exact enough and fresh. */
  get isGood() {
    return this.#good !== null && Date.now() - this.#good.at <= MAX_AGE_MS;
  }

  /** As a record's `fix`, with its age now; null while no sample was good enough. */
  fix() {
    if (!this.#good) return null;
    return { ...this.#good.fix, age_s: Math.max(0, Math.round((Date.now() - this.#good.at) / 1000)) };
  }
}

const QUICK_MS = 2000;
/** Problems with which no fix will come. */
export const NO_USE = ["locate.denied", "locate.none", "locate.insecure"];

/** Where the tablet is, if it knows within a moment; else null. */
export function quickFix(position) {
  return new Promise((resolve) => {
    const samples = new Samples();
    let stop = () => {};
    const done = () => {
      clearTimeout(timer);
      queueMicrotask(() => stop());
      resolve(samples.fix());
    };
    const timer = setTimeout(done, QUICK_MS);
    stop = position.watch((fix, problem) => {
      if (fix) samples.add(fix);
      if (samples.isGood || NO_USE.includes(problem)) done();
    });
  });
}
