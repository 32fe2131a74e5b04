// Which device this is and as whom it works. The token rests sealed; wiping takes everything with it.

import { CallError } from "./api.js";
import { dropComplete } from "./endings.js";
import { NotEnrolled, OtherPerson, WorkUnsent, writing } from "./errors.js";
import { channelOf, PERSONAL, TAKEN } from "./store.js";
import { hasUnsent } from "./tally.js";
import { Vault } from "./vault.js";

const DEVICE = "device";
const REVOKED = "revoked";
// Our caches in the browser carry this at the front (the page's own files, pieces of the map).
const CACHES = "gis-grid";

/**
 * @typedef {object} Me
 * @property {string} device
 * @property {string} name
 * @property {string} person the name that people know
 * @property {string} login the one of the account, which is what tells people apart
 * @property {string} expires_at
 * @property {{code: string, name: string, level: string}[]} [areas]
 * @property {string[]} [permissions]
 */

export class Device {
  /**
   * @param {{store: import("dexie").Dexie, vault: Vault, caches?: CacheStorage}} parts
   */
  constructor({ store, vault, caches = globalThis.caches }) {
    this.store = store;
    this.vault = vault;
    this.caches = caches;
  }

  /** The id under which the server knows it, also of one that was revoked. @returns {Promise<string>} */
  async id() {
    const row = await this.store.settings.get(DEVICE);
    if (!row) throw new NotEnrolled("This device has not been enrolled.");
    return row.device;
  }

  /** For FieldApi: `new FieldApi({ token: () => device.token() })`. @returns {Promise<string | null>} */
  async token() {
    return (await this.#kept())?.token ?? null;
  }

  /** What the server last said of device and person, also without a connection; null before it was enrolled. @returns {Promise<Me | null>} */
  async me() {
    return (await this.#kept())?.me ?? null;
  }

  /**
   * Give a one-time code back. The device keeps its id, and with it its queue. A code of another person than the one whose work is
   * kept here is not taken: that work would be sent in the wrong name.
   * @param {import("./api.js").FieldApi} api
   * @param {string} code
   * @param {string} name what the device shall be called
   * @returns {Promise<Me>}
   */
  async enrol(api, code, name) {
    const row = await this.store.settings.get(DEVICE);
    const known = await this.me();
    const former = known ?? (await this.#recalled(row));
    const body = row?.device ? { code, name, device: row.device } : { code, name };
    const { token, ...me } = await api.enrol(body);
    if (!former || !isOther(former, me)) {
      await this.#keep({ token, me: { ...me, areas: known?.areas, permissions: known?.permissions } });
      return me;
    }
    if (await hasUnsent(this.store)) {
      // Nobody is left with a token that lies about; that it can't be given back now changes nothing here.
      await api.leaveAs(token).catch((error) => {
        if (!(error instanceof CallError)) throw error;
      });
      throw new OtherPerson(`What is kept here is ${former.person}'s and has not been sent.`);
    }
    await this.#forgetFormer();
    await this.#keep({ token, me });
    tellOthers(this.store, { wiped: true });
    return me;
  }

  /** All that is left of another person is on the server; asked for or sent again it would be in the wrong name. */
  async #forgetFormer() {
    await this.store.transaction("rw", PERSONAL, async () => {
      const { settings } = this.store;
      for (const name of PERSONAL) if (name !== settings.name) await this.store.table(name).clear();
      await settings.where("name").noneOf(["seq", "clock", "lease"]).delete();
    });
  }

  async #recalled(row) {
    if (!row?.person) return null;
    const login = row.login ? await this.vault.unseal(row.login) : null;
    return { person: await this.vault.unseal(row.person), login };
  }

  /**
   * The server has revoked it. What was taken along goes at once, as does what the server has all of; what nobody has yet
   * waits for the rescue file. The mark stays until all is wiped.
   */
  async revoke() {
    const { records, settings } = this.store;
    await this.store.transaction("rw", PERSONAL, async () => {
      await settings.put({ name: REVOKED, value: true });
      for (const name of TAKEN) await this.store.table(name).clear();
      await settings.bulkDelete(["forms", "areas", "patrol"]);
      const complete = await records.where("completeAt").above(0).primaryKeys();
      for (const id of complete) await dropComplete(this.store, id, Number.POSITIVE_INFINITY);
    });
    await this.#dropCaches();
    tellOthers(this.store, { wiped: true });
  }

  /** @returns {Promise<boolean>} */
  async isRevoked() {
    return Boolean(await this.store.settings.get(REVOKED));
  }

  /**
   * Ask the server who this is; kept for the time without a connection.
   * @param {import("./api.js").FieldApi} api
   * @returns {Promise<Me>}
   */
  async refresh(api) {
    const kept = await this.#kept();
    if (!kept) throw new NotEnrolled("This device has not been enrolled.");
    const answer = await api.me();
    const me = { ...kept.me, ...answer };
    await this.#keep({ token: kept.token, me });
    return me;
  }

  /**
   * A rescue file was taken in, or waits for it: which device and, as far as it says so, which person its work is of, for the
   * next `enrol`.
   * @param {{device: string, person?: string | null, login?: string | null}} former
   */
  async recall({ device, person = null, login = null }) {
    if (await this.store.settings.get(DEVICE)) return;
    const row = { name: DEVICE, device };
    if (person) row.person = await this.vault.seal(person);
    if (login) row.login = await this.vault.seal(login);
    await writing(() => this.store.settings.add(row));
  }

  /**
   * Take everything off this device: the key first, then the tables and our caches. While there is work that no server has, only after
   * the person was offered the rescue file. The page begins anew afterwards (`Vault.open`); the outboxes of other tabs fire `wiped`.
   * @param {{offered?: boolean}} [consent]
   */
  async wipe({ offered = false } = {}) {
    if (!offered && (await hasUnsent(this.store)))
      throw new WorkUnsent("There is work here that was not sent.");
    await Vault.wipe(this.store);
    tellOthers(this.store, { wiped: true });
    await this.#dropCaches();
  }

  async #dropCaches() {
    const names = (await this.caches?.keys()) ?? [];
    for (const name of names.filter((one) => one.startsWith(CACHES))) await this.caches.delete(name);
  }

  async #kept() {
    const row = await this.store.settings.get(DEVICE);
    return row?.sealed ? this.vault.unseal(row.sealed) : null;
  }

  async #keep({ token, me }) {
    const sealed = await this.vault.seal({ token, me });
    await writing(() => this.store.settings.put({ name: DEVICE, device: me.device, sealed }));
  }
}

/** Whether two are different people: by the login; by the name only where an older page has kept no more. */
export function isOther(one, other) {
  if (one.login && other.login) return one.login !== other.login;
  return Boolean(one.person && other.person) && one.person !== other.person;
}

/** Other tabs hold the destroyed key in memory: what they sealed with it could never be read again. */
function tellOthers(store, message) {
  if (typeof BroadcastChannel !== "function") return;
  const channel = new BroadcastChannel(channelOf(store));
  channel.postMessage(message);
  channel.close();
}
