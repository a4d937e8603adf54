/**
 * Accuracy of the VED on the reconstructed FT:IO pairs: three seeds on both splits, as pyroVED trains it and by default.
 * Each finished run is kept in a file, so that a stopped run goes on where it was.
 *
 *   node bench/quality-ved.mjs [--results FILE]
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../dist/core/index.js";
import { loadEngine } from "../dist/engine/load.js";
import { fit, parameterCount, posterior, predict, predictDistribution, ved } from "../dist/models/index.js";
import { baselines } from "./baselines.mjs";
import { errorOf, ftoPairs, meanPixelError, subset } from "./fto-pairs.mjs";

const FILE = process.argv.includes("--results")
  ? process.argv[process.argv.indexOf("--results") + 1]
  : join(cacheDirectory(), "bench/quality-ved.json");

/** What pyroVED's numbers are of: 184 channels, KL scale 0.36, 46 epochs; one seed. */
const PYROVED = { rel: 0.0556, map: 0.0607 };
const METHODS = {
  default: { model: {}, fit: { swa: 5 } },
  "as pyroVED": {
    model: { likelihood: "bernoulli", kl: "sampled", beta: 0.359375 },
    fit: { weights: "last" },
  },
};
const RUNS = [
  ...[1, 2, 3].map((seed) => ({ split: "random", method: "default", seed })),
  ...[1, 2, 3].map((seed) => ({ split: "spatial", method: "default", seed })),
  ...[1, 2, 3].map((seed) => ({ split: "random", method: "as pyroVED", seed })),
  ...[1, 2, 3].map((seed) => ({ split: "spatial", method: "as pyroVED", seed })),
];
const nameOf = ({ split, method, seed }) => `${split}, ${method}, seed ${seed}`;
const EPOCHS = { random: 46, spatial: 40 };

function readRuns() {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};
}

function saveRuns(runs) {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.part`, JSON.stringify(runs, null, 1));
  renameSync(`${FILE}.part`, FILE);
}

async function train(fto, { split, method, seed }) {
  const { train: trained, test } = fto.splits[split];
  const chosen = METHODS[method];
  const model = ved({ image: [16, 16, 1], spectrum: fto.channels, latent: 2, seed, ...chosen.model });
  // No look at the test set while training: no epoch is chosen by its test error.
  const options = { epochs: EPOCHS[split], batch: 100, learningRate: 1e-3, seed, ...chosen.fit };
  const run = await fit(model, subset(fto, trained), options);
  const all = subset(fto, fto.all);
  const errors = ({ data }) => ({
    train: errorOf(data, fto.spectra, trained, fto.channels),
    test: errorOf(data, fto.spectra, test, fto.channels),
    map: meanPixelError(data, fto.spectra, fto.all, fto.channels),
  });
  const drawn = await predictDistribution(model, all, { draws: 30, seed });
  const { mean, deviation } = await posterior(model, all);
  return {
    parameters: parameterCount(model),
    epochs: options.epochs,
    seconds: run.seconds,
    traced: run.traced,
    engine: run.engine,
    losses: run.epochs.map(({ loss }) => Number(loss.toPrecision(5))),
    kl: run.epochs.map(({ terms }) => Number(terms.kl.toPrecision(4))),
    meanOf30: errors(drawn.mean),
    meanLatent: errors(await predict(model, all)),
    latentSpread: [0, 1].map((k) => rms(mean.data.filter((_, i) => i % 2 === k))),
    latentDeviation: [0, 1].map((k) => rms(deviation.data.filter((_, i) => i % 2 === k))),
    coverage: coverage(fto, drawn, test),
  };
}

function rms(values) {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
}

/** Share of the test values within 2 predicted standard deviations, with the noise where it is known; 0.95 if all is right. */
function coverage(fto, { mean, deviation, noise = 0 }, rows) {
  let inside = 0;
  for (const row of rows) {
    for (let k = row * fto.channels; k < (row + 1) * fto.channels; k++) {
      if (Math.abs(mean.data[k] - fto.spectra[k]) < 2 * Math.hypot(deviation.data[k], noise)) inside++;
    }
  }
  return inside / rows.length / fto.channels;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[Math.floor((sorted.length - 1) / 2)];
}

/** The table as Markdown. */
function table(fto, runs) {
  const lines = ["| split | predictor | test `rel` | px map | |", "|---|---|---|---|---|"];
  const add = (split, name, test, map, note = "") =>
    lines.push(`| ${split} | ${name} | ${test.toFixed(4)} | ${map === undefined ? "" : map.toFixed(4)} | ${note} |`);
  for (const split of ["random", "spatial"]) {
    for (const method of Object.keys(METHODS)) {
      const own = [1, 2, 3].map((seed) => runs[nameOf({ split, method, seed })]).filter((r) => r !== undefined);
      if (own.length === 0) continue;
      for (const [what, key] of [
        ["mean of 30 draws", "meanOf30"],
        ["mean latent", "meanLatent"],
      ]) {
        const each = own.map((r) => r[key].test.rel);
        const note = `${own.length} seeds: ${each.map((v) => v.toFixed(4)).join(", ")}`;
        add(split, `VED ${method}, ${what}`, median(each), median(own.map((r) => r[key].map)), note);
      }
    }
    if (split === "random")
      add(split, "pyroVED 0.3, mean of 30 draws", PYROVED.rel, PYROVED.map, "1 seed, 184 channels");
    for (const [name, { rel }] of Object.entries(baselines(fto, fto.splits[split]))) add(split, name, rel);
  }
  return lines.join("\n");
}

const fto = await ftoPairs();
const { name } = await loadEngine();
console.error(`engine ${name}; results in ${FILE}`);
for (const run of RUNS) {
  if (nameOf(run) in readRuns()) continue;
  const result = await train(fto, run);
  saveRuns({ ...readRuns(), [nameOf(run)]: result });
  const { test, map } = result.meanOf30;
  console.error(
    `${nameOf(run)}: test rel ${test.rel.toFixed(4)}, map ${map.toFixed(4)}, ${result.seconds.toFixed(0)} s`,
  );
}
console.log(table(fto, readRuns()));
