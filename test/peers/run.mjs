/**
 * Carries trained networks to the living peers and back (`npm run test:peers`): the outputs must agree within 1e-4 of
 * the largest value. Needs Python; the first run installs PyTorch, AtomAI and pyroVED (several GB) into the cache.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peerPython } from "../../bench/peers.mjs";
import { createRandom } from "../../dist/core/index.js";
import { withTorchFile } from "../../dist/io/torch/torch-file.js";
import { writeTorchFile } from "../../dist/io/torch/write-torch-file.js";
import { decode, exportWeights, fit, importWeights, loadModel, posterior, predict } from "../../dist/models/index.js";
import { cases } from "./cases.mjs";

const LIMIT = 1e-4;
const SAMPLES = 48;

/** Windows with one blob, and spectra with a peak that follows it; all values from 0 to 1. */
function makeSamples(height, width, channels, spectrum) {
  const random = createRandom(5);
  const images = {
    data: new Float32Array(SAMPLES * height * width * channels),
    shape: [SAMPLES, height, width, channels],
  };
  const spectra = { data: new Float32Array(SAMPLES * spectrum), shape: [SAMPLES, spectrum] };
  for (let i = 0; i < SAMPLES; i++) {
    const [row, column] = [random.uniform(), random.uniform()];
    for (let k = 0; k < height * width * channels; k++) {
      const [y, x] = [Math.floor(k / channels / width) / height, (Math.floor(k / channels) % width) / width];
      const distance = (y - row) ** 2 + (x - column) ** 2;
      images.data[i * height * width * channels + k] = Math.exp(-distance * 20 * (1 + (k % channels)));
    }
    for (let k = 0; k < spectrum; k++)
      spectra.data[i * spectrum + k] = row * Math.exp(-(((k / spectrum - column) * 8) ** 2));
  }
  return { images, spectra };
}

/** What `fit` and the others take of these samples for a model. */
function samplesFor(model, { images, spectra }) {
  if (["im2spec", "spec2im", "ved"].includes(model.kind)) {
    const axis = (name, size) => ({ name, size, units: "nm", offset: 0, scale: 1 });
    return {
      kind: "pairs",
      images,
      spectra,
      positions: new Int32Array(2 * SAMPLES),
      scan: [SAMPLES, 1],
      scaling: { images: { offset: 0, range: 1 }, spectra: { offset: 0, range: 1 } },
      axes: { y: axis("y", SAMPLES), x: axis("x", 1), energy: { ...axis("energy", 64), units: "eV" } },
      metadata: {},
      history: [],
    };
  }
  return model.options.side === "spectra" ? spectra : images;
}

/** The windows with the class of each pixel, for a segmenter to train on. */
function labelledWindows({ images }, classes) {
  const values = Int32Array.from(images.data, (value) =>
    Math.min(classes.length - 1, Math.floor(value * classes.length)),
  );
  const axis = (name, size) => ({ name, size, units: "nm", offset: 0, scale: 1 });
  return {
    kind: "image-windows",
    images,
    positions: new Int32Array(2 * SAMPLES),
    scan: [SAMPLES, 1],
    scaling: { images: { offset: 0, range: 1 } },
    axes: { y: axis("y", SAMPLES), x: axis("x", 1) },
    metadata: {},
    history: [],
    labels: { classes, values, shape: images.shape.slice(0, 3) },
  };
}

/** Our numbers under the peer script's names. */
async function outputsOf(model, data) {
  const samples = samplesFor(model, data);
  const output = (await predict(model, samples)).data;
  if (["im2spec", "spec2im", "segmenter"].includes(model.kind)) return { output };
  const { mean, deviation, classes } = await posterior(model, samples);
  if (model.kind === "ved") return { mean: mean.data, deviation: deviation.data, output };
  const points = classes === undefined ? mean : withClasses(mean, classes, model.options.classes);
  const decoded = (await decode(model, points)).data;
  return { mean: mean.data, deviation: deviation.data, decoded, output, ...(classes && { classes: classes.data }) };
}

