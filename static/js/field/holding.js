// One tab of the page at a time: whoever holds it works, the others wait until it is let go or its tab is closed.

export class Holding {
  #letGo = null;

  /** `name`: of the lock over all tabs; where a browser has none, everybody holds it. */
  constructor(name, locks = globalThis.navigator?.locks ?? null) {
    this.name = name;
    this.locks = locks;
  }

  /** Hold it from now on; false where another tab does. */
  take() {
    if (!this.locks || this.#letGo) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.locks.request(this.name, { ifAvailable: true }, (lock) => {
        const held = lock === null ? undefined : this.#held();
        resolve(lock !== null);
        return held;
      });
    });
  }

  /** Hold it as soon as the other tab lets it go; `onHeld()` then. */
  wait(onHeld) {
    this.locks.request(this.name, () => {
      const held = this.#held();
      onHeld();
      return held;
    });
  }

  letGo() {
    this.#letGo?.();
    this.#letGo = null;
  }

  #held() {
    return new Promise((letGo) => {
      this.#letGo = letGo;
    });
  }
}
