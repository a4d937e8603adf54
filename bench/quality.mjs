/**
 * Accuracy of im2spec (or spec2im) on the reconstructed FT:IO pairs: three seeds, two latent sizes, both splits. Each
 * finished run is kept in a file, so that a stopped run goes on where it was.
 *
 *   node bench/quality.mjs [--model spec2im] [--results FILE] [--write]
 *
 * --write puts the tables of im2spec, beside the baselines, into docs/results.md.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../dist/core/index.js";
import { loadEngine } from "../dist/engine/load.js";
import { fit, im2spec, parameterCount, predict, spec2im } from "../dist/models/index.js";
import { errorOf, ftoPairs, meanPixelError, subset } from "./fto-pairs.mjs";
import { writeResults } from "./quality-report.mjs";

const argument = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const FILE = argument("--results") ?? join(cacheDirectory(), "bench/quality.json");
const MODEL = argument("--model") ?? "im2spec";
if (MODEL !== "im2spec" && MODEL !== "spec2im") throw new Error(`--model is im2spec or spec2im, not ${MODEL}`);
const PREDICTS_IMAGES = MODEL === "spec2im";

/** What the targets are about comes first. The epochs are those of the runs compared with. */
const EPOCHS = PREDICTS_IMAGES ? 60 : 120;
const RUNS = [
  ...[1, 2, 3].flatMap((seed) => [2, 10].map((latent) => ({ split: "random", latent, seed, epochs: EPOCHS }))),
  ...[1, 2, 3].flatMap((seed) => [2, 10].map((latent) => ({ split: "spatial", latent, seed, epochs: 40 }))),
];
const nameOf = ({ split, latent, seed }) => `${PREDICTS_IMAGES ? "spec2im " : ""}${split} L${latent} seed ${seed}`;

function readRuns() {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};
}

function saveRuns(runs) {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.part`, JSON.stringify(runs, null, 1));
  renameSync(`${FILE}.part`, FILE);
}

async function train(fto, { split, latent, seed, epochs }) {
  const { train: trained, test } = fto.splits[split];
  const sizes = { image: [16, 16, 1], spectrum: fto.channels, latent, seed };
  const model = PREDICTS_IMAGES ? spec2im({ ...sizes, downsampling: 4 }) : im2spec(sizes);
  const [target, values] = PREDICTS_IMAGES ? [fto.images, 256] : [fto.spectra, fto.channels];
  // No look at the test set while training: the last 5 epochs are averaged, no epoch is chosen by its test error.
  const run = await fit(model, subset(fto, trained), { epochs, batch: 64, learningRate: 1e-3, seed, swa: 5 });
  const { data } = await predict(model, subset(fto, fto.all));
  return {
    parameters: parameterCount(model),
    epochs,
    seconds: run.seconds,
    traced: run.traced,
    engine: run.engine,
    losses: run.epochs.map(({ loss }) => Number(loss.toPrecision(5))),
    train: errorOf(data, target, trained, values),
    test: errorOf(data, target, test, values),
    map: meanPixelError(data, target, fto.all, values),
  };
}

const fto = await ftoPairs();
const { name } = await loadEngine();
console.error(`engine ${name}; results in ${FILE}`);
for (const run of RUNS) {
  const runs = readRuns();
  if (nameOf(run) in runs) continue;
  const result = await train(fto, run);
  saveRuns({ ...runs, [nameOf(run)]: result });
  console.error(`${nameOf(run)}: test rel ${result.test.rel.toFixed(4)}, ${result.seconds.toFixed(0)} s`);
}
if (!PREDICTS_IMAGES) console.log(await writeResults(fto, readRuns(), process.argv.includes("--write")));
