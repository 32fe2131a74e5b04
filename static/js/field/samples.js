// Fixes that were heard while a record is being made, and their mean. Pure but for the clock.

// Beyond these a fix does not move the pin by itself.
export const GOOD_M = 30;
const GOOD_MS = 15_000;
const MOST = 120;

export class Samples {
  #all = [];

  /** `{place, accuracy_m, at}`; the same fix told twice counts once. */
  add({ place, accuracy_m: accuracy, at }) {
    if (this.#all.at(-1)?.at === at) return;
    this.#all.push({ place, accuracy_m: accuracy, at });
    if (this.#all.length > MOST) this.#all.shift();
  }

  get last() {
    return this.#all.at(-1) ?? null;
  }

  /** Whether the mean may move the pin: exact enough, and the last fix fresh. */
  get isGood() {
    const { last } = this;
    return (
      Boolean(last) && Date.now() - last.at < GOOD_MS && this.#near().some(({ accuracy_m: m }) => m <= GOOD_M)
    );
  }

  /** As a record's `fix`: the mean weighted by accuracy, with all samples; null where there is none. */
  fix() {
    const { last } = this;
    if (!last) return null;
    const near = this.#near();
    let [lon, lat, sum] = [0, 0, 0];
    for (const { place, accuracy_m: m } of near) {
      const weight = 1 / Math.max(m, 1) ** 2;
      lon += place[0] * weight;
      lat += place[1] * weight;
      sum += weight;
    }
    return {
      lon: Number((lon / sum).toFixed(7)),
      lat: Number((lat / sum).toFixed(7)),
      // The mean is hardly better than its best: neighbouring fixes err alike.
      accuracy_m: Math.round(Math.min(...near.map(({ accuracy_m: m }) => m)) * 10) / 10,
      age_s: Math.max(0, Math.round((Date.now() - last.at) / 1000)),
      samples: this.#all.map(({ place, accuracy_m: m, at }) => [...place, m, new Date(at).toISOString()]),
    };
  }

  /** Those that are worth averaging: not much wider than the best, from the same stand. */
  #near() {
    const recent = this.#all.filter(({ at }) => this.last.at - at < 60_000);
    const best = Math.min(...recent.map(({ accuracy_m: m }) => m));
    return recent.filter(({ accuracy_m: m }) => m <= best * 2 + 5);
  }
}

const QUICK_MS = 2000;

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
    stop = position.watch((fix, problem, isFresh) => {
      if (fix && (isFresh || Date.now() - fix.at < GOOD_MS)) {
        samples.add(fix);
        if (samples.isGood) done();
      } else if (problem === "locate.denied" || problem === "locate.none" || problem === "locate.insecure")
        done();
    });
  });
}
