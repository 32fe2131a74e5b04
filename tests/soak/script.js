// What a surveyor does all day, drawn from a seed. Every text and every place is like no other, so that afterwards each
// can be found on the server, or among the conflicts.

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const SHARES = [
  ["report", 30],
  ["note", 12],
  ["register", 4],
  ["correct", 28],
  ["visit", 18],
  ["check", 8],
  ["walk", 8],
];
// Households that everybody is at: where tablets get into each other's way.
const HOT = 12;
const TAGS = ["party_member", "deputy"];
const STATES = ["working", "broken", "off"];
// Phones of a tablet that can be told apart by what is shown of them: a long soak of eight writes some 1,500 each.
const PHONES = 40_000;

export class Script {
  #own = { incident: [], household: [] };
  #shown = new Map();
  #made = 0;
  #phones = 0;
  /** The tablet's id of the run under way. */
  #run = null;

  /**
   * @param {{random: () => number, number: number, villages: {west: number, south: number, width: number, height: number}[],
   *   elsewhere: object, mayNote: boolean, route: string}} about
   */
  constructor(about) {
    Object.assign(this, about);
  }

  /**
   * The next thing done, as `{entity, action, about, photos}` for the outbox; null where nothing is at hand.
   * @param {(entity: string) => Promise<object[]>} records what was taken along
   */
  async next(records) {
    const name = this.#draw(SHARES);
    const made = await this[`_${name}`](records);
    // Nothing of a patrol takes photos: what was seen is an incident.
    if (made && made.entity !== "run" && this.random() < 0.012) made.photos = this.random() < 0.2 ? 2 : 1;
    return made;
  }

  /** A thing that this tablet has made, by its own id; the page could name it before the server has heard of it. */
  remember(entity, record) {
    if (entity === "run") this.#run = record;
    const own = this.#own[entity];
    if (!own) return;
    own.push(record);
    if (own.length > 20) own.shift();
  }

  /** Forget what forms have shown: what was taken along is shown again. */
  refreshed() {
    this.#shown.clear();
  }

