// Requests to this server, and what to do when it says no. Aborts pass through as AbortError.

const RETRIES = 3;
const SIGNED_OUT = "gis-grid:signed-out";
const CONNECTION = "gis-grid:connection";

/** A refusal or a failed connection, with a sentence for the person. */
export class HttpError extends Error {
  constructor(status, message, { code = "", details = {} } = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Call `listener` whenever the server says that the session has ended. */
export function onSignedOut(listener) {
  document.addEventListener(SIGNED_OUT, listener);
}

/** Call `listener(is connected)` after every attempt to reach the server. */
export function onConnection(listener) {
  document.addEventListener(CONNECTION, ({ detail }) => listener(detail));
}

const tellConnection = (detail) => document.dispatchEvent(new CustomEvent(CONNECTION, { detail }));

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    });
  });

/**
 * `fetch` that tries again while the server is busy (503, or no connection), at most three
 * times, and tells the page about a lost session. Any answer but 2xx and 304 throws HttpError.
 */
export async function request(url, options = {}, { retries = RETRIES } = {}) {
  for (let attempt = 0; ; attempt++) {
    let response = null;
    try {
      response = await fetch(url, { credentials: "same-origin", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      tellConnection(false);
      if (attempt >= retries) throw new HttpError(0, "");
    }
    if (response) tellConnection(true);
    if (response && (response.ok || response.status === 304)) return response;
    if (response && (response.status !== 503 || attempt >= retries)) throw await refusal(response);
    await pause(400 * 2 ** attempt, options.signal);
  }
}

async function refusal(response) {
  if (response.status === 401) document.dispatchEvent(new Event(SIGNED_OUT));
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const body = isJson ? await response.json() : {};
  return new HttpError(response.status, body.error?.message ?? body.message ?? "", body.error);
}

/** JSON from the server. */
export async function getJson(url, signal) {
  const response = await request(url, { signal, headers: { Accept: "application/json" } });
  return response.json();
}

/** A piece of a page, rendered by the server. */
export async function getFragment(url, signal) {
  const response = await request(url, { signal, headers: { Accept: "*/*" } });
  return response.text();
}

/** Send a form and give the raw response; the CSRF token goes in its header. */
export async function postForm(url, fields, csrf, signal) {
  return request(url, {
    method: "POST",
    signal,
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": csrf, Accept: "application/json" },
  });
}

/** Send JSON, or a `FormData` with a file, and give the JSON that is answered. */
export async function sendJson(url, body, csrf, { method = "POST", retries = RETRIES, signal } = {}) {
  const isForm = body instanceof FormData;
  const headers = { "X-CSRFToken": csrf, Accept: "application/json" };
  if (!isForm) headers["Content-Type"] = "application/json";
  const options = { method, signal, headers, body: isForm ? body : JSON.stringify(body) };
  const response = await request(url, options, { retries });
  return response.json();
}

/** An address with the parameters that hold something. */
export function withParams(url, params) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") query.set(key, value);
  }
  const text = query.toString();
  return text ? `${url}?${text}` : url;
}
