// Records of a pack in sealed pieces: each of one kind and one village, at most 500 records. Thousands of rows each sealed by
// itself would take seconds to open; one piece for all would have to be written anew for each change.

const CHUNK = 500;
const VILLAGE_DIGITS = 12;

/** The village of a record's area, under which it lies. */
export const villageOf = ({ area }) => String(area ?? "").slice(0, VILLAGE_DIGITS);

const groupOf = (entity, village) => `${entity} ${village}`;

/**
 * What a pull has brought, laid over what is there.
 * @param {Map<string, Map<number, object>>} kept entity → id → record; it is changed
 * @param {{changes?: object, gone?: object}} page
 * @param {(entity: string, id: number) => boolean} isOpen whether an own operation is under way
 */
export function lay(kept, { changes = {}, gone = {} }, isOpen) {
  for (const [entity, records] of Object.entries(changes)) {
    const own = kept.get(entity) ?? kept.set(entity, new Map()).get(entity);
    for (const record of records) own.set(record.id, record);
  }
  for (const [entity, ids] of Object.entries(gone)) {
    for (const id of ids) leave(kept.get(entity), entity, id, isOpen);
  }
}

/** What has gone stays, marked, as long as an own operation of it is under way. */
function leave(records, entity, id, isOpen) {
  const record = records?.get(id);
  if (!record) return;
  if (isOpen(entity, id)) records.set(id, { ...record, gone: true });
  else records.delete(id);
}

/** Drop what had gone and is no longer wanted; how many. */
export function sweep(kept, isOpen) {
  let dropped = 0;
  for (const [entity, records] of kept) {
    for (const [id, { gone }] of records) {
      if (gone && !isOpen(entity, id) && records.delete(id)) dropped++;
    }
  }
  return dropped;
}

/** After `reset`: of what was there before only that stays, marked, which the new load has not and an own operation is about. */
export function keepOpen(fresh, before, isOpen) {
  for (const [entity, records] of before) {
    for (const [id, record] of records) {
      if (fresh.get(entity)?.has(id) || !isOpen(entity, id)) continue;
      lay(fresh, { changes: { [entity]: [{ ...record, gone: true }] } }, isOpen);
    }
  }
}

/** `Map` of group → records, in a fixed order. */
function groups(kept) {
  const found = new Map();
  for (const [entity, records] of kept) {
    for (const record of records.values()) {
      const group = groupOf(entity, villageOf(record));
      const list = found.get(group) ?? found.set(group, []).get(group);
      list.push(record);
    }
  }
  return found;
}

/**
 * Rows for the table `chunks`, sealed.
 * @param {import("./vault.js").Vault} vault
 * @param {string} pack
 * @param {Map<string, Map<number, object>>} kept
 */
export async function sealChunks(vault, pack, kept) {
  const rows = [];
  for (const [group, records] of groups(kept)) {
    const [entity, village] = group.split(" ");
    for (let n = 0; n * CHUNK < records.length; n++) {
      const part = records.slice(n * CHUNK, (n + 1) * CHUNK);
      const body = await vault.seal(part);
      rows.push({
        key: `${pack} ${group} ${n}`,
        pack,
        entity,
        village,
        count: part.length,
        bytes: body.length,
        body,
      });
    }
  }
  return rows;
}

/** entity → id → record of these rows; of a record that lies in two packs the newer one that has not gone. */
export async function openChunks(vault, rows) {
  const opened = await Promise.all(rows.map(({ body }) => vault.unseal(body)));
  const kept = new Map();
  rows.forEach(({ entity }, i) => {
    const own = kept.get(entity) ?? kept.set(entity, new Map()).get(entity);
    for (const record of opened[i]) {
      const other = own.get(record.id);
      if (!other || other.gone || (!record.gone && record.rev > other.rev)) own.set(record.id, record);
    }
  });
  return kept;
}
