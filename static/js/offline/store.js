// The tables in the browser's database. What a person typed or photographed lies in them sealed (vault.js);
// in the clear stand only ids, states, times and sizes, by which rows are found.

import { Dexie } from "dexie";

/**
 * The versions of the tables, oldest first. A later version is added, never an earlier one changed, and only
 * ever adds tables or indexes: a tablet may open its database with an older page once more (a cached
 * one), and that one must find what it knows.
 *
 * - `records`: operations and drafts, key `id` (the op_id). UUIDs of version 7 sort by time: newest first is the
 *   key backwards.
 * - `attachments`: what is known of photos. Their bytes lie in `blobs`, so that listing never reads them;
 *   a corrected operation shares them with the refused one, hence `blob`.
 * - `packs`, `chunks`: what was taken along, a row an area and its records in pieces.
 * - `layers`: roads and water of an area, apart from `packs` so that asking what is here does not read them.
 * - `keys`: the key. `settings`: single values by name (the device, the counter of operations, the lease of who sends).
 * @type {{number: number, stores: Object<string, string | null>, upgrade?: (transaction: object) => Promise<void>}[]}
 */
export const VERSIONS = [
  {
    number: 1,
    stores: {
      records: "id, [state+id], [state+seq], completeAt, record, [entity+serverId]",
      attachments: "id, op, state, blob",
      blobs: "id",
      packs: "code",
      chunks: "key, pack",
      keys: "name",
      settings: "name",
    },
  },
  {
    number: 2,
    // A kind of records is opened when it is wanted.
    stores: { chunks: "key, pack, entity", layers: "pack" },
    upgrade: async (transaction) => {
      for (const { code, reference, referenceTag } of await transaction.table("packs").toArray()) {
        if (!reference) continue;
        await transaction.table("layers").put({ pack: code, reference, tag: referenceTag });
        await transaction.table("packs").update(code, { reference: undefined, referenceTag: undefined });
      }
    },
  },
];

/** Tables of what was taken along; and all whose rows are a person's data: `keys` is destroyed before them. */
export const TAKEN = ["packs", "chunks", "layers"];
export const PERSONAL = ["records", "attachments", "blobs", ...TAKEN, "settings"];

/**
 * Open the database, made or brought to the newest version.
 * @param {{name?: string, indexedDB?: IDBFactory, IDBKeyRange?: object, versions?: typeof VERSIONS}} [options]
 * @returns {Promise<import("dexie").Dexie>}
 */
export async function openStore({
  name = "gis-grid-field",
  indexedDB = globalThis.indexedDB,
  IDBKeyRange = globalThis.IDBKeyRange,
  versions = VERSIONS,
} = {}) {
  // `strict`: a write has reached the disk when it is told as done. The browser's own choice is the system's
  // buffer, and a tablet whose battery ends takes that with it.
  const store = new Dexie(name, { indexedDB, IDBKeyRange, chromeTransactionDurability: "strict" });
  for (const { number, stores, upgrade } of versions) {
    const version = store.version(number).stores(stores);
    if (upgrade) version.upgrade(upgrade);
  }
  await store.open();
  return store;
}

/** The channel on which the tabs of one browser tell each other of changes. */
export const channelOf = (store) => `${store.name}-outbox`;
