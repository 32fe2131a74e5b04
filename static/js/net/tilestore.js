// Vector tiles: fetched once, decoded once, revalidated by ETag, kept while there is room.

import { decode } from "../map/decode.js";
import { request } from "./http.js";

const KEEP = 240;
// A tile that was asked for within this time is shown again without asking.
const FRESH_MS = 30_000;

// Begun at once at most; a browser sends six. Asking for all in one go would hold up the frame.
const AT_ONCE = 8;

export class TileStore {
  #kept = new Map();
  #running = 0;
  #waiting = [];

  /** The tile of an earlier visit, perhaps out of date, or null. */
  peek(url) {
    return this.#kept.get(url)?.tile ?? null;
  }

  isFresh(url) {
    const kept = this.#kept.get(url);
    return Boolean(kept) && performance.now() - kept.at < FRESH_MS;
  }

  /** The tile as the server has it now: `{layer name: [feature]}`; {} for an empty one. */
  async load(url, signal) {
    const kept = this.#kept.get(url);
    if (kept && this.isFresh(url)) return kept.tile;
    const headers = kept?.etag ? { "If-None-Match": kept.etag } : {};
    const response = await this.#inTurn(signal, () => request(url, { signal, headers }));
    if (response.status === 304) {
      this.#keep(url, kept.tile, kept.etag);
      return kept.tile;
    }
    const bytes = response.status === 204 ? new ArrayBuffer(0) : await response.arrayBuffer();
    const tile = decode(bytes);
    this.#keep(url, tile, response.headers.get("etag"));
    return tile;
  }

  /** Forget how fresh everything is: the next look asks the server again. */
  expire() {
    for (const kept of this.#kept.values()) kept.at = Number.NEGATIVE_INFINITY;
  }

  /** Run `work` when its turn comes; one that nobody wants by then costs nothing. */
  async #inTurn(signal, work) {
    if (this.#running >= AT_ONCE) await new Promise((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  #keep(url, tile, etag) {
    this.#kept.delete(url);
    this.#kept.set(url, { tile, etag, at: performance.now() });
    if (this.#kept.size > KEEP) this.#kept.delete(this.#kept.keys().next().value);
  }
}
