import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import {
  decode,
  encode,
  fit,
  parameterCount,
  posterior,
  predict,
  type VedModel,
  type VedOptions,
  ved,
} from "../../src/models";
import { createTrainer } from "../../src/models/trainer";
import { vedArchitecture } from "../../src/models/ved-network";
import { caught } from "../support/caught";
import { defaultEngine, wasmEngine } from "../support/engines";
import { thrown } from "../support/errors";
import { shared, testShared } from "../support/shared-data";
import { lossAndGradients } from "./support/parity-run";
import { smallPairs, weightsOf } from "./support/small-pairs";

vi.setConfig({ testTimeout: 300_000 });

const small: VedOptions = {
  image: [8, 8, 1],
  spectrum: 16,
  encoderFilters: [[4], [6, 6]],
  decoderFilters: [[6, 6], [4]],
  seed: 1,
};
const pairs = smallPairs(24);

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

/** A batch of the pairs with fixed noise, as a step takes it. */
function batch(e: Engine, n: number, schedule: readonly number[] = []) {
  return [
    e.tf.tensor(pairs.images.data.slice(0, n * 64), [n, 8, 8, 1]),
    e.tf.tensor(pairs.spectra.data.slice(0, n * 16), [n, 16]),
    e.tf.tensor(
      Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(1.7 * i + 1)),
      [n, 2],
    ),
    ...schedule.map((value) => e.tf.scalar(value)),
  ];
}

/** The slope of the loss along a direction through all parameters, from the gradients. */
function slopeAlong(
  e: Engine,
  model: VedModel,
  inputs: ReturnType<typeof batch>,
  direction: (name: string, i: number) => number,
): number {
  const data = inputs.slice(0, 2);
  const { gradients } = lossAndGradients(e, vedArchitecture, model, {
    data,
    noise: inputs.slice(2, 3),
    schedule: inputs.slice(3),
  });
  let slope = 0;
  for (const [name, gradient] of gradients) {
    slope += gradient.reduce((sum, g, i) => sum + g * direction(name, i), 0);
  }
  return slope;
}

/** Loss before a step of this model on the fixed batch, and the weights after it. */
function oneStep(e: Engine, options: Partial<VedOptions>) {
  const model = ved({ ...small, ...options });
  const inputs = batch(e, 8, vedArchitecture.schedule?.(model, 3));
  const trainer = createTrainer(e, vedArchitecture, model);
  const { loss, terms } = trainer.step(inputs, 1e-2);
  const result = { loss, terms: [...terms], weights: trainer.values().map((v) => [...v]) };
  trainer.dispose();
  e.tf.dispose(inputs);
  return result;
}

