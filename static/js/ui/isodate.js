// Dates read 2026-11-22, whatever the browser's own language writes: a text field with a
// button that opens the browser's calendar.

import { element, icon } from "./dom.js";

const PATTERN = "\\d{4}-\\d{2}-\\d{2}";

/** True for a day that exists, written as 2026-11-22. */
export function isIsoDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

/** Turn a native date field into one that shows ISO; `label` names its calendar button. */
export function showIso(field, label) {
  const picker = element("input", {
    type: "date",
    class: "iso-picker",
    max: field.max || null,
    tabindex: "-1",
    "aria-hidden": "true",
  });
  const { value } = field;
  field.type = "text";
  field.value = value;
  field.inputMode = "numeric";
  field.pattern = PATTERN;
  field.maxLength = 10;
  field.size = 10;
  field.placeholder = "YYYY-MM-DD";
  const button = element(
    "button",
    { type: "button", class: "icon-button iso-button", "aria-label": label, title: label },
    icon("calendar"),
  );
  button.addEventListener("click", () => {
    picker.value = isIsoDay(field.value) ? field.value : "";
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    field.value = picker.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const frame = element("span", { class: "iso-date" });
  field.replaceWith(frame);
  frame.append(field, picker, button);
}
