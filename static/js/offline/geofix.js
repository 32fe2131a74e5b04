// Where somebody stands, made of what the receiver says. Pure. A sample is
// `{lon, lat, accuracy_m, at}`, `at` in ms; accuracy as browsers tell it, the radius that holds with 95 %.

import { distanceM } from "./nearby.js";

// Houses of a village stand some 15 m apart: a worse fix tells which hamlet, not which house.
export const MAX_ACCURACY_M = 20;
// At a walk one is 20 m on after it.
export const MAX_AGE_MS = 15_000;
// More make it no better: what errs in them errs together.
export const ENOUGH = 10;

/**
 * Why a sample does not count: `invalid`, `old`, `inaccurate`; "" if it does.
 * @param {{lon: number, lat: number, accuracy_m: number, at: number}} sample
 * @param {number} now ms
 * @returns {"" | "invalid" | "old" | "inaccurate"}
 */
export function refusalOf({ lon, lat, accuracy_m, at }, now) {
  const isPlace = Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && accuracy_m > 0 && Number.isFinite(at);
  if (!isPlace) return "invalid";
  if (now - at > MAX_AGE_MS) return "old";
  return accuracy_m > MAX_ACCURACY_M ? "inaccurate" : "";
}

/**
 * The mean, each sample weighted by 1/accuracy². Its accuracy is never told as better than that of the best sample: errors
 * of the sky and of walls don't average out within a minute. Where the samples lie further apart, that is told.
 * @param {{lon: number, lat: number, accuracy_m: number}[]} samples
 * @returns {{lon: number, lat: number, accuracy_m: number} | null}
 */
export function average(samples) {
  if (samples.length === 0) return null;
  let [sum, lon, lat] = [0, 0, 0];
  for (const sample of samples) {
    const weight = 1 / sample.accuracy_m ** 2;
    sum += weight;
    lon += weight * sample.lon;
    lat += weight * sample.lat;
  }
  const mean = [lon / sum, lat / sum];
  const off = samples.map((sample) => distanceM(mean, [sample.lon, sample.lat]));
  const spread = Math.sqrt(off.reduce((total, metres) => total + metres ** 2, 0) / samples.length);
  const best = Math.min(...samples.map(({ accuracy_m }) => accuracy_m));
  return { lon: mean[0], lat: mean[1], accuracy_m: Math.max(best, spread) };
}

/**
 * Of the samples those that count now and are of the place where the newest is: whoever has walked on is not where the mean would be.
 * @param {{lon: number, lat: number, accuracy_m: number, at: number}[]} samples
 * @param {number} now ms
 */
export function usable(samples, now) {
  const good = samples.filter((sample) => refusalOf(sample, now) === "").sort((a, b) => b.at - a.at);
  const [newest] = good;
  return good
    .filter(
      (one) => distanceM([one.lon, one.lat], [newest.lon, newest.lat]) <= one.accuracy_m + newest.accuracy_m,
    )
    .slice(0, ENOUGH);
}

/**
 * The `fix` of an operation, with all samples, also those that did not count; null if none counts.
 * @param {{lon: number, lat: number, accuracy_m: number, at: number}[]} samples
 * @param {number} now ms
 * @returns {{lon: number, lat: number, accuracy_m: number, age_s: number, samples: [number, number, number, string][]} | null}
 */
export function fixOf(samples, now) {
  const counted = usable(samples, now);
  const mean = average(counted);
  if (!mean) return null;
  const known = samples.filter((sample) => refusalOf(sample, now) !== "invalid");
  return {
    lon: round(mean.lon, 7),
    lat: round(mean.lat, 7),
    accuracy_m: round(mean.accuracy_m, 1),
    age_s: Math.max(0, Math.round((now - counted[0].at) / 1000)),
    samples: known.map(({ lon, lat, accuracy_m, at }) => [lon, lat, accuracy_m, new Date(at).toISOString()]),
  };
}

/**
 * How far a pin was dragged from where the receiver says.
 * @param {{lon: number, lat: number}} fix
 * @param {[number, number]} place
 * @returns {number} metres
 */
export const offsetM = ({ lon, lat }, place) => distanceM([lon, lat], place);

const round = (number, digits) => Number(number.toFixed(digits));
