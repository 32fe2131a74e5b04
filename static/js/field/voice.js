// A voice note, kept with the draft like a photo.

import { element } from "../ui/dom.js";
import { t } from "../ui/texts.js";
import { button } from "./parts.js";
import { size, trouble } from "./words.js";

const LONGEST_MS = 180_000;
const FORMS = ["audio/webm;codecs=opus", "audio/mp4", "audio/webm"];

export class Voice {
  #recorder = null;
  #line = element("p", { class: "hint", role: "status" });
  #list = element("div", { class: "field" });
  #timer = null;
  #addresses = [];

  constructor(app, draft) {
    this.app = app;
    this.draft = draft;
    this.#button = button(t("voice.start"), () => this.#press(), { iconName: "message", "data-do": "voice" });
    this.element = element(
      "section",
      { class: "field", "aria-label": t("voice.title") },
      element("span", { class: "group-title" }, t("voice.title")),
      this.#button,
      this.#list,
      this.#line,
    );
    // Where a browser can't record there is nothing to press.
    this.element.hidden = typeof MediaRecorder !== "function" || !navigator.mediaDevices?.getUserMedia;
    this.show();
  }

  #button;

  get isBusy() {
    return this.#recorder !== null;
  }

  /** End a recording that is under way and keep it. */
  async stop() {
    for (const address of this.#addresses) URL.revokeObjectURL(address);
    await this.finish();
  }

  async finish() {
    const recorder = this.#recorder;
    if (!recorder) return;
    const kept = new Promise((resolve) => {
      recorder.onkept = resolve;
    });
    recorder.stop();
    await kept;
  }

  async #press() {
    if (this.#recorder) {
      await this.finish();
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.#begin(stream);
    } catch {
      this.#line.textContent = t("voice.denied");
    }
  }

  #begin(stream) {
    const type = FORMS.find((form) => MediaRecorder.isTypeSupported(form));
    const recorder = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 32_000 } : {});
    const parts = [];
    const began = Date.now();
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = async () => {
      clearInterval(this.#timer);
      for (const track of stream.getTracks()) track.stop();
      this.#recorder = null;
      this.#say(t("voice.start"));
      await this.draft.hold(this.#keep(new Blob(parts, { type: recorder.mimeType })));
      recorder.onkept?.();
    };
    recorder.start();
    this.#recorder = recorder;
    this.#timer = setInterval(() => {
      const seconds = Math.round((Date.now() - began) / 1000);
      this.#say(t("voice.stop", { n: seconds }));
      if (Date.now() - began > LONGEST_MS) recorder.stop();
    }, 500);
    this.#say(t("voice.stop", { n: 0 }));
  }

  #say(word) {
    this.#button.lastChild.textContent = word;
    this.#button.classList.toggle("recording", this.isBusy);
    this.#button.classList.toggle("danger", this.isBusy);
  }

  async #keep(sound) {
    try {
      const type = sound.type.split(";")[0];
      const name = `voice.${type === "audio/mp4" ? "m4a" : "webm"}`;
      await this.app.outbox.addPhoto(this.draft.id, sound, { name, type });
      this.#line.textContent = "";
      this.draft.retry();
    } catch (error) {
      this.#line.textContent = trouble(error);
      this.draft.onTrouble(error);
    }
    await this.show();
  }

  async show() {
    const row = await this.app.outbox.get(this.draft.id);
    const sounds = (row?.attachments ?? []).filter(({ type }) => type.startsWith("audio/"));
    this.#list.replaceChildren(...(await Promise.all(sounds.map((sound) => this.#item(sound)))));
    this.#list.hidden = sounds.length === 0;
  }

  async #item(sound) {
    const bytes = await this.app.outbox.photo(sound.id);
    const address = URL.createObjectURL(new Blob([bytes], { type: sound.type }));
    this.#addresses.push(address);
    const remove = button(
      `${t("voice.remove")} (${size(sound.size)})`,
      async () => {
        await this.app.outbox.removePhoto(sound.id);
        await this.show();
      },
      { kind: "quiet", iconName: "trash" },
    );
    return element("div", { class: "field" }, element("audio", { controls: true, src: address }), remove);
  }
}
