// What is sent, made of what was typed. Pure.

/**
 * Two values that mean the same on a form: an empty field is no value.
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function same(a, b) {
  return canonical(blank(a)) === canonical(blank(b));
}

const blank = (value) => (value === undefined || value === "" ? null : value);

/** JSON with sorted keys, so that equal values give equal text. */
export function canonical(value) {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/**
 * `{field: [old, new]}` of the fields whose new value differs. A tag that was not named was not set.
 * @param {Object<string, unknown>} old
 * @param {Object<string, unknown>} values
 * @returns {Object<string, [unknown, unknown]>}
 */
export function changesOf(old, values) {
  const changes = {};
  for (const [field, value] of Object.entries(values)) {
    const before = old[field] ?? (field.startsWith("tag:") ? false : null);
    if (!same(before, value)) changes[field] = [before, value ?? null];
  }
  return changes;
}

/**
 * The tablet's own time with its offset, as people there read it: 2026-11-25T09:12:00+08:00.
 * @param {number} ms
 * @param {number} [offsetMinutes] east of UTC
 * @returns {string}
 */
export function localTime(ms, offsetMinutes = -new Date(ms).getTimezoneOffset()) {
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(offsetMinutes);
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${local}${offsetMinutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/**
 * The operation of a row and its opened body, but for `seq`, which is counted when it is written.
 * @param {object} row
 * @param {{values: object, old: object, fix: object | null}} body
 * @param {{device: string, madeAt: number, attachments: object[]}} more
 */
export function operationOf(row, body, { device, madeAt, attachments }) {
  const operation = {
    op_id: row.id,
    device,
    entity: row.entity,
    action: row.action,
    record: row.record,
    server_id: row.serverId,
    base_rev: row.baseRev,
    form_version: row.formVersion,
    made_at: localTime(madeAt),
    changes: changesOf(body.old, body.values),
    fix: body.fix,
    attachments: attachments.map(({ id, sha256, size, name, type }) => ({ id, sha256, size, name, type })),
  };
  if (row.replaces) operation.replaces = row.replaces;
  return operation;
}
