// The grid that was tapped: its name, kind and village, and what can be done with the whole of it.

import { dividing } from "../../geo/dividing.js";
import { byId, element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";

const VILLAGE_DIGITS = 12;

export class Chosen {
  #form = byId("chosen-form");
  #shown = null;
  #lines = [];
  #filled = {};
  #offered = null;

  constructor(draft, editor, { onShown }) {
    this.draft = draft;
    this.editor = editor;
    this.onShown = onShown;
    editor.addEventListener("chosen", () => this.show());
    draft.addEventListener("sheet", () => this.show());
    editor.addEventListener("proposal", () => this.show());
    this.#form.addEventListener("submit", (event) => this.#save(event));
    byId("chosen-split").addEventListener("click", () => this.#splitAlong());
    byId("chosen-suggest").addEventListener("click", () => this.#suggest());
    byId("chosen-balance").addEventListener("click", () => this.#suggestExchange());
    byId("chosen-close").addEventListener("click", () => editor.choose(null));
  }

  show() {
    const { draft, editor } = this;
    const feature = editor.chosen && draft.features.get(editor.chosen);
    if (!feature) this.#shown = null;
    byId("chosen").hidden = !feature || editor.name !== "select" || Boolean(editor.proposal);
    if (!feature) return;
    const { code, name, kind, village, village_name, locked, why } = feature.properties;
    const { households, people } = draft.census?.of(code) ?? {};
    byId("chosen-title").textContent = name;
    const counts = households === undefined ? "" : ` · ${t("count.total", { households, people })}`;
    byId("chosen-note").textContent = `${code} · ${village_name}${counts}`;
    byId("chosen-locked").hidden = !locked;
    byId("chosen-locked").textContent = locked ? t(`why.${why}`) : "";
    this.#form.hidden = locked || !draft.mayDraw;
    this.#fillIn(code, { name, number: code.slice(VILLAGE_DIGITS), kind, village });
    this.#offerLines(feature);
    byId("chosen-parts").hidden = !(households > 1);
    if (byId("chosen").hidden || this.#shown === code) return;
    this.#shown = code;
    this.onShown(feature);
  }

  /** What the grid is called and where it belongs; what was changed by hand and is not saved stays. */
  #fillIn(code, now) {
    const { elements, dataset } = this.#form;
    const isSame = dataset.code === code;
    const byHand = Object.entries(this.#filled).filter(
      ([field, value]) => isSame && elements[field].value !== value,
    );
    const kept = Object.fromEntries(byHand.map(([field]) => [field, elements[field].value]));
    const villages = [...this.draft.villages].map(([value, label]) => element("option", { value }, label));
    elements.village.replaceChildren(...villages);
    for (const [field, value] of Object.entries({ ...now, ...kept })) elements[field].value = value;
    dataset.code = code;
    this.#filled = now;
  }

  #save(event) {
    event.preventDefault();
    const { draft } = this;
    const { code: grid, name, kind, village } = draft.features.get(this.editor.chosen).properties;
    const { elements } = this.#form;
    const wanted = elements.name.value.trim();
    if (wanted && wanted !== name) draft.perform({ type: "rename", grid, name: wanted });
    if (elements.kind.value !== kind) draft.perform({ type: "set_kind", grid, kind: elements.kind.value });
    const number = elements.number.value.trim();
    if (number !== grid.slice(VILLAGE_DIGITS)) {
      if (!elements.number.checkValidity() || !number) {
        this.editor.tell(t("draw.three_digits"), { isError: true });
        elements.number.focus();
        return;
      }
      // Last of all: what comes before still names the grid by its old code.
      draft.perform({ type: "recode", grid, code: `${village}${number}` });
      return;
    }
    if (elements.village.value !== village)
      this.editor.propose({ type: "transfer", from: grid, to: elements.village.value });
  }

  #suggestExchange() {
    const { village } = this.draft.features.get(this.editor.chosen).properties;
    this.editor.suggestExchange(this.editor.chosen, village);
  }

  #suggest() {
    const parts = Number(this.#form.elements.parts.value);
    this.editor.suggest(this.editor.chosen, parts);
  }

  /** Roads and streams that divide the grid; the one that was picked stays while they do. */
  #offerLines({ geometry }) {
    this.#lines = dividing(this.editor.references, geometry);
    const names = this.#lines.map(
      ({ layer, name }) => name || t(layer === "road" ? "draw.a_road" : "draw.a_stream"),
    );
    const key = [this.#form.dataset.code, ...names].join("\n");
    if (this.#offered === key) return;
    this.#offered = key;
    const options = names.map((name, i) => element("option", { value: i }, name));
    this.#form.elements.reference.replaceChildren(...options);
    byId("chosen-lines").hidden = options.length === 0;
  }

  #splitAlong() {
    const { lines } = this.#lines[Number(this.#form.elements.reference.value)];
    this.editor.propose({ type: "split", grid: this.editor.chosen, lines });
  }
}
