// Photos: on at the byte where the server is, begun anew where it must be, told as sent only by the server's word.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FieldServer } from "./fieldserver.js";
import { enrolled, picture, settle, visit } from "./tablet.js";

const PIECE = 256 * 1024;
const size = 3 * PIECE + 1000;
const patches = (server) => server.calls.filter(({ method }) => method === "PATCH");
const starts = (server) => patches(server).map(({ headers }) => Number(headers["Upload-Offset"]));
const creations = (server) =>
  server.calls.filter(({ method }) => method === "POST").filter(({ path }) => path === "/uploads/");
const photosOf = async (outbox, id) => (await outbox.get(id)).photos;

test("a photo goes in pieces with their checksums, and its metadata in full", async () => {
  const own = await enrolled();
  const bytes = picture(size);
  const id = await visit(own.outbox, { photos: [bytes, picture(10)] });
  const heard = [];
  own.sender.addEventListener("photo", ({ detail }) => heard.push(detail.offset));
  assert.deepEqual(await photosOf(own.outbox, id), { total: 2, sent: 0, refused: 0 });
  await settle(own);
  assert.deepEqual(await photosOf(own.outbox, id), { total: 2, sent: 2, refused: 0 });
  assert.deepEqual(starts(own.server), [0, PIECE, 2 * PIECE, 3 * PIECE, 0]);
  assert.deepEqual(heard, [0, PIECE, 2 * PIECE, 3 * PIECE, size, 0, 10]);
  assert.match(patches(own.server)[0].headers["Upload-Checksum"], /^sha256 /);
  const [upload] = own.server.uploads.values();
  assert.deepEqual([upload.op, upload.filename, upload.filetype], [id, "p.jpg", "image/jpeg"]);
  assert.deepEqual(new Uint8Array(upload.bytes), bytes);
});

test("a server that knows SHA-1 alone gets SHA-1", async () => {
  const server = new FieldServer();
  server.checksums = "sha1";
  const own = await enrolled(server);
  await visit(own.outbox, { photos: [picture(10)] });
  await settle(own);
  assert.match(patches(server)[0].headers["Upload-Checksum"], /^sha1 /);
});

test("cut off in the middle of a piece, it goes on at the byte, also after the page was closed", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(size)] });
  own.server.fault = () => {
    own.server.cut = patches(own.server).length === 2 ? 1234 : 0;
    return null;
  };
  assert.equal((await own.sender.run()).reason, "network");
  own.server.fault = () => null;
  await own.close();
  const next = await own.open();
  await settle({ ...own, sender: next.sender });
  const at = PIECE + 1234;
  assert.deepEqual(starts(own.server), [0, PIECE, at, at + PIECE]);
  const [upload] = own.server.uploads.values();
  assert.deepEqual([upload.received, creations(own.server).length], [size, 1]);
});

test("a lost answer to a piece sends no byte twice", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(size)] });
  let isLost = false;
  own.server.fault = ({ method }) => {
    if (method !== "PATCH" || isLost) return null;
    isLost = true;
    return "lose";
  };
  await settle(own);
  const [upload] = own.server.uploads.values();
  assert.equal(upload.received, size);
  assert.deepEqual(starts(own.server), [0, PIECE, 2 * PIECE, 3 * PIECE]);
});

test("an upload that the server has forgotten is created again", async () => {
  for (const status of [404, 410]) {
    const own = await enrolled();
    const id = await visit(own.outbox, { photos: [picture(size)] });
    let left = 2;
    own.server.fault = ({ method }) => {
      if (method !== "PATCH" || left-- !== 1) return null;
      own.server.uploads.clear();
      return status;
    };
    await settle(own);
    assert.equal(creations(own.server).length, 2);
    assert.equal((await photosOf(own.outbox, id)).sent, 1);
  }
});

