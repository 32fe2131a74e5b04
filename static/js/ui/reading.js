// How a person likes to read: large text, buttons for the left or the right hand.
// Kept in this browser only.

import { byId } from "./dom.js";

const KEY = "gis-grid.reading";

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Put the wishes into effect; answers how much larger the map's own writing is to be. */
export function startReading() {
  const wishes = kept();
  const large = byId("large-text");
  const left = byId("left-hand");
  large.checked = Boolean(wishes.large);
  left.checked = Boolean(wishes.left);
  document.documentElement.classList.toggle("large-text", large.checked);
  byId("page").classList.toggle("left-hand", left.checked);
  for (const box of [large, left]) {
    box.addEventListener("change", () => {
      localStorage.setItem(KEY, JSON.stringify({ large: large.checked, left: left.checked }));
      location.reload();
    });
  }
  return large.checked ? 1.3 : 1;
}
