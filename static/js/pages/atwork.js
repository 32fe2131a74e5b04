// A file that is being worked on: how far, and on to what came of it.

import { getJson } from "../net/http.js";
import { byId } from "../ui/dom.js";

const EVERY_MS = 800;
const page = byId("at-work");
const bar = byId("progress");

async function look() {
  try {
    const { is_at_work: isAtWork, done, total } = await getJson(page.dataset.url);
    if (!isAtWork) {
      location.replace(location.pathname);
      return;
    }
    if (total > 0) bar.value = Math.min(100, (100 * done) / total);
    byId("progress-text").textContent = done ? `${done} / ${Math.max(done, total)}` : "";
  } catch {
    // The server may be starting anew: the work is not lost, ask again.
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
