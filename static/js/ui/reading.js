// How a person likes to read: large text, buttons for the left or the right hand.
// Kept in this browser only.

import { byId } from "./dom.js";

const LARGE = 1.3;
const KEY = "gis-grid.reading";

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/**
 * Put the wishes into effect, now and whenever they change; answers how much larger the map's
 * own writing is to be, and tells `onChange(scale)` later.
 */
export function startReading(onChange) {
  const wishes = kept();
  const large = byId("large-text");
  const left = byId("left-hand");
  large.checked = Boolean(wishes.large);
  left.checked = Boolean(wishes.left);
  const apply = () => {
    document.documentElement.classList.toggle("large-text", large.checked);
    byId("page").classList.toggle("left-hand", left.checked);
    return large.checked ? LARGE : 1;
  };
  for (const box of [large, left]) {
    box.addEventListener("change", () => {
      localStorage.setItem(KEY, JSON.stringify({ large: large.checked, left: left.checked }));
      onChange(apply());
    });
  }
  return apply();
}
