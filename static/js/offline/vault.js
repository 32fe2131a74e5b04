// Personal data at rest: sealed with a key that this browser holds and no script can read out. Whoever copies the
// profile's files without the browser's own store has nothing; wiping destroys the key and with it all.

import { NoCrypto, Unreadable } from "./errors.js";
import { PERSONAL } from "./store.js";

const KEY = "vault";
const WIPING = "wiping";
const ALGORITHM = "AES-GCM";
// 96 bits, as GCM wants them; random, which is safe for some 2³² values a key.
const NONCE_BYTES = 12;

export class Vault {
  #key;

  constructor(key) {
    this.#key = key;
  }

  /**
   * The vault of this browser; its key is made at the first time. A wipe that was cut off is ended first.
   * @param {import("dexie").Dexie} store
   * @returns {Promise<Vault>}
   */
  static async open(store) {
    if (!globalThis.crypto?.subtle) throw new NoCrypto("This page must come over HTTPS.");
    if (await store.settings.get(WIPING)) await clear(store);
    const kept = await store.keys.get(KEY);
    if (kept) return new Vault(kept.key);
    const made = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
    // Two tabs that open for the first time: the first one's key holds.
    const key = await store.transaction("rw", store.keys, async () => {
      const first = await store.keys.get(KEY);
      if (!first) await store.keys.add({ name: KEY, key: made });
      return first?.key ?? made;
    });
    return new Vault(key);
  }

  /**
   * Destroy the key, then everything that it sealed. A cut in between is ended by the next `open`.
   * @param {import("dexie").Dexie} store
   */
  static async wipe(store) {
    await store.transaction("rw", store.keys, store.settings, async () => {
      await store.keys.clear();
      await store.settings.put({ name: WIPING, value: true });
    });
    await clear(store);
  }

  /**
   * A JSON value, sealed.
   * @param {unknown} value
   * @returns {Promise<Uint8Array>}
   */
  async seal(value) {
    return this.sealBytes(new TextEncoder().encode(JSON.stringify(value ?? null)));
  }

  /**
   * @param {Uint8Array} sealed
   * @returns {Promise<any>}
   */
  async unseal(sealed) {
    return JSON.parse(new TextDecoder().decode(await this.unsealBytes(sealed)));
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {Promise<Uint8Array>} nonce, ciphertext and tag
   */
  async sealBytes(bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const cipher = await crypto.subtle.encrypt({ name: ALGORITHM, iv }, this.#key, bytes);
    const sealed = new Uint8Array(NONCE_BYTES + cipher.byteLength);
    sealed.set(iv);
    sealed.set(new Uint8Array(cipher), NONCE_BYTES);
    return sealed;
  }

  /**
   * @param {Uint8Array} sealed
   * @returns {Promise<Uint8Array>}
   */
  async unsealBytes(sealed) {
    try {
      const iv = sealed.subarray(0, NONCE_BYTES);
      const plain = await crypto.subtle.decrypt(
        { name: ALGORITHM, iv },
        this.#key,
        sealed.subarray(NONCE_BYTES),
      );
      return new Uint8Array(plain);
    } catch (error) {
      throw new Unreadable("What is kept can't be read with this browser's key.", { cause: error });
    }
  }
}

async function clear(store) {
  const tables = PERSONAL.map((name) => store.table(name));
  await store.transaction("rw", tables, async () => {
    // `settings` holds the mark of the wipe and goes in the same transaction.
    for (const table of tables) await table.clear();
  });
}
