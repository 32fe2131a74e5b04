// What a surveyor takes along: households, grids, incidents, cameras, routes of some areas, with roads, water and forms.
// Each area is loaded and refreshed by itself and as a whole: a cut leaves it as it was, with its cursor.

import { Later, Paused } from "./api.js";
import { keepOpen, lay, openChunks, sealChunks, sweep } from "./chunks.js";
import { writing } from "./errors.js";
import { TAKEN } from "./store.js";

const PAGE = 1000;
// A server that resets more often within one load will not end.
const RESETS = 2;
const FORMS = "forms";
const AREAS = "areas";
/** Fires `change` after packs have changed here. */
export class Pack extends EventTarget {
  #parts;
  // Kinds that are open, as promises, of the packs that `stamp` names.
  #opened = { stamp: "", kinds: new Map() };

  /**
   * @param {{store: import("dexie").Dexie, vault: import("./vault.js").Vault, api: import("./api.js").FieldApi,
   *   outbox: import("./outbox.js").Outbox, now?: () => number}} parts
   */
  constructor({ store, vault, api, outbox, now = Date.now }) {
    super();
    this.#parts = { store, vault, api, outbox, now };
  }

  /**
   * What can be taken along; without a connection what the server said last.
   * @returns {Promise<{areas: {code: string, name: string, level: string, parent: string, households: number, bytes: number}[], isStale: boolean}>}
   */
  async areas() {
    try {
      const { areas } = await this.#parts.api.areas();
      await this.#remember(AREAS, areas);
      return { areas, isStale: false };
    } catch (error) {
      const isOffline = error instanceof Later || error instanceof Paused;
      const kept = isOffline ? await this.#recall(AREAS) : null;
      if (!kept) throw error;
      return { areas: kept, isStale: true };
    }
  }

