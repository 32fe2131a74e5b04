// A rescue file that nobody but the server opens: closed as a browser does it, opened with what the server would say.

import assert from "node:assert/strict";
import { createECDH, createHash, hkdfSync } from "node:crypto";
import { test } from "node:test";
import { rescue, restore } from "../../static/js/offline/rescue.js";
import { headerOf, sealed, unsealed } from "../../static/js/offline/sealing.js";
import { FieldServer } from "./fieldserver.js";
import { browser, enrolled, picture, visit } from "./tablet.js";

const PIECE = 1 << 18;
const DEVICE = "0193aaaa-0000-7000-8000-000000000001";
const pair = createECDH("prime256v1");
const key = pair.generateKeys("base64");

/** What the server derives from what stands in the clear (gis_grid/core/sealing.py). */
function secretOf({ device, point }) {
  const theirs = Buffer.from(point, "base64");
  const salt = Buffer.concat([theirs, pair.getPublicKey()]);
  const info = `gis-grid rescue 1 ${device}`;
  return Buffer.from(hkdfSync("sha256", pair.computeSecret(theirs), salt, info, 32)).toString("base64");
}

async function* inParts(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function closed(bytes, size = 70_001) {
  const parts = [];
  for await (const piece of sealed(inParts(bytes, size), { key, device: DEVICE })) parts.push(piece);
  return new Blob(parts);
}

const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());

for (const size of [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17]) {
  test(`${size} bytes come back as they were, in whatever parts they came`, async () => {
    const bytes = picture(size);
    for (const part of [PIECE, 70_001, 4 * PIECE]) {
      const file = await closed(bytes, part);
      const header = await headerOf(file);
      assert.equal(header.device, DEVICE);
      assert.equal(header.key, createHash("sha256").update(pair.getPublicKey()).digest("hex").slice(0, 16));
      assert.deepEqual(await bytesOf(await unsealed(file, secretOf(header))), bytes);
    }
  });
}

test("no two are closed alike, and nothing of the content is to be seen", async () => {
  const text = new TextEncoder().encode("王大山 19900001234 ".repeat(40_000));
  const [one, other] = [await closed(text), await closed(text)];
  assert.notEqual((await headerOf(one)).point, (await headerOf(other)).point);
  const seen = Buffer.from(await bytesOf(one));
  assert.equal(seen.indexOf("19900001234"), -1);
  assert.equal(seen.indexOf("王大山"), -1);
});

test("cut off, with pieces moved, changed or given to another tablet it does not open", async () => {
  const file = await bytesOf(await closed(picture(3 * PIECE + 5)));
  const header = await headerOf(new Blob([file]));
  const secret = secretOf(header);
  const start = 10 + new DataView(file.buffer).getUint16(8);
  const step = PIECE + 16;
  const moved = file.slice();
  moved.copyWithin(start, start + step, start + 2 * step);
  const changed = file.slice();
  changed[start + 2 * step + 100] ^= 1;
  const bad = [
    file.subarray(0, start + 3 * step),
    file.subarray(0, start + step),
    file.subarray(0, file.length - 1),
    file.subarray(0, start),
    moved,
    changed,
  ];
  for (const one of bad) await assert.rejects(unsealed(new Blob([one]), secret), { code: "bad_rescue" });
  // Who writes another tablet's id to the front is given another secret.
  const stolen = secretOf({ ...header, device: "0193bbbb-0000-7000-8000-000000000002" });
  await assert.rejects(unsealed(new Blob([file]), stolen), { code: "bad_rescue" });
});

test("what is plain, empty or spoilt at its front", async () => {
  assert.equal(await headerOf(new Blob([])), null);
  assert.equal(await headerOf(new Blob(["PK\x03\x04 and so on"])), null);
  for (const text of ["GGSEAL1\n", "GGSEAL1\n\x00\x02{}", "GGSEAL1\n\x00\x05nonsense", "GGSEAL1\n\xff\xff{}"])
    await assert.rejects(headerOf(new Blob([Buffer.from(text, "latin1")])), { code: "bad_rescue" });
});

test("a tablet's outbox goes through it with its photos", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(300_000)] });
  const parts = [];
  const device = await own.device.id();
  for await (const piece of sealed(rescue(own.outbox), { key, device })) parts.push(piece);
  const file = new Blob(parts);
  const header = await headerOf(file);
  assert.equal(header.device, device);
  const server = new FieldServer();
  server.codes.set("NEW", "worker");
  const fresh = await browser(server).open();
  // The id is known before anything is opened, and the person not.
  await fresh.device.recall({ device: header.device });
  assert.equal((await fresh.device.enrol(fresh.api, "NEW", "平板")).device, device);
  const { records, photos } = await restore(await unsealed(file, secretOf(header)), fresh.outbox);
  assert.deepEqual([records, photos], [1, 1]);
});
