// What kind of incident it is: the last used ones first, then all others by their branches, each one tap away; once chosen, only
// that one stands there, so that words and photos are near.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { button, choice } from "../parts.js";

const LAST = 6;

export function categories(app, draft) {
  const box = element("div", { class: "field", id: "categories" });
  const choose = (code) => {
    draft.set("category", code);
    showChosen();
  };

  function showChosen() {
    const { label } = app.ground.forms.category(draft.values.category);
    box.replaceChildren(
      element(
        "div",
        { class: "chosen" },
        element("b", { "data-chosen": draft.values.category }, label || t("incident.chosen")),
        button(t("incident.other_category"), showAll, { "data-do": "category" }),
      ),
    );
  }

  function showAll() {
    const { forms } = app.ground;
    const isKnown = new Set(forms.all.categories.map(({ code }) => code));
    const option = ({ code, label }) => ({ value: code, label });
    const last = app.prefs.now.categories.filter((code) => isKnown.has(code)).slice(0, LAST);
    const { category } = draft.values;
    const parts = [];
    if (last.length > 0) {
      const options = last.map((code) => option(forms.category(code)));
      parts.push(choice(t("incident.last_used"), options, category, choose));
    }
    const branches = forms.groups.map(([branch, leaves]) =>
      choice(branch, leaves.map(option), category, choose),
    );
    const toBranch = forms.groups.map(([branch], i) =>
      button(branch, () => branches[i].scrollIntoView(), { kind: "quiet" }),
    );
    box.replaceChildren(element("nav", { class: "branches" }, ...toBranch), ...parts, ...branches);
  }

  if (draft.values.category) showChosen();
  else showAll();
  return box;
}
