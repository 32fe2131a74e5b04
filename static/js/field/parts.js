// Pieces that forms and lists of the page share: buttons, fields, choices.

import { element, icon } from "../ui/dom.js";

/** A button with an icon and a word. `kind`: "", "primary", "danger", "quiet". */
export function button(word, onclick, { kind = "", iconName = null, ...more } = {}) {
  const children = iconName ? [icon(iconName), element("span", {}, word)] : [word];
  return element("button", { type: "button", class: `button ${kind}`.trim(), onclick, ...more }, ...children);
}

let serial = 0;

const isMasked = (value) => typeof value === "string" && value.includes("*");

/**
 * A line of text with its label; `onInput(value)` with every keystroke. A masked value (`138****5678`)
 * stands behind an empty field: it can be replaced, not edited.
 */
export function textField(label, value, onInput, { rows = 0, hint = "", ...more } = {}) {
  const id = `field-${++serial}`;
  const attributes = { id, class: "input", oninput: ({ target }) => onInput(target.value), ...more };
  const input = rows ? element("textarea", { ...attributes, rows }) : element("input", attributes);
  if (isMasked(value)) input.placeholder = value;
  else input.value = value ?? "";
  const field = element("div", { class: "field" }, element("label", { for: id }, label), input);
  if (hint) field.append(element("p", { class: "hint" }, hint));
  return field;
}

/** One of several as large buttons: `options` `[{value, label, iconName?}]`; a tap chooses. */
export function choice(label, options, value, onChoose, { isWide = false, canClear = false } = {}) {
  const name = `choice-${++serial}`;
  const group = element("fieldset", { class: isWide ? "choice is-wide" : "choice" });
  if (label) group.append(element("legend", {}, label));
  const buttons = options.map(({ value: own, label: word, iconName }) => {
    const made = element(
      "button",
      {
        type: "button",
        class: "choice-button",
        "aria-pressed": String(own === value),
        "data-value": own,
        name,
      },
      ...(iconName ? [icon(iconName)] : []),
      element("span", {}, word),
    );
    made.addEventListener("click", () => {
      const isOff = canClear && made.getAttribute("aria-pressed") === "true";
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === made && !isOff));
      onChoose(isOff ? null : own);
    });
    return made;
  });
  group.append(element("div", { class: "choice-buttons" }, ...buttons));
  return group;
}

/** A switch with its words. */
export function toggle(label, isOn, onChange, { hint = "" } = {}) {
  const box = element("input", {
    type: "checkbox",
    class: "toggle-box",
    onchange: ({ target }) => onChange(target.checked),
  });
  box.checked = isOn;
  const words = element("span", { class: "toggle-words" }, element("span", {}, label));
  if (hint) words.append(element("small", { class: "hint" }, hint));
  return element("label", { class: "toggle" }, box, words);
}

/** A line of a list that opens something. */
export function row({ title, note = "", end = "", iconName = null, onclick, ...more }) {
  return element(
    "button",
    { type: "button", class: "row-button", onclick, ...more },
    ...(iconName ? [icon(iconName)] : []),
    element("span", { class: "row-words" }, element("b", {}, title), element("small", {}, note)),
    element("span", { class: "row-end" }, end),
  );
}

export function bar(share) {
  const made = element("progress", { class: "progress", max: 1 });
  if (share !== null) made.value = share;
  return made;
}

/** A message that stays: `tone` "info", "warn", "bad", "good". */
export function notice(tone, ...children) {
  return element("div", { class: `note is-${tone}`, role: tone === "bad" ? "alert" : "status" }, ...children);
}
