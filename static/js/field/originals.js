// Photos as the camera made them, sealed, until the server has the copy that is sent. Kept first of all: a
// page that is closed while a copy is being made loses nothing.

import { Dexie } from "dexie";
import { writing } from "../offline/errors.js";
import { uuid7 } from "../offline/ids.js";

const NAME = "gis-grid-field-originals";
// Photo states of the outbox with which an original has served its time.
const DONE = new Set(["kept", "attached"]);

export class Originals {
  /** `options`: of Dexie, for tests; `locks`: the browser's, or null. */
  constructor(vault, outbox, { options = {}, locks = globalThis.navigator?.locks ?? null } = {}) {
    this.vault = vault;
    this.outbox = outbox;
    this.locks = locks;
    this.store = new Dexie(NAME, { chromeTransactionDurability: "strict", ...options });
    this.store.version(1).stores({ photos: "id, op, attachment" });
  }

  /** Keep a file for a draft; answers its id. */
  async keep(op, file) {
    const row = {
      id: uuid7(),
      op,
      attachment: "",
      type: file.type,
      size: file.size,
      name: await this.vault.seal(file.name),
      bytes: await this.vault.sealBytes(new Uint8Array(await file.arrayBuffer())),
    };
    await writing(() => this.store.photos.add(row));
    return row.id;
  }

  /**
   * Work on one of which no copy was made yet, one at a time over all tabs: `work(file)`. Nothing is done where somebody else has
   * made it meanwhile, or taken it off. The copy takes the original's own id: a page that is closed before the copy is
   * named here, or a browser without locks, doubles nothing either.
   */
  async claim(id, work) {
    const alone = async () => {
      const row = await this.store.photos.get(id);
      if (row && !row.attachment) await work(await this.file(id));
    };
    await (this.locks ? this.locks.request(`${NAME}-${id}`, alone) : alone());
  }

  /** The copy is in the outbox now. */
  async name(id, attachment) {
    await this.store.photos.update(id, { attachment });
  }

  async drop(id) {
    await this.store.photos.delete(id);
  }

  async dropOf(attachment) {
    await this.store.photos.where("attachment").equals(attachment).delete();
    await this.drop(attachment);
  }

  /** Ids of those of a draft that no copy was made of yet. */
  async unmade(op) {
    const rows = await this.store.photos.where("op").equals(op).toArray();
    return rows.filter(({ attachment }) => !attachment).map(({ id }) => id);
  }

  async file(id) {
    const row = await this.store.photos.get(id);
    if (!row) return null;
    const name = await this.vault.unseal(row.name);
    return new File([await this.vault.unsealBytes(row.bytes)], name, { type: row.type });
  }

  /** The original of a photo in the outbox, or null. */
  async of(attachment) {
    const row = await this.store.photos.where("attachment").equals(attachment).first();
    return row ? this.file(row.id) : null;
  }

  /** Forget those whose copy the server has, or whose record is gone. */
  async tidy() {
    const keys = await this.store.photos.toCollection().keys();
    for (const id of keys) {
      const { op, attachment } = (await this.store.photos.get(id)) ?? {};
      if (!op) continue;
      const row = await this.outbox.get(op);
      const photo = row?.attachments.find((one) => one.id === attachment);
      if (!row || (attachment && !photo) || DONE.has(photo?.state)) await this.drop(id);
    }
  }

  async wipe() {
    await this.store.delete();
  }
}
