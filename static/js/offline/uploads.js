// A photo to the server by tus 1.0 (core, creation, checksum): in pieces, going on at the byte where the server is.

import { Later, Paused, Refused } from "./api.js";

// Small enough to get through between two gaps of a mountain road's signal, large enough that headers don't count.
export const PIECE_BYTES = 256 * 1024;
// A server that says 460 or forgets the upload each time is not argued with for longer in one go.
const ANEW = 3;
const TUS = { "Tus-Resumable": "1.0.0" };
// The protocol's own minimum.
const DEFAULT_CHECKSUM = "sha1";
const DIGESTS = { sha256: "SHA-256", sha1: "SHA-1" };

export class Uploader {
  #api;
  #checksum = null;

  /** @param {import("./api.js").FieldApi} api */
  constructor(api) {
    this.#api = api;
  }

  /**
   * Bring one photo to the server. Returns when the server has said that it holds every byte; whether it is
   * content with them, its receipts tell.
   * @param {{id: string, op: string, sha256: string, size: number, type: string, name: string, url?: string | null}} photo
   * @param {Uint8Array} bytes
   * @param {{onUrl?: (url: string | null) => Promise<void>, onOffset?: (offset: number) => Promise<void> | void}} [told]
   *   `onUrl`: where it goes on after a break, to be kept
   */
  async upload(photo, bytes, { onUrl = async () => {}, onOffset = () => {} } = {}) {
    let url = photo.url ?? null;
    for (let anew = 0; ; anew++) {
      try {
        let offset = url ? await this.#offset(url, photo.size) : null;
        if (offset === null) {
          url = await this.#create(photo);
          await onUrl(url);
          offset = (await this.#offset(url, photo.size)) ?? 0;
        }
        await onOffset(offset);
        while (offset < bytes.length) {
          offset = await this.#piece(url, bytes, offset);
          await onOffset(offset);
        }
        return;
      } catch (error) {
        if (!(error instanceof Anew)) throw error;
        await onUrl(null);
        url = null;
        if (anew >= ANEW) throw error.refused;
      }
    }
  }

  async #create({ id, op, sha256, size, name, type }) {
    const pairs = { op, attachment: id, sha256, filename: name, filetype: type };
    const known = Object.entries(pairs).filter(([, value]) => value !== "");
    const metadata = known.map(([key, value]) => `${key} ${base64(value)}`);
    const headers = { ...TUS, "Upload-Length": String(size), "Upload-Metadata": metadata.join(",") };
    const location = await this.#api.send("POST", "/uploads/", { headers }, (response) =>
      response.headers.get("Location"),
    );
    if (!location) throw new Later("foreign");
    // Of the address only the way counts: a server behind another may not know its own name, and the token goes
    // nowhere else.
    return new URL(location, "http://here/api/v1/uploads/").pathname.replace(/^.*\/api\/v1/, "");
  }

  /** Where the server is, or null if it knows no such upload (any more). */
  async #offset(url, size) {
    try {
      return await this.#api.send("HEAD", url, { headers: TUS }, (response) => {
        const length = response.headers.get("Upload-Length");
        if (length !== null && Number(length) !== size) return null;
        return offsetOf(response, size);
      });
    } catch (error) {
      if (error instanceof Refused && [403, 404, 410].includes(error.status)) return null;
      if (!(error instanceof Paused)) throw error;
      // A HEAD answers without a body, in which it would say why: another call does, or all is well again.
      await this.#api.me();
      throw new Later("busy");
    }
  }

  async #piece(url, bytes, offset) {
    const piece = bytes.subarray(offset, offset + PIECE_BYTES);
    const algorithm = await this.#algorithm();
    const digest = new Uint8Array(await crypto.subtle.digest(DIGESTS[algorithm], piece));
    const headers = {
      ...TUS,
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
      "Upload-Checksum": `${algorithm} ${btoa(String.fromCharCode(...digest))}`,
    };
    try {
      const options = { headers, body: piece };
      return await this.#api.send("PATCH", url, options, (response) => {
        const next = offsetOf(response, bytes.length);
        if (next <= offset) throw new Later("garbled");
        return next;
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if ([404, 410, 460].includes(error.status)) throw new Anew(error);
      // The answer to an earlier piece was lost, the piece was not.
      if (error.status === 409) {
        const there = await this.#offset(url, bytes.length);
        if (there === null || there === offset) throw new Anew(error);
        return there;
      }
      throw error;
    }
  }

  /** SHA-256 where the server takes it, else SHA-1; asked once. */
  async #algorithm() {
    this.#checksum ??= await this.#api
      .send("OPTIONS", "/uploads/", { headers: TUS }, (response) => {
        const known = (response.headers.get("Tus-Checksum-Algorithm") ?? "")
          .split(",")
          .map((name) => name.trim());
        return known.find((name) => name === "sha256") ?? DEFAULT_CHECKSUM;
      })
      .catch((error) => {
        if (error instanceof Refused) return DEFAULT_CHECKSUM;
        throw error;
      });
    return this.#checksum;
  }
}

/** The upload has to begin again. */
class Anew extends Error {
  constructor(refused) {
    super("anew");
    this.refused = refused;
  }
}

function offsetOf(response, size) {
  const text = response.headers.get("Upload-Offset");
  const offset = Number(text);
  // No such header: somebody else has answered.
  if (text === null || !Number.isInteger(offset) || offset < 0 || offset > size) throw new Later("foreign");
  return offset;
}

/** Base64 of a text's UTF-8. */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