describe("ved", () => {
  testShared("has as many parameters as the published network", () => {
    const name = "pyroVED VED 16x16->2048 L2";
    const published = JSON.parse(readFileSync(shared("data/parameter_counts.json"), "utf8"))[name];
    const model = ved({ image: [16, 16, 1], spectrum: 2048 });
    expect(parameterCount(model)).toBe(published.total);
    const encoder = Object.entries(model.parameters).filter(([key]) => key.startsWith("encoder_z"));
    expect(encoder.reduce((sum, [, p]) => sum + p.data.length, 0)).toBe(published.encoder);
  });

  test("learns what can be learnt, and uses its latents with default options", async () => {
    const model = ved(small);
    const train = smallPairs(64);
    const run = await fit(model, train, { epochs: 60, batch: 16, learningRate: 0.01, seed: 1 });
    const { data } = await predict(model, train);
    const target = train.spectra.data;
    const mean = Array.from({ length: 16 }, (_, k) => target.reduce((s, v, i) => s + (i % 16 === k ? v : 0), 0) / 64);
    const squares = (of: (i: number) => number) => target.reduce((sum, v, i) => sum + (v - of(i)) ** 2, 0);
    expect(squares((i) => data[i])).toBeLessThan(0.3 * squares((i) => mean[i % 16]));
    expect(run.epochs.at(-1)?.terms?.kl).toBeGreaterThan(1);
  });

  test("gives the mean latent, its deviation, and the spectrum at the mean latent", async () => {
    const model = ved(small);
    const { mean, deviation } = await posterior(model, pairs);
    expect((await encode(model, pairs)).data).toEqual(mean.data);
    expect(deviation.shape).toEqual([24, 2]);
    expect(deviation.data.every((v) => v > 0)).toBe(true);
    const decoded = await decode(model, mean);
    expect((await predict(model, pairs.images)).data).toMatchArray(decoded.data, { relative: 1e-6 });
    expect(model.training).toBeUndefined();
  });

  test.each([1, 7, 9, 13, 187])("takes a spectrum of %i channels, and the edges count", async (spectrum) => {
    const model = ved({ image: [16, 16, 1], spectrum, latent: 3, seed: 2 });
    const latent = { data: Float32Array.from([0.5, -1, 2]), shape: [1, 3] };
    const { data, shape } = await decode(model, latent);
    expect(shape).toEqual([1, spectrum]);
    expect([...data].every(Number.isFinite)).toBe(true);
    if (spectrum > 1) expect(new Set(data).size).toBeGreaterThan(spectrum / 2);
  });

  test("decodes a cropped spectrum as the longer one, but at its end", async () => {
    // 16 channels and 15 start at the same 2 and go through the same convolutions; the last doubling drops a channel,
    // which only the end is near: nothing follows the last doubling but a convolution of one tap.
    const [long, short] = [ved({ ...small, spectrum: 16 }), ved({ ...small, spectrum: 15 })];
    const latent = { data: Float32Array.from([0.5, -1]), shape: [1, 2] };
    const [a, b] = [await decode(long, latent), await decode(short, latent)];
    expect(b.data).toMatchArray(a.data.slice(0, 15), { relative: 1e-6 });
  });

  test.each<[string, Partial<VedOptions>]>([
    ["seed", { seed: 2 }],
    ["encoderFilters", { encoderFilters: [[4, 4], [6]] }],
    ["decoderFilters", { decoderFilters: [[6], [4]] }],
    ["likelihood", { likelihood: "bernoulli" }],
    ["deviation", { deviation: 0.3 }],
    ["kl", { kl: "sampled" }],
    ["beta", { beta: 2 }],
    ["capacity", { capacity: { largest: 5, steps: 10, gamma: 30 } }],
    ["sigmoid", { sigmoid: true }],
  ])("is changed by the option %s", (_, options) => {
    const [plain, changed] = [oneStep(engine, {}), oneStep(engine, options)];
    expect(Number.isFinite(changed.loss)).toBe(true);
    expect(changed.loss).not.toBe(plain.loss);
    expect(changed.weights).not.toEqual(plain.weights);
  });

  test("has more latents where asked", () => {
    expect(parameterCount(ved({ ...small, latent: 3 })) - parameterCount(ved(small))).toBe(2 * (6 * 16 + 1) + 6 * 4);
  });

  test.each<Partial<VedOptions>>([
    {},
    { likelihood: "bernoulli", kl: "sampled", beta: 0.3 },
    { deviation: 0.2, sigmoid: true, kl: "sampled" },
    { likelihood: "gaussian", capacity: { largest: 5, steps: 10, gamma: 3 } },
  ])("has the gradient that central differences give: %j", (options) => {
    const { tf } = engine;
    const model = ved({ ...small, ...options });
    const step = 1e-3;
    const inputs = batch(engine, 8, vedArchitecture.schedule?.(model, 3));
    const lossAt = (moved: Record<string, Float32Array>) => {
      const own = { ...model, parameters: { ...model.parameters } };
      for (const [name, data] of Object.entries(moved)) own.parameters[name] = { ...model.parameters[name], data };
      const trainer = createTrainer(engine, vedArchitecture, own);
      const { loss } = trainer.evaluate(inputs);
      trainer.dispose();
      return loss;
    };
    const names = Object.keys(model.parameters);
    const direction = (name: string, i: number) => Math.sin(1 + 7 * names.indexOf(name) + 3.1 * i);
    const moved = (by: number) =>
      Object.fromEntries(
        names.map((name) => [name, model.parameters[name].data.map((v, i) => v + by * direction(name, i))]),
      );
    const numeric = (lossAt(moved(step)) - lossAt(moved(-step))) / (2 * step);
    const analytic = slopeAlong(engine, model, inputs, direction);
    // The loss is float32 (1e-7 of some tens, over the step: 1e-3); leaky ReLU and max pooling have kinks.
    expect([analytic]).toMatchArray([numeric], { relative: 2e-2, absolute: 1e-2 });
    tf.dispose(inputs);
  });

  test("is the same on wasm, where its operations are compositions", async () => {
    const options = { likelihood: "bernoulli", kl: "sampled" } as const;
    const usual = oneStep(engine, options);
    const wasm = await wasmEngine();
    const before = wasm.tf.memory().numTensors;
    try {
      const other = oneStep(wasm, options);
      expect([other.loss, ...other.terms]).toMatchArray([usual.loss, ...usual.terms], { relative: 1e-5 });
      // Adam's first step is the rate in the direction of the gradient: entries near zero gradient may differ by twice it.
      const differences = other.weights.flat().map((w, i) => Math.abs(w - usual.weights.flat()[i]));
      expect(differences.filter((d) => d > 1e-4).length).toBeLessThan(0.01 * differences.length);
      expect(wasm.tf.memory().numTensors).toBe(before);
    } finally {
      await defaultEngine();
    }
  });

  test("gives the same weights for the same seed, and records the terms of its loss", async () => {
    const trained = async () => {
      const model = ved(small);
      const run = await fit(model, pairs, { epochs: 2, batch: 8, seed: 3, validation: smallPairs(8, 2) });
      return { weights: weightsOf(model), run };
    };
    const [a, b] = [await trained(), await trained()];
    expect(a.weights).toMatchArray(b.weights, { relative: 1e-6 }); // threads may sum in another order
    const { loss, terms } = a.run.epochs[1];
    expect([terms?.reconstruction, terms?.kl].every(Number.isFinite)).toBe(true);
    expect([(terms?.reconstruction as number) + (terms?.kl as number)]).toMatchArray([loss], { relative: 1e-5 });
    expect(a.run.epochs[1].validationTerms?.kl).toBeGreaterThan(0);
  });

  test.each<[Partial<VedOptions>, string]>([
    [{ latent: 0 }, "latent 0"],
    [{ spectrum: 1.5 }, "spectrum 1.5"],
    [{ encoderFilters: [] }, "encoderFilters"],
    [{ decoderFilters: [[4], []] }, "decoderFilters"],
    [{ decoderFilters: [[4.5]] }, "decoderFilters 4.5"],
    [{ image: [2, 8, 1], encoderFilters: [[4], [4], [4]] }, "2 blocks of encoderFilters at most"],
    [{ beta: -1 }, "beta"],
    [{ deviation: 0 }, "deviation"],
  ])("refuses %j by name", (options, words) => {
    const error = thrown(() => ved({ ...small, ...options }));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toContain(words);
  });

  test("refuses spectra that a Bernoulli likelihood cannot describe, before training", async () => {
    const data = pairs.spectra.data.map((v) => 2 * v);
    const wrong = { ...pairs, spectra: { ...pairs.spectra, data } };
    const error = await caught(() => fit(ved({ ...small, likelihood: "bernoulli" }), wrong, { epochs: 1 }));
    expect(error.tag).toBe("DataError");
    expect(String(error)).toContain('likelihood: "gaussian"');
  });
});
