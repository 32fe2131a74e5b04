// The server's addresses for tablets (docs/field-sync.md). Every call answers or throws one of four: Paused and Revoked
// (the token has ended), Later (nobody could answer now), Refused (somebody did, and says no).

// A line that takes everything and answers nothing is found out by this; what is sent along has its time on top.
const TIMEOUT_MS = 30_000;
// Over a bad connection a second carries some 10 kB.
const BYTES_A_MS = 10;
// An answer of 1 MB over such a connection.
const LONG_MS = 100_000;
const PREFIX = "/api/v1";
const BUSY = {
  408: "timeout",
  423: "busy",
  425: "busy",
  429: "limited",
  502: "busy",
  503: "busy",
  504: "busy",
  507: "full",
};

/** Base of all that a call may throw. */
export class CallError extends Error {
  constructor(message, { status = 0, code = "", where = "", details = {}, cause } = {}) {
    super(message, { cause });
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.where = where;
    this.details = details;
  }
}

/** The token has ended: nothing is sent until a new code was scanned; everything is kept. */
export class Paused extends CallError {}

/** Somebody has revoked this device: offer the rescue file, then wipe. */
export class Revoked extends CallError {}

/**
 * Try again later. `reason`: `network` (no answer), `timeout`, `foreign` (another answered, such as a hotel's sign-in
 * page), `garbled` (an answer cut off), `busy`, `limited`, `full` (507, nothing was acknowledged), `error` (500).
 * `afterMs` is the server's wish, or null.
 */
export class Later extends CallError {
  constructor(reason, message = "", { afterMs = null, ...about } = {}) {
    super(message || reason, about);
    this.reason = reason;
    this.afterMs = afterMs;
  }
}

/** The server says no; `code`, `message`, `where`, `details` are its own. */
export class Refused extends CallError {}

export class FieldApi {
  #base;
  #token;
  #fetch;
  #timers;

  /**
   * @param {{base?: string, token?: string | null | (() => string | null | Promise<string | null>), fetch?: typeof fetch,
   *   timers?: {setTimeout: Function, clearTimeout: Function}}} [parts]
   *   `base`: scheme and host, "" for the page's own; `token`: asked before each call
   */
  constructor({ base = "", token = null, fetch = globalThis.fetch, timers = globalThis } = {}) {
    this.#base = base;
    this.#token = typeof token === "function" ? token : () => token;
    this.#fetch = (...call) => fetch(...call);
    this.#timers = timers;
  }