  /**
   * Take areas along; those that are here already are refreshed. One after another: what is through, stays.
   * @param {string[]} codes
   * @param {{onProgress?: (progress: {code: string, done: number, of: number, records: number}) => void}} [told]
   */
  async take(codes, { onProgress = () => {} } = {}) {
    const names = new Map(((await this.#recall(AREAS)) ?? []).map(({ code, name }) => [code, name]));
    for (const [done, code] of codes.entries()) {
      const tell = (records) => onProgress({ code, done, of: codes.length, records });
      await this.#load(code, names.get(code) ?? code, tell);
      await this.#loadReference(code);
      onProgress({ code, done: done + 1, of: codes.length, records: 0 });
    }
  }

  /** What has changed since, for all areas that are here. */
  async refresh({ onProgress } = {}) {
    await this.take(
      (await this.#parts.store.packs.toArray()).map(({ code }) => code),
      { onProgress },
    );
  }

  /** @param {string} code */
  async drop(code) {
    const { store } = this.#parts;
    await store.transaction("rw", TAKEN, async () => {
      await store.packs.delete(code);
      await store.layers.delete(code);
      await store.chunks.where("pack").equals(code).delete();
    });
    this.#changed();
  }

  /**
   * What is here, without opening it.
   * @returns {Promise<{code: string, name: string, records: number, bytes: number, takenAt: number, refreshedAt: number}[]>}
   */
  async sizes() {
    const packs = await this.#parts.store.packs.toArray();
    return packs.map(({ code, name, records, bytes, takenAt, refreshedAt }) => ({
      code,
      name,
      records,
      bytes,
      takenAt,
      refreshedAt,
    }));
  }

  /**
   * Records of a kind, of an area (village or grid, by its code) or all. `gone: true`: no longer the server's to show, kept for an operation
   * of one's own.
   * @param {"grid" | "household" | "incident" | "camera" | "route"} entity
   * @param {string} [area]
   * @returns {Promise<object[]>}
   */
  async records(entity, area = "") {
    const all = [...(await this.#open(entity)).values()];
    return area ? all.filter((record) => String(record.area ?? "").startsWith(area)) : all;
  }

  /** Roads and water of all areas that are here. @returns {Promise<{roads: object[], water: object[]}>} */
  async reference() {
    const { store, vault } = this.#parts;
    const rows = await store.layers.toArray();
    const layers = await Promise.all(rows.map(({ reference }) => vault.unseal(reference)));
    return {
      roads: layers.flatMap(({ roads }) => roads ?? []),
      water: layers.flatMap(({ water }) => water ?? []),
    };
  }

  /** Categories, tags, severities, … or null before anything was taken along. @returns {Promise<object | null>} */
  forms() {
    return this.#recall(FORMS);
  }

  async #load(code, name, tell) {
    const { store, vault, now } = this.#parts;
    const isOpen = await this.#openTest();
    const before = await store.packs.get(code);
    const rows = before ? await store.chunks.where("pack").equals(code).toArray() : [];
    const old = await openChunks(vault, rows);
    const pulled = await this.#pull(code, { cursor: before?.cursor ?? "", old, isOpen, tell });
    const swept = sweep(pulled.kept, isOpen);
    const isSame = before && !pulled.isChanged && swept === 0;
    const chunks = isSame ? rows : await sealChunks(vault, code, pulled.kept);
    const sealedForms = pulled.forms ? await vault.seal(pulled.forms) : null;
    const sum = (field) => chunks.reduce((total, chunk) => total + chunk[field], 0);
    const figures = { records: sum("count"), bytes: sum("bytes") };
    await writing(() =>
      store.transaction("rw", store.packs, store.chunks, store.settings, async () => {
        const there = await store.packs.get(code);
        // Another tab has refreshed or dropped it meanwhile: what was laid over the older state says less.
        if (there?.cursor !== before?.cursor) return;
        if (!isSame) {
          await store.chunks.where("pack").equals(code).delete();
          await store.chunks.bulkAdd(chunks);
        }
        const version = (there?.version ?? 0) + (isSame ? 0 : 1);
        const times = { takenAt: there?.takenAt ?? now(), refreshedAt: now() };
        await store.packs.put({ code, name, ...there, ...figures, ...times, version, cursor: pulled.cursor });
        if (sealedForms) await store.settings.put({ name: FORMS, sealed: sealedForms });
      }),
    );
    this.#changed();
  }

  /** All pages laid over `old`: `{kept, cursor, forms, isChanged}`. At a reset from the beginning. */
  async #pull(code, { cursor, old, isOpen, tell }) {
    const etag = (await this.forms())?.etag ?? "";
    let at = cursor;
    let kept = old;
    let records = 0;
    let isChanged = false;
    for (let resets = 0; ; ) {
      const page = await this.#parts.api.pull({ areas: [code], cursor: at, limit: PAGE, forms: etag });
      // Nobody walks without a pack: by this the clock is known before the net is gone.
      await this.#parts.outbox.clock.hear(page.server_time);
      if (page.reset && at !== "") {
        if (++resets > RESETS) throw new Later("error", "The server asks to begin anew again and again.");
        [at, kept, isChanged] = ["", new Map(), true];
        continue;
      }
      lay(kept, page, isOpen);
      const lists = [...Object.values(page.changes ?? {}), ...Object.values(page.gone ?? {})];
      records += lists.reduce((sum, list) => sum + list.length, 0);
      isChanged ||= records > 0;
      tell(records);
      if (page.more && page.cursor === at) throw new Later("garbled");
      at = page.cursor;
      if (page.more) continue;
      if (kept !== old) keepOpen(kept, old, isOpen);
      return { kept, cursor: at, forms: page.forms ?? null, isChanged };
    }
  }

  async #loadReference(code) {
    const { store, vault, api } = this.#parts;
    const fresh = await api.reference([code], (await store.layers.get(code))?.tag);
    if (!fresh) return;
    const reference = await vault.seal(fresh.reference);
    await writing(() =>
      store.transaction("rw", store.packs, store.layers, async () => {
        // Dropped meanwhile, in another tab.
        if (!(await store.packs.get(code))) return;
        await store.layers.put({ pack: code, reference, tag: fresh.etag });
      }),
    );
  }

  /** Whether an operation of one's own about a record is under way. */
  async #openTest() {
    const open = await this.#parts.outbox.openRecords();
    const keys = new Set(open.map(({ entity, serverId }) => `${entity} ${serverId}`));
    return (entity, id) => keys.has(`${entity} ${id}`);
  }

  /** id → record of a kind, of all packs; opened again only when one has changed, here or in another tab. */
  async #open(entity) {
    const { store, vault } = this.#parts;
    const packs = await store.packs.toArray();
    const stamp = packs.map(({ code, version, takenAt }) => `${code} ${version} ${takenAt}`).join();
    if (stamp !== this.#opened.stamp) this.#opened = { stamp, kinds: new Map() };
    const { kinds } = this.#opened;
    if (!kinds.has(entity)) {
      const opening = store.chunks
        .where("entity")
        .equals(entity)
        .toArray()
        .then((rows) => openChunks(vault, rows))
        .then((kept) => kept.get(entity) ?? new Map());
      kinds.set(entity, opening);
      // What could not be opened now is tried again.
      opening.catch(() => kinds.delete(entity));
    }
    return kinds.get(entity);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  async #remember(name, value) {
    const sealed = await this.#parts.vault.seal(value);
    await writing(() => this.#parts.store.settings.put({ name, sealed }));
  }

  async #recall(name) {
    const row = await this.#parts.store.settings.get(name);
    return row ? this.#parts.vault.unseal(row.sealed) : null;
  }
}
