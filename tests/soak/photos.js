// Real pictures, each like no other: what makes it so stands in comments of the file, which a viewer passes over.

import { readFileSync } from "node:fs";

const COMMENT = 0xfe;
const MOST = 60_000;

export class Photos {
  #made = 0;

  /** @param {string[]} paths of JPEG files */
  constructor(paths, random, number) {
    this.pictures = paths.map((path) => readFileSync(path));
    this.random = random;
    this.number = number;
  }

  next() {
    const picture = this.pictures[Math.floor(this.random() * this.pictures.length)];
    const text = Buffer.from(`tablet ${this.number} photo ${++this.#made}`);
    // Some are larger than one piece of an upload.
    const padding = this.random() < 0.2 ? 6 : 0;
    const comments = [text, ...Array.from({ length: padding }, () => Buffer.alloc(MOST, text))];
    return Uint8Array.from(
      Buffer.concat([picture.subarray(0, 2), ...comments.map(segment), picture.subarray(2)]),
    );
  }
}

function segment(content) {
  const head = Buffer.from([0xff, COMMENT, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}
