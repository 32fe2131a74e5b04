// Name, kind and village of a grid that has just been drawn.

import { byId, element } from "../ui/dom.js";

export function askNew(draft, { village }, done) {
  const form = byId("new-grid-form");
  form.reset();
  const villages = [...draft.villages].map(([value, label]) => element("option", { value }, label));
  form.elements.village.replaceChildren(...villages);
  if (village) form.elements.village.value = village;
  form.onsubmit = () => {
    const { name, kind, village: chosen } = form.elements;
    done({ name: name.value.trim(), kind: kind.value, village: chosen.value });
  };
  byId("new-grid").showModal();
}
