// Files of a zip, read one at a time from where they lie: a rescue file may be larger than the memory of a tablet.

import { inflateSync } from "fflate";
import { BadRescue } from "./errors.js";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
// The end record and the longest comment after it.
const TAIL = END_BYTES + 0xffff;

/**
 * @param {Blob} file
 * @returns {Promise<Map<string, {size: number, read: () => Promise<Uint8Array>}>>} by name
 */
export async function openZip(file) {
  const tail = await viewOf(file, Math.max(0, file.size - TAIL), file.size);
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) throw new BadRescue("This is no rescue file, or its end is missing.");
  const length = tail.getUint32(end + 12, true);
  const from = tail.getUint32(end + 16, true);
  const list = await viewOf(file, from, from + length);
  const entries = new Map();
  for (let at = 0; at + 46 <= list.byteLength && list.getUint32(at, true) === ENTRY; ) {
    const [nameLength, extra, comment] = [28, 30, 32].map((more) => list.getUint16(at + more, true));
    const name = new TextDecoder().decode(new Uint8Array(list.buffer, list.byteOffset + at + 46, nameLength));
    const method = list.getUint16(at + 10, true);
    const [packed, size] = [list.getUint32(at + 20, true), list.getUint32(at + 24, true)];
    const start = list.getUint32(at + 42, true);
    entries.set(name, { size, read: () => read(file, { method, packed, size, start }) });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

async function read(file, { method, packed, size, start }) {
  const local = await viewOf(file, start, start + 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL)
    throw new BadRescue("The file is damaged.");
  const from = start + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const bytes = new Uint8Array(await file.slice(from, from + packed).arrayBuffer());
  if (bytes.length !== packed || ![0, 8].includes(method)) throw new BadRescue("The file is damaged.");
  try {
    // Somebody may have packed it anew.
    return method === 0 ? bytes : inflateSync(bytes, { out: new Uint8Array(size) });
  } catch (cause) {
    throw new BadRescue("The file is damaged.", { cause });
  }
}

async function viewOf(file, from, to) {
  return new DataView(await file.slice(from, to).arrayBuffer());
}