/** Content latents, then 1 for the likeliest of each group of classes. */
function withClasses(mean, classes, groups) {
  const [n, latent] = mean.shape;
  const total = classes.shape[1];
  const data = new Float32Array(n * (latent + total));
  for (let i = 0; i < n; i++) {
    data.set(mean.data.subarray(i * latent, (i + 1) * latent), i * (latent + total));
    let first = 0;
    for (const size of groups) {
      const part = [...classes.data.subarray(i * total + first, i * total + first + size)];
      data[i * (latent + total) + latent + first + part.indexOf(Math.max(...part))] = 1;
      first += size;
    }
  }
  return { data, shape: [n, latent + total] };
}

async function readTensors(path) {
  return withTorchFile(path, async ({ content, read }) => {
    const entries = [];
    for (const [name, tensor] of content) entries.push([name, (await read(tensor)).data]);
    return Object.fromEntries(entries);
  });
}

/** Largest difference of any output, relative to the largest value of it; NaN never passes. */
function difference(ours, theirs) {
  const names = Object.keys(theirs);
  if (names.length === 0 || names.some((name) => ours[name]?.length !== theirs[name].length)) return Number.NaN;
  return Math.max(
    ...names.map((name) => {
      const scale = theirs[name].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      return theirs[name].reduce((most, value, i) => Math.max(most, Math.abs(value - ours[name][i])), 0) / scale;
    }),
  );
}

/** The network that the peer saved: with its options where the file has them. */
async function loadTheirs({ name, ours, class: peerClass }) {
  const path = `theirs_${name}`;
  if (!["VED", "Segmentor"].includes(peerClass)) return loadModel(`${path}.tar`);
  const model = ours(); // the options are not in the file
  await importWeights(model, `${path}${peerClass === "VED" ? ".pt" : ".tar"}`);
  return model;
}

async function main() {
  const data = { grey: makeSamples(16, 16, 1, 64), colour: makeSamples(10, 10, 3, 64) };
  await writeTorchFile("data.pt", data);
  const models = new Map();
  const entries = [];
  for (const { name, ours, data: which = "grey", endings, ...rest } of cases) {
    const model = ours();
    const { classes } = model.options;
    const isSegmenter = model.kind === "segmenter";
    const train = isSegmenter ? labelledWindows(data[which], classes) : samplesFor(model, data[which]);
    await fit(model, train, { epochs: 3, batch: 16, seed: 1 });
    const exports = endings.map((ending) => `ours_${name}${ending}`);
    for (const path of exports) await exportWeights(model, path, { for: path.endsWith(".tar") ? "atomai" : "pytorch" });
    models.set(name, model);
    const { side = "images", likelihood } = model.options;
    entries.push({
      name,
      ...rest,
      kind: model.kind,
      side,
      bernoulli: likelihood === "bernoulli",
      data: which,
      exports,
    });
  }
  writeFileSync("cases.json", JSON.stringify(entries));
  const script = fileURLToPath(new URL("peer.py", import.meta.url));
  const { status } = spawnSync(await peerPython(), [script, process.cwd()], { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`the peers ended with ${status}`);
  const rows = [];
  for (const { name, data: which = "grey", class: peerClass, exports } of entries) {
    const model = models.get(name);
    const mine = await outputsOf(model, data[which]);
    for (const path of exports) {
      rows.push([
        name,
        `to ${peerClass}`,
        path.slice(path.lastIndexOf(".")),
        difference(mine, await readTensors(`to_${path}.pt`)),
      ]);
    }
    const theirs = await loadTheirs(cases.find((one) => one.name === name));
    const back = difference(await outputsOf(theirs, data[which]), await readTensors(`from_${name}.pt`));
    rows.push([name, `from ${peerClass}`, peerClass === "VED" ? ".pt" : ".tar", back]);
  }
  const cells = (row) => `${row.join(" | ")}\n`;
  process.stdout.write(
    cells(["model", "direction", "file", "largest relative difference"]) + cells(Array(4).fill("---")),
  );
  for (const [name, direction, file, value] of rows) {
    process.stdout.write(
      cells([name, direction, file, `${value.toExponential(1)}${value <= LIMIT ? "" : " TOO LARGE"}`]),
    );
  }
  return rows.every(([, , , value]) => value <= LIMIT);
}

const folder = mkdtempSync(join(tmpdir(), "specbook-peers-"));
process.chdir(folder);
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true, force: true });
}
