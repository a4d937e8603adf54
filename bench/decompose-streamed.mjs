/**
 * One decomposition of a file that is read part by part, in a process of its own, so that its memory is its own:
 *
 *   node bench/decompose-streamed.mjs FILE nmf|pca COMPONENTS
 *
 * Prints { ms, megabytes, reads, error }: time, largest resident set, passes through the file, error of the NMF.
 */
import { nmf, pca } from "../dist/decompose/index.js";
import { loadEngine } from "../dist/engine/load.js";
import { open } from "../dist/io/index.js";

const [path, work, components] = process.argv.slice(2);
await loadEngine();
const file = await open(path, { energy: { units: "channel" } });
let rows = 0;
const counted = {
  ...file,
  readRows: (first, end, signal) => {
    rows += end - first;
    return file.readRows(first, end, signal);
  },
};
const start = performance.now();
const result = await { nmf, pca }[work](counted, { components: Number(components) });
const ms = Math.round(performance.now() - start);
const megabytes = Math.round(process.resourceUsage().maxRSS / 1000);
console.log(JSON.stringify({ ms, megabytes, reads: rows / file.shape[0], error: result.error }));
