// Photos of a draft: taken or chosen, kept at once as they are, made small aside, listed with what is sent.

import { element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { size, trouble } from "./words.js";

const MOST = 12;

export class Photos {
  #addresses = [];
  #list = element("div", { class: "photos" });
  #line = element("p", { class: "hint", role: "status" });
  #busy = 0;

  constructor(app, draft) {
    this.app = app;
    this.draft = draft;
    this.element = element(
      "section",
      { class: "field", "aria-label": t("photo.title") },
      element("span", { class: "group-title" }, t("photo.title")),
      element(
        "div",
        { class: "buttons" },
        this.#picker("photo.take", "camera", { capture: "environment" }),
        this.#picker("photo.choose", "photo", { multiple: true }),
      ),
      this.#list,
      this.#line,
    );
    this.#resume();
    this.show();
  }

  get isBusy() {
    return this.#busy > 0;
  }

  stop() {
    for (const address of this.#addresses) URL.revokeObjectURL(address);
  }

  #picker(word, iconName, more) {
    const input = element("input", { type: "file", accept: "image/*", "aria-label": t(word), ...more });
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      for (const file of files) await this.add(file);
    });
    return element(
      "label",
      { class: "button file-button" },
      icon(iconName),
      element("span", {}, t(word)),
      input,
    );
  }

  /** Keep a picture, then a small copy of it for sending. */
  async add(file) {
    const row = await this.app.outbox.get(this.draft.id);
    if ((row?.attachments.length ?? 0) >= MOST) {
      this.#line.textContent = t("photo.most", { n: MOST });
      return;
    }
    await this.#working(async () => {
      const original = await this.app.originals.keep(this.draft.id, file);
      await this.#make(original, file);
    });
  }

  /** What was kept before the page was closed, and has no copy yet. */
  async #resume() {
    for (const original of await this.app.originals.unmade(this.draft.id)) {
      await this.#working(async () => this.#make(original, await this.app.originals.file(original)));
    }
  }

  async #make(original, file) {
    const small = await this.app.shrinker.small(file);
    const isSmaller = small && small.size < file.size;
    const name = isSmaller ? `${file.name.replace(/\.\w+$/, "") || "photo"}.jpg` : file.name || "photo.jpg";
    const sent = isSmaller ? small : file;
    const attachment = await this.app.outbox.addPhoto(this.draft.id, sent, { name, type: sent.type });
    if (isSmaller) await this.app.originals.name(original, attachment);
    else await this.app.originals.drop(original);
  }

  async #working(work) {
    this.#busy++;
    this.#line.textContent = t("photo.working");
    try {
      await work();
      this.#line.textContent = "";
      this.draft.retry();
    } catch (error) {
      this.#line.textContent = trouble(error);
      this.draft.onTrouble(error);
    } finally {
      this.#busy--;
      await this.show();
    }
  }

  async show() {
    const row = await this.app.outbox.get(this.draft.id);
    const pictures = (row?.attachments ?? []).filter(({ type }) => type.startsWith("image/"));
    this.#list.replaceChildren(...(await Promise.all(pictures.map((photo) => this.#tile(photo)))));
    this.#list.hidden = pictures.length === 0;
    if (!this.#busy && pictures.length) {
      const bytes = pictures.reduce((sum, photo) => sum + photo.size, 0);
      this.#line.textContent = t("photo.sent_small", { n: pictures.length, size: size(bytes) });
    }
  }

  async #tile(photo) {
    const bytes = await this.app.outbox.photo(photo.id).catch(() => null);
    const tile = element("figure", { class: "photo" });
    if (bytes) {
      const address = URL.createObjectURL(new Blob([bytes], { type: photo.type }));
      this.#addresses.push(address);
      tile.append(element("img", { src: address, alt: photo.name }));
    }
    tile.append(
      element("small", {}, size(photo.size)),
      element(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": t("photo.remove"),
          onclick: async () => {
            await this.app.outbox.removePhoto(photo.id);
            await this.app.originals.dropOf(photo.id);
            await this.show();
          },
        },
        icon("trash"),
      ),
    );
    return tile;
  }
}
