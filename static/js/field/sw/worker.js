// The service worker of the page for the field. The server writes `self.CODE` above these lines: the
// version, and its files by address with the SHA-256 of what is there.
//
// All files of a version are taken along in one step or none is, and a page gets its code from one
// version alone. It never takes over by itself: the page asks for that when no work is in progress.
// What is asked of the API goes past it, always.

const { version: VERSION, files: FILES } = self.CODE;
const PREFIX = "field-code-";
const CACHE = `${PREFIX}${VERSION}`;
const SHELL = "/field/";

self.addEventListener("install", (event) => event.waitUntil(takeAll()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function takeAll() {
  const addresses = Object.keys(FILES);
  // Not by way of the browser's own store, which may hold files of another version.
  const requests = addresses.map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  const cache = await caches.open(CACHE);
  try {
    await cache.addAll(requests);
    await Promise.all(addresses.map((address) => verify(cache, address)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** A file must be the very one that this version was made with. */
async function verify(cache, address) {
  const answer = await cache.match(address, { ignoreVary: true });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== FILES[address]) throw new Error(`${address} is of another version`);
}

async function begin() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  // The page that has just brought it: from now on it works without a connection.
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  if (event.data?.ask === "version") event.ports[0].postMessage(VERSION);
  if (event.data?.ask === "switch") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname !== SHELL) return;
  if (url.pathname in FILES) event.respondWith(answer(url.pathname));
});

async function answer(address) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address, { ignoreVary: true });
  if (kept) return kept;
  // Somebody has emptied the store: the same file from the server, or none.
  await cache.add(new Request(address, { cache: "reload", credentials: "omit" }));
  try {
    await verify(cache, address);
  } catch (error) {
    await cache.delete(address);
    throw error;
  }
  return cache.match(address, { ignoreVary: true });
}