  _report() {
    const drawn = this.random();
    const place = this.#place(drawn < 0.02 ? this.elsewhere : this.#pick(this.villages));
    const values = { category: "drain", what: this.#text("水沟"), place, accuracy_m: 6.5, severity: 2 };
    if (drawn > 0.98) values.category = "no_such";
    return { entity: "incident", action: "create", about: { values } };
  }

  _note() {
    if (!this.mayNote || this.#own.incident.length === 0) return null;
    const record = this.#pick(this.#own.incident);
    return {
      entity: "incident",
      action: "note",
      about: { record, values: { text: this.#text("又去看了") } },
    };
  }

  _register() {
    const values = {
      address: this.#text("新屋"),
      head_name: "王小明",
      origin: "resident",
      note: this.#text("新户"),
      phone: this.#phone(),
      place: this.#place(this.#pick(this.villages)),
    };
    return { entity: "household", action: "create", about: { values } };
  }

  async _correct(records) {
    if (this.random() < 0.1 && this.#own.household.length > 0) {
      const record = this.#pick(this.#own.household);
      // Offline nobody has another form before the eyes than the one that was filled in: a field that it left empty.
      const key = `own ${record}`;
      const old = this.#shown.get(key) ?? { "tag:deputy": false };
      const values = { "tag:deputy": !old["tag:deputy"] };
      this.#shown.set(key, values);
      return { entity: "household", action: "change", about: { record, old, values } };
    }
    const home = await this.#household(records);
    if (!home) return null;
    const old = { ...seen(home), ...this.#shown.get(home.id) };
    const values = {};
    for (const field of ["address", "note", "phone", "place", ...TAGS]) {
      if (this.random() < (field === "note" ? 0.5 : 0.2))
        Object.assign(values, this.#other(field, old, home));
    }
    if (Object.keys(values).length === 0) values.note = this.#text("备注");
    // Mostly the tablet shows what it has itself done; now and then a form was open before.
    if (this.random() < 0.8) this.#shown.set(home.id, { ...this.#shown.get(home.id), ...shown(values) });
    const about = { serverId: home.id, baseRev: home.rev, old, values };
    return { entity: "household", action: "change", about };
  }

  async _visit(records) {
    const values = { text: this.#text("在家") };
    if (this.random() < 0.2 && this.#own.household.length > 0) {
      return {
        entity: "household",
        action: "visit",
        about: { record: this.#pick(this.#own.household), values },
      };
    }
    const home = await this.#household(records);
    return home && { entity: "household", action: "visit", about: { serverId: home.id, values } };
  }

  async _check(records) {
    const cameras = await records("camera");
    if (cameras.length === 0) return null;
    const values = { state: this.#pick(STATES), reason: this.#text("看过") };
    return { entity: "camera", action: "check", about: { serverId: this.#pick(cameras).id, values } };
  }

  /** A patrol: begun, passed by checkpoints, noted of, ended. Without moments of its own: its clock is wrong. */
  async _walk(records) {
    const record = this.#run;
    if (!record) {
      const route = (await records("route")).find(({ name }) => name === this.route);
      return route && { entity: "run", action: "start", about: { values: { route: route.id } } };
    }
    const drawn = this.random();
    if (drawn < 0.5)
      return { entity: "run", action: "note", about: { record, values: { text: this.#text("走到") } } };
    if (drawn < 0.75)
      return {
        entity: "run",
        action: "passed",
        about: { record, values: { checkpoint: this.random() < 0.5 ? 1 : 2 } },
      };
    this.#run = null;
    return { entity: "run", action: "end", about: { record, values: { ended_at: null } } };
  }

  async #household(records) {
    const homes = (await records("household")).filter(({ gone }) => !gone);
    if (homes.length === 0) return null;
    const hot = this.random() < 0.3 ? homes.slice(0, HOT) : homes;
    return this.#pick(hot);
  }

  #other(field, old, home) {
    if (field === "place") {
      const [lon, lat] = home.place;
      const near = this.villages.find(
        ({ west, south, width, height }) =>
          lon >= west && lon <= west + width && lat >= south && lat <= south + height,
      );
      return near ? { place: this.#place(near) } : {};
    }
    if (field === "phone") return { phone: this.#phone() };
    if (TAGS.includes(field)) return { [`tag:${field}`]: !old[`tag:${field}`] };
    return { [field]: this.#text(field === "note" ? "备注" : "号") };
  }

  #text(word) {
    return `${word}${this.number}-${++this.#made}`;
  }

  /** Its first three and last four digits, which are all that is shown later, are no other tablet's and never the same again. */
  #phone() {
    const shown = this.number * PHONES + (this.#phones++ % PHONES);
    // The ground's own begin with 138.
    const first = 140 + Math.floor(shown / 10_000);
    const middle = Math.floor(this.random() * 10_000);
    return `${first}${String(middle).padStart(4, "0")}${String(shown % 10_000).padStart(4, "0")}`;
  }

  #place({ west, south, width, height }) {
    const within = (edge, size) => Number((edge + size * (0.02 + 0.96 * this.random())).toFixed(7));
    return [within(west, width), within(south, height)];
  }

  #pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  #draw(shares) {
    let drawn = this.random() * shares.reduce((sum, [, share]) => sum + share, 0);
    for (const [name, share] of shares) {
      drawn -= share;
      if (drawn < 0) return name;
    }
    return shares[0][0];
  }
}

/** A household as its form shows it. */
function seen({ address, note, phone, place, tags }) {
  return {
    address,
    note,
    phone,
    place,
    ...Object.fromEntries(TAGS.map((tag) => [`tag:${tag}`, tags.includes(tag)])),
  };
}

/** What was typed, as a form shows it again: the server masks a phone, and so does the tablet. */
function shown(values) {
  return values.phone
    ? { ...values, phone: `${values.phone.slice(0, 3)}****${values.phone.slice(7)}` }
    : values;
}
