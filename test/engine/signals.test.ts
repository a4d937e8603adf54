import { describe, expect, test } from "vitest";
import { hasNativeEngine, isBuilt } from "../support/built";
import { inFreshNode } from "../support/engine-child";

/** Some seconds of work, called again and again, under a signal every two milliseconds; says how many arrived. */
const underSignals = (work: string) => `
  const { spawn } = require("node:child_process");
  const { loadEngine } = source("engine/load");
  const { nmf, pca } = source("decompose");
  const { encode, fit, im2spec, predict, vae } = source("models");
  const random = source("core").createRandom(1);
  const [rows, columns] = [1200, 600];
  const spectra = { shape: [rows, columns], data: Float32Array.from({ length: rows * columns }, () => random.uniform()) };
  let signals = 0;
  process.on("SIGUSR2", () => signals++);
  loadEngine().then(async (engine) => {
    const sender = spawn("bash", ["-c", "while kill -USR2 " + process.pid + "; do sleep 0.002; done"]);
    const begin = performance.now();
    while (signals < 300 && performance.now() < begin + 30000) {
      await (${work})(spectra, engine);
      await new Promise((resolve) => setImmediate(resolve));
    }
    sender.kill();
    console.log("alive after " + (signals >= 300 ? "many" : signals) + " signals");
    process.exit();
  });`;

// oneDNN's products of some shapes let the stack pointer point into the heap while they run: a signal that comes then
// writes its frame there, and the process dies at the next free() (uxlfoundation/oneDNN issue 4845, in TensorFlow 2.21).
describe.skipIf(!isBuilt || !hasNativeEngine || process.platform === "win32")("a signal during native work", () => {
  test.each([
    ["PCA", "(spectra) => pca(spectra, { components: 20 })"],
    ["PCA of few spectra", "({ data }) => pca({ data, shape: [600, 1200] }, { components: 20 })"],
    ["randomised PCA", "(spectra) => pca(spectra, { components: 20, solver: 'randomised' })"],
    ["NMF", "(spectra) => nmf(spectra, { components: 8, iterations: 10, tolerance: 0 })"],
    ["KL NMF", "(spectra) => nmf(spectra, { components: 8, iterations: 5, tolerance: 0, loss: 'kullback-leibler' })"],
    ["training", "(spectra) => fit(vae({ spectrum: 600 }), spectra, { epochs: 2, batch: 100 })"],
    [
      "training operation by operation",
      "(spectra) => fit(vae({ spectrum: 600 }), spectra, { epochs: 1, batch: 100, trace: false })",
    ],
    ["encoding", "(spectra) => encode(vae({ spectrum: 600 }), spectra)"],
    [
      "prediction",
      "({ data }) => predict(im2spec({ image: [16, 16, 1], spectrum: 64 }), { data: data.slice(0, 200 * 256), shape: [200, 16, 16, 1] })",
    ],
  ])("does not harm a %s", (_, work) => {
    const { stdout, stderr } = inFreshNode(underSignals(work));
    expect(`${stdout}${stderr}`).toContain("alive after many signals");
  });
});
