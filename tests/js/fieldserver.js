// A server for the tests that keeps docs/field-sync.md's contract, in memory, and can be made to fail as nets and
// servers do. It counts what it does with each operation, so that a test sees what was doubled.

import { createHash } from "node:crypto";

const hash = (bytes, algorithm = "sha256") => createHash(algorithm).update(bytes).digest();
const hex = (bytes) => hash(bytes).toString("hex");

export class FieldServer {
  /** op_id → {text, receipt, count} */
  operations = new Map();
  /** attachment id → {op, sha256, bytes, size, state} */
  uploads = new Map();
  /** op_ids in the order in which they were judged. */
  judged = [];
  calls = [];
  devices = new Map();
  codes = new Map([["CODE", "worker"]]);
  /** login → the name that people know, where it is another. */
  names = new Map();
  time = "";
  /** `fault(call, n)`, perhaps later: null, or "drop" (before it arrives), "lose" (the answer), "double", "truncate", "portal", "hang", or a status. */
  fault = () => null;
  /** `judge(operation)`: an outcome or a part of a receipt; applied if nothing. */
  judge = () => null;
  /** `answer(receipts)` as they are sent. */
  answer = (receipts) => receipts;
  ended = null;
  checksums = "sha1,sha256";
  pulls = () => ({ cursor: "1", more: false, reset: false, changes: {}, gone: {} });
  areas = [];
  reference = { roads: [], water: [] };

  fetch = async (url, { method, headers = {}, body = null, signal }) => {
    const { pathname, searchParams } = new URL(url, "http://field.test");
    const call = { method, path: pathname.replace("/api/v1", ""), query: searchParams, headers, body };
    const fault = await this.fault(call, this.calls.push(call) - 1);
    if (fault === "drop") throw new TypeError("fetch failed");
    if (fault === "hang")
      await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (fault === "portal")
      return new Response("<html>please sign in</html>", { headers: { "Content-Type": "text/html" } });
    if (typeof fault === "number")
      return json(fault, { error: { code: "fault", message: `fault ${fault}` } });
    if (fault === "double") await this.handle(call);
    const response = await this.handle(call);
    if (fault === "lose") throw new TypeError("connection reset");
    if (fault === "truncate") {
      const text = await response.text();
      return new Response(text.slice(0, text.length / 2), {
        status: response.status,
        headers: response.headers,
      });
    }
    return response;
  };

  async handle(call) {
    const { method, path } = call;
    if (path === "/devices/enrol") return this.enrol(JSON.parse(call.body));
    const device = this.devices.get(call.headers.Authorization?.replace("Bearer ", ""));
    if (this.ended || !device) {
      const response = json(401, { error: { code: this.ended ?? "token_ended", message: "ended" } });
      // As servers do: no body to a HEAD.
      return method === "HEAD" ? new Response(null, { status: 401 }) : response;
    }
    if (path === "/devices/me")
      return json(200, { ...device, areas: [], permissions: [], server_time: this.time });
    if (path === "/devices/me/leave") return this.devices.delete(device.token) && json(200, {});
    if (path === "/sync/push") return this.push(JSON.parse(call.body));
    if (path === "/sync/receipts") {
      const known = JSON.parse(call.body)
        .op_ids.map((id) => this.operations.get(id))
        .filter(Boolean);
      return json(200, { receipts: this.answer(known.map((kept) => this.receiptOf(kept))) });
    }
    if (path === "/sync/areas") return json(200, { areas: this.areas });
    if (path === "/sync/reference") {
      if (call.headers["If-None-Match"] === '"r1"') return new Response(null, { status: 304 });
      return json(200, this.reference, { ETag: '"r1"' });
    }
    if (path === "/sync/pull") return json(200, this.pulls(call.query));
    if (path.startsWith("/uploads/")) return this.tus(call);
    return json(404, { error: { code: "not_found", message: "" } });
  }

  enrol({ code, name, device }) {
    const login = this.codes.get(code);
    if (!login) return json(422, { error: { code: "bad_input", message: "no such code" } });
    const kept = {
      device: device ?? `device-${this.devices.size + 1}`,
      person: this.names.get(login) ?? login,
      login,
      name,
      expires_at: "2027-01-01",
    };
    const token = `gd_${this.devices.size + 1}_${Math.random()}`;
    this.devices.set(token, { ...kept, token });
    this.ended = null;
    return json(201, { ...kept, token });
  }

