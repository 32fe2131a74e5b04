// The worker that makes photos small, and what is done where a browser has none.

const TIMEOUT_MS = 60_000;

export class Shrinker {
  #worker = null;
  #waiting = new Map();
  #serial = 0;

  constructor(address) {
    this.address = address;
  }

  /** A smaller JPEG of a picture, or null where this browser can't make one. */
  small(file) {
    if (typeof Worker !== "function" || typeof OffscreenCanvas !== "function") return Promise.resolve(null);
    if (!this.#worker) this.#start();
    const id = ++this.#serial;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(id, null), TIMEOUT_MS);
      this.#waiting.set(id, (small) => {
        clearTimeout(timer);
        resolve(small);
      });
      this.#worker.postMessage({ id, file });
    });
  }

  #start() {
    this.#worker = new Worker(this.address, { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#answer(data.id, data.small);
    this.#worker.onerror = () => {
      for (const id of [...this.#waiting.keys()]) this.#answer(id, null);
    };
  }

  #answer(id, small) {
    this.#waiting.get(id)?.(small);
    this.#waiting.delete(id);
  }
}