  /** The token by which the next call is made, or null. */
  async token() {
    return (await this.#token()) ?? null;
  }

  /** @param {{code: string, name: string, device?: string}} body @returns {Promise<{device: string, token: string, expires_at: string, person: string, name: string}>} */
  enrol(body) {
    return this.#json("POST", "/devices/enrol", { body, token: null });
  }

  /** Another token than the device's own: for giving one back that can't be used. */
  leaveAs(token) {
    return this.#json("POST", "/devices/me/leave", { body: {}, token });
  }

  me() {
    return this.#json("GET", "/devices/me");
  }

  leave() {
    return this.#json("POST", "/devices/me/leave", { body: {} });
  }

  devices() {
    return this.#json("GET", "/devices");
  }

  /** @param {{person: string, minutes?: number}} body */
  makeCode(body) {
    return this.#json("POST", "/devices/codes", { body });
  }

  /** @param {string} id @param {string} reason */
  revoke(id, reason) {
    return this.#json("POST", `/devices/${encodeURIComponent(id)}/revoke`, { body: { reason } });
  }

  /** @param {{device: string, queue: number, sent_at: string, put_right: Object<string, number>, operations: object[]}} body @returns {Promise<{server_time: string, receipts: object[]}>} */
  push(body) {
    return this.#json("POST", "/sync/push", { body });
  }

  /** @param {string[]} opIds @param {number} [queue] how much is still here, where it is to be told */
  receipts(opIds, queue) {
    return this.#json("POST", "/sync/receipts", { body: { op_ids: opIds, queue } });
  }

  conflicts() {
    return this.#json("GET", "/sync/conflicts");
  }

  /** @param {number} id @param {{choice: "mine" | "theirs" | "other", value?: unknown, theirs: unknown}} body */
  settle(id, body) {
    return this.#json("POST", `/sync/conflicts/${id}`, { body });
  }

  /** @param {{areas: string[], cursor?: string, limit?: number, forms?: string}} query */
  pull({ areas, cursor = "", limit, forms }) {
    const query = new URLSearchParams({ areas: areas.join(","), cursor });
    if (limit) query.set("limit", limit);
    if (forms !== undefined) query.set("forms", forms);
    return this.#json("GET", `/sync/pull?${query}`, { timeoutMs: LONG_MS });
  }

  /**
   * What opens a rescue file of one of the person's own tablets.
   * @param {{device: string, key: string, point: string}} header
   * @returns {Promise<{secret: string}>}
   */
  rescueSecret(header) {
    return this.#json("POST", "/sync/rescue", { body: header });
  }

  areas() {
    return this.#json("GET", "/sync/areas");
  }

  /**
   * Roads and water, or null where they are as `etag` knows them.
   * @param {string[]} areas
   * @param {string} [etag]
   * @returns {Promise<{etag: string, reference: object} | null>}
   */
  async reference(areas, etag = "") {
    const query = new URLSearchParams({ areas: areas.join(",") });
    const headers = etag ? { "If-None-Match": etag } : {};
    return this.send("GET", `/sync/reference?${query}`, { headers, timeoutMs: LONG_MS }, async (response) => {
      if (response.status === 304) return null;
      return { etag: response.headers.get("ETag") ?? "", reference: await readJson(response) };
    });
  }

  /**
   * Any call. `read(response)` is given what is 2xx or 304 and its time counts as the call's.
   * @param {string} method
   * @param {string} path below /api/v1
   * @param {{headers?: object, body?: BodyInit | null, timeoutMs?: number, token?: string | null}} options
   * @param {(response: Response) => Promise<any>} read
   */
  async send(method, path, { headers = {}, body = null, timeoutMs = timeoutOf(body), token } = {}, read) {
    const bearer = token === undefined ? await this.token() : token;
    if (token === undefined && !bearer) throw new Paused("This device has no token.", { code: "no_token" });
    const signed = bearer ? { ...headers, Authorization: `Bearer ${bearer}` } : headers;
    const abort = new AbortController();
    const timer = this.#timers.setTimeout(() => abort.abort(), timeoutMs);
    try {
      // No cookies: a session that happens to be open must not decide as whom the device works. A redirect is
      // somebody else's: the server makes none here.
      const response = await this.#fetch(`${this.#base}${PREFIX}${path}`, {
        method,
        body,
        headers: signed,
        signal: abort.signal,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
      });
      if (!response.ok && response.status !== 304) {
        throw await refusal(response, headers.Accept === "application/json");
      }
      return await read(response);
    } catch (error) {
      if (error instanceof CallError) throw error;
      throw new Later(abort.signal.aborted ? "timeout" : "network", "", { cause: error });
    } finally {
      this.#timers.clearTimeout(timer);
    }
  }

  #json(method, path, { body, ...options } = {}) {
    const headers = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const text = body === undefined ? null : JSON.stringify(body);
    return this.send(method, path, { ...options, headers, body: text }, readJson);
  }
}

const timeoutOf = (body) => TIMEOUT_MS + (body?.byteLength ?? body?.length ?? 0) / BYTES_A_MS;

async function readJson(response) {
  if (response.status === 204) return {};
  if (!isJson(response)) throw new Later("foreign", "", { status: response.status });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Later("garbled", "", { status: response.status, cause });
  }
}

const isJson = (response) => (response.headers.get("Content-Type") ?? "").includes("json");

async function refusal(response, wantsJson) {
  const { status } = response;
  const body = isJson(response) ? await response.json().catch(() => ({})) : {};
  const { code = "", message = "", where = "", details = {} } = body.error ?? body;
  const about = { status, code, where, details };
  const wait = Number(response.headers.get("Retry-After"));
  const afterMs = wait > 0 ? wait * 1000 : null;
  if (BUSY[status]) return new Later(BUSY[status], message, { ...about, afterMs });
  // Some network's sign-in page or a proxy's refusal: nobody here has said no. Only "too large" may come from the
  // web server in front, in its own words.
  const isForeign = status === 511 || status === 407 || (wantsJson && !isJson(response) && status !== 413);
  if (isForeign && status !== 500) return new Later("foreign", message, { ...about, afterMs });
  if (status >= 500) return new Later("error", message, { ...about, afterMs });
  if (status === 401)
    return code === "device_revoked" ? new Revoked(message, about) : new Paused(message, about);
  return new Refused(message, about);
}
