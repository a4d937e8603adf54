import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { confusion } from "../../src/analyse";
import { createRandom } from "../../src/core";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import {
  classify,
  decode,
  encode,
  fit,
  loadModel,
  parameterCount,
  predict,
  type SegmenterOptions,
  saveModel,
  segmenter,
} from "../../src/models";
import { createAugmentation } from "../../src/models/augment";
import { segmenterArchitecture } from "../../src/models/segmenter-network";
import { createTrainer } from "../../src/models/trainer";
import { imageWindows, labelled, shapes, split } from "../../src/signal";
import { nanoparticleArray } from "../../src/simulate";
import { caught } from "../support/caught";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { lossSlopes } from "./support/loss-slope";
import { smallPairs } from "./support/small-pairs";

vi.setConfig({ testTimeout: 300_000 }); // hundreds of small steps, on a crowded machine

const classes = ["background", "blob"];
const pairs = smallPairs(32, 3);
/** The blob of each window, where it is brighter than a half. */
const samples = labelled(pairs, { classes, values: Array.from(pairs.images.data, (v) => (v > 0.5 ? 1 : 0)) });
const small = (options: Partial<SegmenterOptions> = {}) =>
  segmenter({ image: [8, 8, 1], classes, layers: [1, 1], filters: 3, seed: 1, ...options });
const short = { epochs: 2, batch: 16, learningRate: 1e-2, seed: 1, trace: false };

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine

describe("a segmenter", () => {
  test("gives probabilities and labels for each pixel", async () => {
    const model = small();
    const found = await classify(model, samples);
    expect(found.probabilities.shape).toEqual([32, 8, 8, 2]);
    expect(found.shape).toEqual([32, 8, 8]);
    const { data } = found.probabilities;
    expect(found.values.every((value, i) => data[2 * i + value] >= 0.5 - 1e-6)).toBe(true);
    expect((await predict(model, pairs.images)).data).toEqual(data);
    expect((await encode(model, samples)).shape).toEqual([32, 4, 4, 6]);
  });

  test("has the parameters of AtomAI's Unet", () => {
    // 16 filters, blocks of 1, 2, 2, 3 convolutions with batch norm, one class: counted by PyTorch 2.15, atomai 0.8.1.
    expect(parameterCount(segmenter({ image: [64, 64, 1], classes, output: "sigmoid" }))).toBe(594_033);
  });

  const CHANGES: Partial<SegmenterOptions>[] = [
    { seed: 2 },
    { layers: [1, 1, 1] },
    { layers: [2, 1] },
    { filters: 4 },
    { batchNorm: false },
    { output: "sigmoid" },
    { loss: "dice" },
    { weights: [1, 7] },
    { loss: "dice", weights: [1, 7] },
  ];
  test.each(CHANGES)("is another one after training with %j", async (options) => {
    const usual = small("weights" in options && "loss" in options ? { loss: "dice" } : {});
    const other = small(options);
    await fit(usual, samples, short);
    await fit(other, samples, short);
    const [a, b] = [await predict(usual, samples), await predict(other, samples)];
    expect(a.data).not.toMatchArray(b.data, { absolute: 1e-4 });
  });

  test("is the same after saving and loading", async () => {
    const folder = mkdtempSync(join(tmpdir(), "specbook-segmenter-"));
    const model = small({ weights: [1, 3] });
    await saveModel(model, join(folder, "model.safetensors"));
    const loaded = await loadModel(join(folder, "model.safetensors"), { kind: "segmenter" });
    rmSync(folder, { recursive: true });
    expect(loaded.options).toEqual(model.options);
    expect((await predict(loaded, samples)).data).toEqual((await predict(model, samples)).data);
  });

  test("cannot decode without the window, and says so", async () => {
    const latent = { data: new Float32Array(96), shape: [1, 4, 4, 6] };
    expect(await caught(() => decode(small(), latent))).toMatchObject({
      tag: "OptionError",
      needed: "the window too: the way up uses what the way down saw at each size",
    });
  });

  test.each([
    [{ image: [9, 8, 1] as const }, "height and width that are multiples of 2"],
    [{ layers: [1, 1, 1, 1, 1] }, "height and width that are multiples of 16"],
    [{ layers: [1] }, "two blocks or more"],
    [{ layers: [1, 0] }, "a whole number of at least 1"],
    [{ filters: 2.5 }, "a whole number of at least 1"],
    [{ classes: ["a", "b", "c"], output: "sigmoid" as const }, "two classes"],
    [{ loss: "mse" as "dice" }, "cross-entropy or dice"],
    [{ output: "tanh" as "softmax" }, "softmax or sigmoid"],
  ])("cannot be made with %j", (options, needed) => {
    expect(() => small(options)).toThrow(expect.objectContaining({ tag: "OptionError", needed }));
  });

  test("has its labels turned with its windows where fit turns them", () => {
    const data = segmenterArchitecture.data(small(), samples);
    expect(createAugmentation("flips-and-turns", data, 1, undefined).rearranged).toEqual([true, true]);
  });

  test("refuses one class for each window", async () => {
    const whole = labelled(pairs, { classes, values: new Array(32).fill(0) });
    expect(await caught(() => fit(small(), whole))).toMatchObject({
      tag: "ShapeError",
      got: "one class for each sample",
      remedy: 'labelled(samples, { masks, of: "pixels" })',
    });
  });
});

