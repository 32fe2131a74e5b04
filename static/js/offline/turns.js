// Work that must not overlap, one piece after another.

export class Turns {
  #last = new Map();

  /** What `work()` answers, begun when all that was asked for this key before is over. */
  async take(key, work) {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(work, work);
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}
