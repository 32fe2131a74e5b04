// Photos of a draft: taken or chosen, all kept at once as they are, then made small aside, listed with what is sent. Sealing
// waits until each has its copy.

import { EmptyPhoto } from "../offline/errors.js";
import { element, icon } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { size, trouble } from "./words.js";

const MOST = 12;

/** An original of which no copy could be made yet. */
class NotMade extends Error {
  name = "NotMade";
}

export class Photos {
  #addresses = [];
  #list = element("div", { class: "photos" });
  #line = element("p", { class: "hint", role: "status" });
  #busy = 0;
  #turn = Promise.resolve();

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
    draft.checks.push(() => this.#allMade());
    this.#work(() => this.#makeAll());
  }

  stop() {
    for (const address of this.#addresses) URL.revokeObjectURL(address);
  }

  #picker(word, iconName, more) {
    const input = element("input", { type: "file", accept: "image/*", "aria-label": t(word), ...more });
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      this.add(files);
    });
    return element(
      "label",
      { class: "button file-button" },
      icon(iconName),
      element("span", {}, t(word)),
      input,
    );
  }

  /** Keep pictures — all of them before anything else, for the page may be closed — then a small copy of each. */
  add(files) {
    return this.#work(async () => {
      this.#line.textContent = t("photo.working");
      const { id } = this.draft;
      const there = (await this.app.outbox.get(id))?.attachments.length ?? 0;
      const room = Math.max(0, MOST - there - (await this.app.originals.unmade(id)).length);
      for (const file of files.slice(0, room)) await this.app.originals.keep(id, file);
      await this.#makeAll();
      return files.length > room ? t("photo.most", { n: MOST }) : null;
    });
  }

  /** Copies of all that have none: also of what was kept before the page was closed. The first failure is told after the last. */
  async #makeAll() {
    let failure = null;
    const unmade = await this.app.originals.unmade(this.draft.id);
    if (unmade.length > 0) this.#line.textContent = t("photo.working");
    for (const original of unmade) {
      try {
        await this.app.originals.claim(original, (file) => this.#make(original, file));
      } catch (error) {
        // A camera that has failed: nothing will ever come of it.
        if (error instanceof EmptyPhoto) await this.app.originals.drop(original);
        failure ??= error;
      }
    }
    if (failure) throw failure;
  }

  async #make(original, file) {
    const small = file.size > 0 ? await this.app.shrinker.small(file) : null;
    const isSmaller = small && small.size < file.size;
    const name = isSmaller ? `${file.name.replace(/\.\w+$/, "") || "photo"}.jpg` : file.name || "photo.jpg";
    const sent = isSmaller ? small : file;
    const about = { id: original, name, type: sent.type };
    const attachment = await this.app.outbox.addPhoto(this.draft.id, sent, about);
    // The same picture chosen twice is there with its first original.
    if (isSmaller && attachment === original) await this.app.originals.name(original, attachment);
    else await this.app.originals.drop(original);
  }

  /** Before sealing: none is left behind. */
  async #allMade() {
    const { originals } = this.app;
    if ((await originals.unmade(this.draft.id)).length === 0) return;
    await this.#work(() => this.#makeAll());
    if ((await originals.unmade(this.draft.id)).length > 0) throw new NotMade();
  }

  /** One after the other; the draft is not sealed meanwhile. `work` may answer a sentence to be shown. */
  #work(work) {
    this.#busy++;
    this.#turn = this.#turn.then(() => this.#doWork(work));
    return this.draft.hold(this.#turn);
  }

  async #doWork(work) {
    let words = null;
    try {
      words = await work();
      this.draft.retry();
    } catch (error) {
      words = trouble(error);
      this.draft.onTrouble(error);
    } finally {
      this.#busy--;
      await this.show();
      if (words) this.#line.textContent = words;
    }
  }

  async show() {
    const row = await this.app.outbox.get(this.draft.id);
    const pictures = (row?.attachments ?? []).filter(({ type }) => type.startsWith("image/"));
    const unmade = this.#busy ? [] : await this.app.originals.unmade(this.draft.id);
    const tiles = await Promise.all(pictures.map((photo) => this.#tile(photo)));
    this.#list.replaceChildren(...tiles, ...unmade.map((original) => this.#unmadeTile(original)));
    this.#list.hidden = pictures.length + unmade.length === 0;
    if (this.#busy) return;
    const bytes = pictures.reduce((sum, photo) => sum + photo.size, 0);
    this.#line.textContent = pictures.length
      ? t("photo.sent_small", { n: pictures.length, size: size(bytes) })
      : "";
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
      this.#remover(async () => {
        // The original first: cut in between, the photo is still there, and no second copy is made of it.
        await this.app.originals.dropOf(photo.id);
        await this.app.outbox.removePhoto(photo.id);
      }),
    );
    return tile;
  }

  /** One that could not be made: it holds up the record until it can, or is taken off. */
  #unmadeTile(original) {
    return element(
      "figure",
      { class: "photo" },
      element("small", {}, t("photo.not_made")),
      this.#remover(() => this.app.originals.drop(original)),
    );
  }

  #remover(remove) {
    return element(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("photo.remove"),
        onclick: async () => {
          await remove();
          await this.show();
        },
      },
      icon("trash"),
    );
  }
}
