// The county's own map file, where there is one: taken along as a whole, read from the tablet.

import { Later } from "../offline/api.js";
import { element } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { bar, button, notice } from "./parts.js";
import { size, trouble } from "./words.js";

// `Device.wipe` takes away caches of this name.
const CACHE = "gis-grid-field-base";
const LIST = "/field/basemaps.json";
// `tileType` of a PMTiles header.
const VECTORS = 1;

export class Base {
  #layer = null;
  /** Whether a file lies here. */
  isKept = false;

  constructor(app) {
    this.app = app;
  }

  /** Show the file that lies here, if any. */
  async show() {
    this.#layer?.remove();
    this.#layer = null;
    const kept = await this.#kept();
    this.isKept = kept !== null;
    if (!kept || this.app.prefs.now.off.includes("base")) return;
    const { FileSource, PMTiles } = await import("pmtiles");
    const file = new PMTiles(new FileSource(new File([await kept.answer.blob()], kept.address)));
    const { tileType, maxZoom } = await file.getHeader();
    const options = { pane: "tilePane", maxZoom: 20, attribution: "" };
    this.#layer =
      tileType === VECTORS
        ? (await drawer(this.app.config.vectors)).leafletLayer({
            ...options,
            url: file,
            flavor: "light",
            lang: "zh",
          })
        : pictures(file, { ...options, maxNativeZoom: maxZoom });
    this.#layer.addTo(this.app.map.map);
  }

  /** The part of "take along": what the county offers, what lies here. */
  part() {
    const box = element("section", { class: "field", id: "base" });
    this.#fill(box);
    return box;
  }

  async #fill(box) {
    const kept = await this.#kept();
    const offered = await this.#offered();
    box.hidden = !kept && offered.length === 0;
    const title = element("span", { class: "group-title" }, t("base.title"));
    if (kept) {
      const drop = button(t("take.drop"), () => this.#drop().then(() => this.#fill(box)), {
        kind: "quiet",
        iconName: "trash",
      });
      const bytes = Number(kept.answer.headers.get("Content-Length"));
      box.replaceChildren(title, notice("good", t("base.kept", { size: size(bytes) })), drop);
      return;
    }
    const rows = offered.map((one) =>
      button(t("base.take", { name: one.label, size: size(one.bytes) }), () => this.#take(one, box), {
        iconName: "download",
      }),
    );
    box.replaceChildren(title, ...rows);
  }

  async #take({ url, bytes }, box) {
    const progress = bar(0);
    const line = element("p", { class: "hint", role: "status" }, "");
    box.replaceChildren(progress, line);
    try {
      const answer = await this.#fetch(url);
      let come = 0;
      const counting = new TransformStream({
        transform: (chunk, control) => {
          come += chunk.byteLength;
          progress.value = come / bytes;
          line.textContent = t("base.coming", { come: size(come), all: size(bytes) });
          control.enqueue(chunk);
        },
      });
      const kept = new Response(answer.body.pipeThrough(counting), {
        headers: { "Content-Length": String(bytes) },
      });
      await (await caches.open(CACHE)).put(url, kept);
      if (come !== bytes) throw new Later("garbled");
      await this.show();
      await this.#fill(box);
    } catch (error) {
      await this.#drop();
      await this.#fill(box);
      box.append(notice("bad", trouble(error)));
    }
  }

  async #offered() {
    try {
      return (await (await this.#fetch(LIST)).json()).files;
    } catch {
      // Without a connection nothing is on offer.
      return [];
    }
  }

  async #fetch(url) {
    const headers = { Authorization: `Bearer ${await this.app.device.token()}` };
    const answer = await fetch(url, { headers, credentials: "omit", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async #kept() {
    if (!globalThis.caches || !(await caches.has(CACHE))) return null;
    const cache = await caches.open(CACHE);
    const [request] = await cache.keys();
    return request ? { address: request.url, answer: await cache.match(request) } : null;
  }

  async #drop() {
    await caches.delete(CACHE);
    await this.show();
  }
}

/** What draws vector tiles: large, and loaded only where such a file lies here. It is no module. */
function drawer(address) {
  if (globalThis.protomapsL) return globalThis.protomapsL;
  return new Promise((resolve, reject) => {
    const script = element("script", {
      src: address,
      onload: () => resolve(globalThis.protomapsL),
      onerror: () => reject(new Error(address)),
    });
    document.head.append(script);
  });
}

const Pictures = L.GridLayer.extend({
  initialize(file, options) {
    L.setOptions(this, options);
    this._file = file;
  },
  createTile({ z, x, y }, done) {
    const image = L.DomUtil.create("img");
    image.alt = "";
    this._file
      .getZxy(z, x, y)
      .then((tile) => {
        if (!tile) return done(null, image);
        const address = URL.createObjectURL(new Blob([tile.data]));
        image.onload = () => {
          URL.revokeObjectURL(address);
          done(null, image);
        };
        image.src = address;
        return undefined;
      })
      .catch((error) => done(error, image));
    return image;
  },
});

const pictures = (file, options) => new Pictures(file, options);
