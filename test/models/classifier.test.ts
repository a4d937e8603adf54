import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { confusion, latent, latentMaps } from "../../src/analyse";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import {
  balancedWeights,
  type ClassifierOptions,
  classifier,
  classify,
  decode,
  encode,
  fit,
  outputSide,
  parameterCount,
  predict,
} from "../../src/models";
import { classifierArchitecture } from "../../src/models/classifier-network";
import { labelled, pixelSpectra, shapes, split } from "../../src/signal";
import { nanoparticleArray } from "../../src/simulate";
import { caught } from "../support/caught";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { lossSlopes } from "./support/loss-slope";
import { smallPairs, weightsOf } from "./support/small-pairs";

vi.setConfig({ testTimeout: 300_000 }); // hundreds of small steps, on a crowded machine

const classes = ["low", "middle", "high"];
/** Spectra whose peak lies in one of three parts of the axis. */
const { spectra, ...rest } = smallPairs(60, 2);
const peaks = Array.from({ length: 60 }, (_, i) => {
  const own = spectra.data.subarray(16 * i, 16 * i + 16);
  return own.indexOf(Math.max(...own));
});
const samples = labelled({ ...rest, spectra }, { classes, values: peaks.map((at) => Math.floor(at / 6)) });
const small = (options: Partial<ClassifierOptions> = {}) =>
  classifier({ spectrum: 16, classes, layers: 2, filters: 3, hidden: 5, seed: 1, ...options });
const short = { epochs: 2, batch: 20, learningRate: 1e-2, seed: 1, trace: false };

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine

