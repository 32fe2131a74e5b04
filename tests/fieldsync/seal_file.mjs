// Seals a file as the page does: `node seal_file.mjs '{"from", "to", "key", "device"}'`.
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { sealed } from "../../static/js/offline/sealing.js";

const { from, to, key, device } = JSON.parse(process.argv[2]);
const parts = [];
for await (const piece of sealed(createReadStream(from), { key, device })) parts.push(piece);
await writeFile(to, Buffer.concat(parts));
