// The bell: how many notices are unread, told live by the server.

import { HttpError, request } from "../net/http.js";

const bell = document.getElementById("bell");
const count = document.getElementById("bell-count");
const list = document.getElementById("bell-list");
const said = document.getElementById("bell-said");

async function show(options = {}) {
  let answer;
  try {
    answer = await request(bell.dataset.list, options, { retries: 0 });
  } catch (error) {
    // The next event, or the next opening, asks again.
    if (error instanceof HttpError) return;
    throw error;
  }
  const unread = Number(answer.headers.get("X-Unread"));
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  list.replaceChildren(template.content);
  if (count.textContent !== String(unread) && unread > 0)
    said.textContent = said.dataset.one.replace("{n}", unread);
  count.textContent = unread > 99 ? "99+" : String(unread);
  count.hidden = unread === 0;
}

if (bell) {
  const csrf = document.querySelector("meta[name=csrf-token]").content;
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    show({ method: "POST", headers: { "X-CSRFToken": csrf } });
  });
  document.addEventListener("click", ({ target }) => {
    if (!bell.contains(target)) bell.open = false;
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") bell.open = false;
  });
  let source = null;
  // A page in the background needs no line of its own: browsers allow but six to a server.
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource(bell.dataset.live);
      source.addEventListener("notice", () => show());
    }
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}