describe("a classifier", () => {
  test("gives probabilities, labels and hidden features of the sizes asked for", async () => {
    const model = small();
    const probabilities = await predict(model, samples);
    expect(probabilities.shape).toEqual([60, 3]);
    const found = await classify(model, samples);
    expect(found.probabilities.data).toEqual(probabilities.data);
    expect(found.shape).toEqual([60]);
    for (let i = 0; i < 60; i++) {
      const own = probabilities.data.subarray(3 * i, 3 * i + 3);
      expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(own[found.values[i]]).toBe(Math.max(...own));
    }
    const features = await encode(model, samples);
    expect(features.shape).toEqual([60, 5]);
    expect((await decode(model, features)).data).toMatchArray(probabilities.data, { absolute: 1e-6 });
  });

  test("has the parameters that its layers count up to", () => {
    const convolutions = 3 * 3 + 3 + 2 * 3 + (3 * 6 * 3 + 6) + 2 * 6;
    expect(parameterCount(small())).toBe(convolutions + (4 * 6 * 5 + 5) + (5 * 3 + 3));
  });

  test("takes image windows too", async () => {
    const model = classifier({ ...shapes(samples), classes, side: "images", layers: 2, filters: 3, hidden: 5 });
    expect((await predict(model, samples)).shape).toEqual([60, 3]);
    const run = await fit(model, samples, { ...short, epochs: 6 });
    expect(run.epochs[5].loss).toBeLessThan(run.epochs[0].loss);
  });

  const CHANGES: Partial<ClassifierOptions>[] = [
    { seed: 2 },
    { layers: 3 },
    { filters: 4 },
    { hidden: 6 },
    { batchNorm: false },
    { weights: [1, 1, 9] },
  ];
  test.each(CHANGES)("is another one after training with %j", async (options) => {
    const [usual, other] = [small(), small(options)];
    await fit(usual, samples, short);
    await fit(other, samples, short);
    const [a, b] = [await predict(usual, samples), await predict(other, samples)];
    expect(a.data).not.toMatchArray(b.data, { absolute: 1e-4 });
  });

  test("learns the same weights again from the same seeds, and the same traced or not", async () => {
    const train = async (trace: boolean) => {
      const model = small();
      const { epochs } = await fit(model, samples, { ...short, trace });
      return { weights: weightsOf(model), losses: epochs.map(({ loss }) => loss) };
    };
    const first = await train(false);
    expect((await train(false)).weights).toEqual(first.weights);
    // Sums in another order; Adam turns the rounding of a gradient that is nearly zero into a step, the loss does not.
    if (hasNative) expect((await train(true)).losses).toMatchArray(first.losses, { relative: 1e-3 });
  });

  test("refuses samples without labels, with other classes, and labels of pixels", async () => {
    const bare = await caught(() => fit(small(), { ...rest, spectra }));
    expect(bare).toMatchObject({ tag: "ShapeError", got: "samples of kind pairs without labels" });
    const others = labelled({ ...rest, spectra }, { classes: ["a", "b", "c"], values: new Array(60).fill(0) });
    expect(await caught(() => fit(small(), others))).toMatchObject({ tag: "OptionError", got: "a, b, c" });
    const pixels = labelled({ ...rest, spectra }, { classes, values: new Array(60 * 64).fill(0) });
    const wrong = await caught(() => fit(small(), pixels));
    expect(wrong).toMatchObject({ tag: "ShapeError", got: "a class for each of 8 x 8 pixels" });
  });

  test.each([
    [{ classes: ["one"] }, "two or more different names"],
    [{ classes: ["a", "a"] }, "two or more different names"],
    [{ weights: [1, 2] }, "3 positive numbers, one for each of low, middle, high"],
    [{ weights: [1, 2, 0] }, "3 positive numbers, one for each of low, middle, high"],
    [{ layers: 5 }, "a shortest side of at least 2 to the power of the layers"],
    [{ filters: 0 }, "a whole number of at least 1"],
    [{ hidden: 1.5 }, "a whole number of at least 1"],
    [{ spectrum: 0 }, "a whole number of at least 1"],
  ])("cannot be made with %j", (options, needed) => {
    expect(() => small(options)).toThrow(expect.objectContaining({ tag: "OptionError", needed }));
  });

  test("places samples in its hidden layer for maps and scatter plots", async () => {
    const model = small();
    await fit(model, samples, short);
    const found = await latent(model, samples);
    expect(found).toMatchObject({ side: "spectra", positions: samples.positions });
    expect(found.values).toEqual(await encode(model, samples));
    expect(latentMaps(found)).toHaveLength(5);
  });

  test("says what to do where its output is taken for a spectrum", () => {
    expect(() => outputSide(small())).toThrow(/confusion\(await classify/);
  });
});

describe("balanced weights", () => {
  test("let each class count the same in all", () => {
    const { values } = samples.labels;
    const sums = [0, 0, 0];
    const weights = balancedWeights(samples);
    for (const value of values) sums[value] += weights[value];
    expect(sums).toMatchArray([20, 20, 20], { relative: 1e-12 });
  });

  test("are 1 for a class that is not there", () => {
    const one = labelled({ ...rest, spectra }, { classes: ["a", "b"], values: new Array(60).fill(0) });
    expect(balancedWeights(one)).toEqual([0.5, 1]);
  });
});

const engines = hasNative ? ["native", "wasm"] : ["wasm"];
test.each(engines)("the loss has the gradient that central differences give, on the %s engine", async (name) => {
  const own = name === "wasm" ? await wasmEngine() : await defaultEngine();
  const data = classifierArchitecture.data(small(), samples).map(({ data: d, shape }) => {
    const size = d.length / shape[0];
    return { data: d.slice(0, 8 * size), shape: [8, ...shape.slice(1)] };
  });
  // Without kinks within a step: central differences see both sides of a maximum that changes its place.
  const model = small({ weights: [1, 2, 3] });
  for (const { name: parameter, analytic, numeric, scale } of lossSlopes(
    own,
    classifierArchitecture,
    model,
    data,
    1e-3,
  )) {
    // The loss is float32, 1e-7 of some 1, over a step of 2e-3: 5e-5; and the third derivative's share of the step.
    expect([analytic], parameter).toMatchArray([numeric], { absolute: 2e-2 * scale + 3e-4 });
  }
  await defaultEngine();
});

test("learns the regions of a simulated film from spectra, on a part of the scan it has not seen", async () => {
  const scan = await nanoparticleArray({ seed: 1, rows: 40, columns: 50, channels: 64 });
  const all = labelled(pixelSpectra(scan.spectra), { masks: { ...scan.truth.regions } });
  const { train, test: held } = split(all, { by: "rows", test: 0.3 });
  const model = classifier({ ...shapes(train), classes: train.labels.classes, filters: 8, seed: 1 });
  await fit(model, train, { epochs: 12, batch: 50, learningRate: 3e-3, seed: 1, swa: true }); // the last epoch alone is luck
  const { accuracy, majority } = confusion(await classify(model, held), held);
  expect(accuracy).toBeGreaterThan(0.88); // 0.92 to 0.97 for five seeds, the majority alone 0.79
  expect(accuracy).toBeGreaterThan(majority + 0.08);
});