  push({ operations }) {
    if (operations.length > 200) return json(413, { error: { code: "too_large", message: "" } });
    const receipts = operations.map((operation) => this.take(operation));
    return json(200, { server_time: this.time, receipts: this.answer(receipts, operations) });
  }

  take(operation) {
    const text = JSON.stringify(operation);
    const kept = this.operations.get(operation.op_id);
    if (kept && kept.text !== text)
      return { op_id: operation.op_id, outcome: "rejected", code: "other_content" };
    const isOpen = !kept || kept.receipt.outcome === "received";
    const entry = kept ?? { text, count: 0, operation };
    this.operations.set(operation.op_id, entry);
    if (isOpen) {
      const judged = this.judge(operation);
      const verdict = typeof judged === "string" ? { outcome: judged } : (judged ?? { outcome: "applied" });
      entry.receipt = { op_id: operation.op_id, server_id: null, rev: 1, conflicts: [], ...verdict };
      if (entry.receipt.outcome !== "received") {
        entry.count++;
        this.judged.push(operation.op_id);
      }
    }
    return { ...this.receiptOf(entry), again: Boolean(kept) };
  }

  receiptOf({ receipt, operation }) {
    const attachments = operation.attachments.map(({ id }) => ({
      id,
      state: this.uploads.get(id)?.state ?? "wanted",
    }));
    return { ...receipt, attachments };
  }

  tus({ method, path, headers, body }) {
    const id = path.slice("/uploads/".length);
    const upload = this.uploads.get(id);
    if (method === "OPTIONS")
      return new Response(null, { status: 204, headers: { "Tus-Checksum-Algorithm": this.checksums } });
    if (method === "POST") return this.create(headers);
    if (!upload) return json(404, { error: { code: "not_found", message: "" } });
    const at = (status) => new Response(null, { status, headers: offsets(upload) });
    if (method === "HEAD") return at(200);
    if (Number(headers["Upload-Offset"]) !== upload.bytes.length)
      return json(409, { error: { code: "offset" } });
    const [algorithm, digest] = headers["Upload-Checksum"].split(" ");
    if (!this.checksums.split(",").includes(algorithm)) return json(400, { error: { code: "algorithm" } });
    // A server that was stopped in the middle of a piece has some of it.
    const taken = this.cut ? body.subarray(0, this.cut) : body;
    if (hash(body, algorithm).toString("base64") !== digest) return json(460, {});
    upload.bytes = Buffer.concat([upload.bytes, taken]);
    upload.received = (upload.received ?? 0) + taken.length;
    if (this.cut) {
      this.cut = 0;
      throw new TypeError("connection reset");
    }
    if (upload.bytes.length === upload.size) {
      if (hex(upload.bytes) !== upload.sha256 || this.spoil?.(id)) {
        upload.bytes = Buffer.alloc(0);
        return json(460, { error: { code: "checksum" } });
      }
      upload.state = "kept";
    }
    return at(204);
  }

  create(headers) {
    const pairs = headers["Upload-Metadata"].split(",").map((pair) => pair.split(" "));
    const read = Object.fromEntries(
      pairs.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
    const listed = this.operations
      .get(read.op)
      ?.operation.attachments.some(({ id }) => id === read.attachment);
    if (!listed) return json(422, { error: { code: "bad_input", message: "no such operation" } });
    const upload = this.uploads.get(read.attachment) ?? { ...read, state: "wanted", bytes: Buffer.alloc(0) };
    upload.size = Number(headers["Upload-Length"]);
    this.uploads.set(read.attachment, upload);
    return new Response(null, {
      status: 201,
      headers: { Location: `https://inside:8000/api/v1/uploads/${read.attachment}` },
    });
  }
}

function json(status, body, headers = {}) {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
}

const offsets = ({ bytes, size }) => ({
  "Upload-Offset": String(bytes.length),
  "Upload-Length": String(size),
});
