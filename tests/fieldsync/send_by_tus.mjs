// Sends a file by tus-js-client: `node send_by_tus.mjs '{"endpoint", "token", "path", "metadata", "chunk"}'`.
import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const { endpoint, token, path, metadata, chunk } = JSON.parse(process.argv[2]);

const upload = new Upload(createReadStream(path), {
  endpoint,
  metadata,
  headers: { Authorization: `Bearer ${token}` },
  uploadSize: statSync(path).size,
  chunkSize: chunk ?? Number.POSITIVE_INFINITY,
  retryDelays: [50, 200, 500, 1000],
  onError: (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
  onSuccess: () => console.log(upload.url),
});
upload.start();
