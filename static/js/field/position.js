// Where this tablet is. Asked only while somebody wants to know — the map's button, a record that is
// being made, a patrol — and kept nowhere but in the record that the person saves.

const OPTIONS = { enableHighAccuracy: true, maximumAge: 2_000, timeout: 30_000 };
// Some receivers tell the time of the satellites, while the tablet's clock may be wrong: where a newer fix is off by as much as
// the one before, it is the clock, and where it is yet to come. A fix that was kept from earlier is off by more each time it is told.
const SLOW_MS = 15_000;
const STEADY_MS = 3_000;
const WHY = { 1: "locate.denied", 2: "locate.unavailable", 3: "locate.timeout" };

export class Position {
  #watchers = new Set();
  #watch = null;
  #clock = null;
  #before = { off: 0, timestamp: 0 };

  // The last fix: `{place: [longitude, latitude], accuracy_m, at (ms), heading, speed}`.
  last = null;
  problem = null;

  /** Call `onChange(fix | null, problem | null)` on every fix, and each second for its age. */
  watch(onChange) {
    this.#watchers.add(onChange);
    if (this.#watch === null) this.#start();
    else onChange(this.last, this.problem);
    return () => {
      this.#watchers.delete(onChange);
      if (this.#watchers.size === 0) this.#stop();
    };
  }

  get isOn() {
    return this.#watch !== null;
  }

  #start() {
    if (!navigator.geolocation) {
      this.problem = globalThis.isSecureContext ? "locate.none" : "locate.insecure";
      this.#tell();
      return;
    }
    this.#watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        this.problem = null;
        this.last = {
          place: [coords.longitude, coords.latitude],
          accuracy_m: coords.accuracy,
          at: this.#byOurClock(timestamp),
          heading: coords.heading,
          speed: coords.speed,
        };
        this.#tell(true);
      },
      (error) => {
        // A fix that is there stays with its age; only a refusal takes it away.
        if (error.code === 1) this.last = null;
        this.problem = WHY[error.code] ?? "locate.unavailable";
        this.#tell();
      },
      OPTIONS,
    );
    this.#clock = setInterval(() => this.#tell(), 1000);
  }

  #byOurClock(timestamp) {
    const now = Date.now();
    const off = now - timestamp;
    const before = this.#before;
    this.#before = { off, timestamp };
    const isSteady = timestamp > before.timestamp && Math.abs(off - before.off) < STEADY_MS;
    return off < -SLOW_MS || (isSteady && off > SLOW_MS) ? now : timestamp;
  }

  #stop() {
    navigator.geolocation?.clearWatch(this.#watch);
    clearInterval(this.#clock);
    this.#watch = null;
    this.last = null;
    this.problem = null;
  }

  #tell(isFresh = false) {
    for (const onChange of [...this.#watchers]) onChange(this.last, this.problem, isFresh);
  }
}

export const ageOf = (fix) => Math.max(0, Math.round((Date.now() - fix.at) / 1000));