const engines = hasNative ? ["native", "wasm"] : ["wasm"];
const LOSSES: Partial<SegmenterOptions>[] = [
  { weights: [1, 2] },
  { loss: "dice", weights: [1, 2] },
  { loss: "dice", output: "sigmoid", batchNorm: false },
];
describe.each(engines)("on the %s engine", (name) => {
  test.each(LOSSES)("the loss with %j has the gradient that central differences give", async (options) => {
    const own = name === "wasm" ? await wasmEngine() : await defaultEngine();
    const model = small(options);
    const random = createRandom(4);
    // Noise, not the even background of the windows: there all pixels pass a kink of the leaky ReLU at once.
    const images = { data: Float32Array.from({ length: 6 * 64 }, () => random.normal()), shape: [6, 8, 8, 1] };
    const target = segmenterArchitecture.data(model, samples)[1].data.slice(0, 6 * 64 * 2);
    const data = [images, { data: target, shape: [6, 8, 8, 2] }];
    for (const { name: parameter, analytic, numeric, scale } of lossSlopes(
      own,
      segmenterArchitecture,
      model,
      data,
      1e-3,
    )) {
      // The loss is float32, 1e-7 of some 1, over a step of 2e-3: 5e-5; kinks of leaky ReLU and pooling within the step.
      expect([analytic], parameter).toMatchArray([numeric], { absolute: 3e-2 * scale + 3e-4 });
    }
    await defaultEngine();
  });

  test("a few steps lower the loss", async () => {
    const own = name === "wasm" ? await wasmEngine() : await defaultEngine();
    const model = small();
    const inputs = segmenterArchitecture.data(model, samples).map((d) => own.tf.tensor(d.data, [...d.shape]));
    const trainer = createTrainer(own, segmenterArchitecture, model);
    const losses = Array.from({ length: 8 }, () => trainer.step(inputs, 3e-3).loss);
    expect(losses.every((loss, i) => i === 0 || loss < losses[i - 1])).toBe(true);
    trainer.dispose();
    own.tf.dispose(inputs);
    await defaultEngine();
  });
});

test("finds the particles of a simulated film in windows it has not seen", async () => {
  const scan = await nanoparticleArray({ seed: 1, rows: 40, columns: 50, channels: 8 });
  const { particle } = scan.truth.regions;
  const masks = { between: particle.map((v) => 1 - v), particle };
  const all = labelled(imageWindows(scan.image, { size: 8, stride: 2 }), { masks });
  const { train, test: held } = split(all, { by: "rows", test: 0.3, gap: "window" });
  const model = segmenter({ ...shapes(train), classes: train.labels.classes, filters: 6, layers: [1, 1, 1], seed: 1 });
  await fit(model, train, { epochs: 12, batch: 32, learningRate: 3e-3, seed: 1 });
  const found = confusion(await classify(model, held), held);
  expect(found.accuracy).toBeGreaterThan(0.84); // 0.87 measured, the majority alone 0.75
  expect(found.accuracy).toBeGreaterThan(found.majority + 0.07);
  expect(found.meanIntersectionOverUnion).toBeGreaterThan(0.6);
});
