/**
 * -ELBO of the rVAE on windows of 10 x 10 x 3 abundance maps: three seeds, with and without shift, at AtomAI's setting
 * (deviation 1, Adam 1e-4, batch 32, 30 epochs), beside AtomAI's own, and with better settings. Each finished run is kept in a file, so that
 * a stopped run goes on where it was.
 *
 *   node bench/quality-rvae.mjs [--results FILE] [--peer]     --peer trains AtomAI's rVAE too (1.5 minutes a run)
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory } from "../dist/core/index.js";
import { loadEngine } from "../dist/engine/load.js";
import { readNpz } from "../dist/io/index.js";
import { fit, predict, rvae } from "../dist/models/index.js";
import { SHARED } from "./fto-pairs.mjs";
import { peerPython } from "./peers.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const argument = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const FILE = argument("--results") ?? join(cacheDirectory(), "bench/quality-rvae.json");
const DATA = join(cacheDirectory(), "bench/rvae-data.npz");
const SEEDS = [1, 2, 3];

/** Each with the options of `rvae` and of `fit` that differ from AtomAI's setting. */
const SETTINGS = {
  "as AtomAI": {},
  "Adam 1e-3": { fit: { learningRate: 1e-3 } },
  "deviation found from the data, 1e-3": { model: { deviation: "optimal" }, fit: { learningRate: 1e-3 } },
  "120 epochs at 1e-3, last 10 averaged": { fit: { learningRate: 1e-3, epochs: 120, swa: 10 } },
};

const peer = async (...args) =>
  execFileSync(await peerPython(), [join(HERE, "rvae_data.py"), SHARED, ...args], { encoding: "utf8" });

function readRuns() {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};
}

function keep(name, result) {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.part`, JSON.stringify({ ...readRuns(), [name]: result }, null, 1));
  renameSync(`${FILE}.part`, FILE);
}

/** Every window that lies inside the maps: one row and column more than `windows` takes, as the peer's run did. */
async function windows() {
  if (!existsSync(DATA)) {
    mkdirSync(dirname(DATA), { recursive: true });
    await peer("maps", DATA);
  }
  const { maps, test } = await readNpz(DATA);
  const [rows, columns] = maps.shape;
  const cut = [];
  for (let row = 0; row + 10 <= rows; row++) {
    for (let column = 0; column + 10 <= columns; column++) {
      const window = new Float32Array(300);
      for (let r = 0; r < 10; r++) {
        const from = ((row + r) * columns + column) * 3;
        window.set(maps.data.subarray(from, from + 30), r * 30);
      }
      cut.push(window);
    }
  }
  const held = new Set(test.data);
  const joined = (chosen) => {
    const data = new Float32Array(chosen.length * 300);
    for (const [i, window] of chosen.entries()) data.set(window, i * 300);
    return { data, shape: [chosen.length, 10, 10, 3] };
  };
  return { train: joined(cut.filter((_, i) => !held.has(i))), test: joined(cut.filter((_, i) => held.has(i))) };
}

/** Half the squared error of a sample, mean over the samples: of predictions, or of the mean of `train`. */
function halfSquares(target, predicted) {
  let sum = 0;
  for (let i = 0; i < target.data.length; i++) sum += (target.data[i] - predicted(i)) ** 2;
  return sum / 2 / target.shape[0];
}

async function train({ train: trained, test }, shift, seed, { model: own = {}, fit: training = {} }) {
  const model = rvae({ image: [10, 10, 3], latent: 2, shift, seed, deviation: 1, ...own });
  const settings = { epochs: 30, batch: 32, learningRate: 1e-4, seed, weights: "last", validation: test, ...training };
  const run = await fit(model, trained, settings);
  const { data } = await predict(model, test);
  return {
    seconds: run.seconds,
    engine: run.engine,
    traced: run.traced,
    test: run.epochs.map((epoch) => Number(epoch.validationLoss.toPrecision(6))),
    terms: run.epochs.at(-1).validationTerms,
    halfSquares: halfSquares(test, (i) => data[i]),
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const data = await windows();
const { name: engine } = await loadEngine();
console.error(`engine ${engine}; results in ${FILE}`);
const mean = new Float64Array(300);
for (const [i, value] of data.train.data.entries()) mean[i % 300] += value / data.train.shape[0];
console.log(`half the squared error of the mean window: ${halfSquares(data.test, (i) => mean[i % 300]).toFixed(3)}`);
for (const [setting, options] of Object.entries(SETTINGS)) {
  for (const shift of [true, false]) {
    const names = SEEDS.map((seed) => `${setting}, ${shift ? "with shift" : "rotation only"}, seed ${seed}`);
    for (const [i, name] of names.entries()) {
      if (!(name in readRuns())) keep(name, await train(data, shift, SEEDS[i], options));
    }
    const runs = names.map((name) => readRuns()[name]);
    const losses = runs.map((run) => run.test.at(-1));
    const errors = runs.map((run) => run.halfSquares);
    console.log(
      `${setting}, ${shift ? "with shift" : "rotation only"}: -ELBO ${median(losses).toFixed(3)} (${losses.map((v) => v.toFixed(3)).join(", ")}), half squared error at the mean latent ${median(errors).toFixed(3)}`,
    );
  }
}
if (process.argv.includes("--peer")) {
  for (const shift of ["shift", "rotation"]) {
    for (const seed of SEEDS) {
      const name = `AtomAI, ${shift}, seed ${seed}`;
      if (!(name in readRuns())) keep(name, JSON.parse(await peer("train", DATA, shift, String(seed))));
    }
    const losses = SEEDS.map((seed) => readRuns()[`AtomAI, ${shift}, seed ${seed}`].test.at(-1));
    console.log(`AtomAI, ${shift}: -ELBO ${median(losses).toFixed(3)} (${losses.map((v) => v.toFixed(3)).join(", ")})`);
  }
}