test("a wrong checksum of the whole begins from the start, and is not repeated for ever", async () => {
  const own = await enrolled();
  const bad = await visit(own.outbox, { photos: [picture(size, 2)] });
  const good = await visit(own.outbox, { photos: [picture(20)] });
  const [{ id: spoiled }] = (await own.outbox.get(bad)).attachments;
  own.server.spoil = (id) => id === spoiled;
  assert.equal((await own.sender.run()).phase, "waiting");
  assert.equal(
    creations(own.server).filter(({ headers }) => headers["Upload-Length"] === String(size)).length,
    4,
  );
  const [photo] = (await own.outbox.get(bad)).attachments;
  assert.deepEqual([photo.state, photo.problem.code], ["wanted", "checksum"]);
  assert.equal((await photosOf(own.outbox, good)).sent, 1);
  own.server.spoil = () => false;
  await settle(own);
  assert.equal((await photosOf(own.outbox, bad)).sent, 1);
});

test("all bytes brought over are not told as sent before the server's receipt says so", async () => {
  const own = await enrolled();
  const id = await visit(own.outbox, { photos: [picture(30)] });
  own.server.fault = ({ path }) => (path === "/sync/receipts" ? 503 : null);
  await own.sender.run();
  const [upload] = own.server.uploads.values();
  assert.equal(upload.state, "kept");
  assert.equal((await photosOf(own.outbox, id)).sent, 0);
  own.server.fault = () => null;
  own.server.answer = (receipts) =>
    receipts.map((one) => ({ ...one, attachments: [{ id: "other", state: "kept" }] }));
  own.clock.ms += 3600_000;
  await own.sender.run();
  assert.equal((await photosOf(own.outbox, id)).sent, 0);
  own.server.answer = (receipts) => receipts;
  await settle(own);
  assert.equal((await photosOf(own.outbox, id)).sent, 1);
  assert.equal(patches(own.server).length, 1);
});

test("a photo that the server refuses is told, the others go on, and it stays here", async () => {
  const own = await enrolled();
  const id = await visit(own.outbox, { photos: [picture(30), picture(40)] });
  const [first] = (await own.outbox.get(id)).attachments;
  own.server.answer = (receipts) => {
    const upload = own.server.uploads.get(first.id);
    if (upload?.bytes.length === 30) upload.state = "refused";
    return receipts.map((receipt) => own.server.receiptOf(own.server.operations.get(receipt.op_id)));
  };
  await settle(own);
  const row = await own.outbox.get(id);
  assert.deepEqual(row.photos, { total: 2, sent: 1, refused: 1 });
  assert.equal(await own.outbox.forget(own.clock.ms + 30 * 24 * 3600_000), 0);
  assert.equal((await own.outbox.photo(first.id)).length, 30);
});

test("what is sealed while a photo goes does not wait for its end", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(size)] });
  own.sender.start();
  let second = null;
  own.server.fault = async ({ method }) => {
    if (method === "PATCH" && patches(own.server).length === 2) second = visit(own.outbox);
    await second;
    return null;
  };
  await own.sender.run();
  const id = await second;
  await own.sender.stop();
  const order = own.server.calls.filter(({ method, path }) => method === "PATCH" || path === "/sync/push");
  assert.deepEqual(
    order.map(({ method }) => method),
    ["POST", "PATCH", "PATCH", "POST", "PATCH", "PATCH"],
  );
  assert.equal((await own.outbox.get(id)).state, "applied");
});

test("the photos of operations that were not received wait", async () => {
  const own = await enrolled();
  await visit(own.outbox, { photos: [picture(30)] });
  own.server.fault = ({ path }) => (path === "/sync/push" ? 422 : null);
  await own.sender.run();
  assert.equal(creations(own.server).length, 0);
});

test("the token goes nowhere but to the own server, wherever the answer points", async () => {
  const own = await enrolled();
  const urls = [];
  const plain = own.server.fetch;
  own.server.fetch = plain;
  const { FieldApi } = await import("../../static/js/offline/api.js");
  const { Uploader } = await import("../../static/js/offline/uploads.js");
  const fetch = (url, options) => {
    urls.push(url);
    return plain(url, options);
  };
  const id = await visit(own.outbox, { photos: [picture(30)] });
  const pushed = new FieldApi({ base: "http://field.test", token: () => own.device.token(), fetch });
  await pushed.push({
    device: "d",
    queue: 1,
    operations: [await own.outbox.operation(await own.store.records.get(id))],
  });
  const [photo] = (await own.outbox.get(id)).attachments;
  await new Uploader(pushed).upload({ ...photo, op: id }, picture(30));
  assert.deepEqual(new Set(urls.map((url) => new URL(url).origin)), new Set(["http://field.test"]));
});
