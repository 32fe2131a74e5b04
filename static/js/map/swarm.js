// Tiles come in swarms; one drawing serves many.

const PATIENCE_MS = 300;

export class Swarm {
  #timer = null;

  /** `isComing()`: whether more is on its way; `work()` is done when it is not, or after a while. */
  constructor(isComing, work) {
    this.isComing = isComing;
    this.work = work;
  }

  get isDue() {
    return this.#timer !== null;
  }

  /** One more has come. */
  add() {
    if (!this.isComing()) this.#run();
    else this.#timer ??= setTimeout(() => this.#run(), PATIENCE_MS);
  }

  drop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run() {
    this.drop();
    this.work();
  }
}
