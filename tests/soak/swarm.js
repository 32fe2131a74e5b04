// Runs the tablets, a thread each. Orders come in lines of JSON, everything they tell goes out in lines of JSON.

import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";

const about = JSON.parse(process.argv[2]);
const code = new URL("./tablet.js", import.meta.url);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const tablets = about.tablets.map((own, number) => {
  const worker = new Worker(code, { workerData: { ...about.shared, ...own, number } });
  worker.on("message", say);
  worker.on("error", (error) => say({ tablet: number, event: "fault", message: `thread: ${error.stack}` }));
  return worker;
});

for await (const line of createInterface({ input: process.stdin })) {
  const { to, ...order } = JSON.parse(line);
  for (const tablet of to === undefined ? tablets : [tablets[to]]) tablet.postMessage(order);
}
// Whoever gave the orders has gone.
process.exit(0);
