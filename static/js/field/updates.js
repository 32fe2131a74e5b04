// New versions of the page. One that has come waits: it is put on when the person taps, or at a start
// with nothing under way, and never while somebody works in any tab of this page.

const HOUR_MS = 3_600_000;
const ASK_MS = 400;

export class Updates {
  #registration = null;
  #channel = new BroadcastChannel("gis-grid.field.work");
  #isSwitching = false;

  /** `isBusy()`: whether something is typed or sent here; `onReady()`: a new version waits. */
  constructor({ isBusy, onReady }) {
    this.isBusy = isBusy;
    this.onReady = onReady;
    this.#channel.onmessage = ({ data }) => {
      if (data.ask === "busy" && this.isBusy()) this.#channel.postMessage({ busy: data.id });
    };
  }

  /** Register the worker; answers false where the browser has none (then nothing works offline). */
  async start(url) {
    const { serviceWorker } = navigator;
    if (!serviceWorker) return false;
    // The first worker takes over a page that had none: that is no new version.
    let hadWorker = Boolean(serviceWorker.controller);
    serviceWorker.addEventListener("controllerchange", () => {
      if (hadWorker) location.reload();
      hadWorker = true;
    });
    this.#registration = await serviceWorker.register(url, { updateViaCache: "none" });
    this.#watch(this.#registration);
    if (this.#registration.waiting) this.onReady();
    setInterval(() => this.look(), HOUR_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.look();
    });
    return true;
  }

  get isWaiting() {
    return Boolean(this.#registration?.waiting);
  }

  /** Ask the server for a newer version; without a connection nothing happens. */
  async look() {
    if (navigator.onLine) await this.#registration?.update().catch(() => {});
  }

  /** Put the waiting version on; "busy" here, or "elsewhere" in another tab, where it can't be now. */
  async switch() {
    const { waiting } = this.#registration ?? {};
    if (!waiting) return "none";
    if (this.isBusy()) return "busy";
    if (await this.#isElsewhereBusy()) return "elsewhere";
    if (this.#isSwitching || this.isBusy()) return "busy";
    this.#isSwitching = true;
    waiting.postMessage({ ask: "switch" });
    return "switching";
  }

  #isElsewhereBusy() {
    const id = crypto.randomUUID();
    return new Promise((resolve) => {
      const hear = ({ data }) => data.busy === id && done(true);
      const done = (answer) => {
        this.#channel.removeEventListener("message", hear);
        clearTimeout(timer);
        resolve(answer);
      };
      const timer = setTimeout(() => done(false), ASK_MS);
      this.#channel.addEventListener("message", hear);
      this.#channel.postMessage({ ask: "busy", id });
    });
  }

  #watch(registration) {
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => {
        if (coming.state === "installed" && navigator.serviceWorker.controller) this.onReady();
      });
    });
  }
}
