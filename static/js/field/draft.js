// One form under the pen: every keystroke goes to the outbox, one write after the other; what fails is
// told and tried again with the next one.

export class Draft {
  #pending = {};
  #writing = null;
  #position = null;
  #held = new Set();
  /** Whether something was entered that can't be told from the values, such as a pin that was dragged. */
  isTouched = false;
  // Looked at before sealing; each throws what stands against it.
  checks = [];

  /** `onTrouble(error | null)`: what could not be kept, or that all is kept again. */
  constructor(outbox, row, onTrouble) {
    this.outbox = outbox;
    this.id = row.id;
    this.row = row;
    this.values = { ...row.values };
    this.onTrouble = onTrouble;
  }

  set(field, value) {
    this.values[field] = value;
    this.#pending[field] = value;
    this.#start();
  }

  setPosition(position) {
    if (position.place !== undefined) this.values.place = position.place;
    this.#position = { ...this.#position, ...position };
    this.#start();
  }

  /** There is room again, as it seems: keep what could not be kept, or say that all is. */
  retry() {
    if (this.failure) this.#start();
    else this.onTrouble(null);
  }

  /** Sealing waits for this, such as a photo that is being kept. Answers the same promise. */
  hold(work) {
    this.#held.add(work);
    const done = () => this.#held.delete(work);
    work.then(done, done);
    return work;
  }

  get isHeld() {
    return this.#held.size > 0;
  }

  /** Resolves when nothing is held any more. */
  async rest() {
    while (this.isHeld) await Promise.allSettled([...this.#held]);
  }

  /** Resolves when all is on the disk; throws what could not be kept. */
  async settled() {
    this.#start();
    await this.#writing;
    if (this.failure) throw this.failure;
  }

  async seal() {
    do {
      await this.rest();
      for (const check of this.checks) await check();
      await this.settled();
      // What was added meanwhile comes along.
    } while (this.isHeld);
    return this.outbox.seal(this.id);
  }

  #start() {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  async #write() {
    this.failure = null;
    while (Object.keys(this.#pending).length || this.#position) {
      const [values, position] = [this.#pending, this.#position];
      this.#pending = {};
      this.#position = null;
      try {
        if (Object.keys(values).length) await this.outbox.save(this.id, values);
        if (position) await this.outbox.setFix(this.id, position);
        this.onTrouble(null);
      } catch (error) {
        // Kept here, in its order, for the next try.
        this.#pending = { ...values, ...this.#pending };
        if (position) this.#position = { ...position, ...this.#position };
        this.failure = error;
        this.onTrouble(error);
        return;
      }
    }
  }
}
