import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/core";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import {
  type AutoencoderOptions,
  autoencoder,
  decode,
  encode,
  fit,
  parameterCount,
  posterior,
  predict,
} from "../../src/models";
import { autoencoderArchitecture } from "../../src/models/autoencoder-network";
import { createTrainer } from "../../src/models/trainer";
import { shapes } from "../../src/signal";
import { shiftedPeaks } from "../../src/simulate";
import { caught } from "../support/caught";
import { defaultEngine, hasNative, wasmEngine } from "../support/engines";
import { drawnInputs, lossSlopes } from "./support/loss-slope";
import { smallPairs, weightsOf } from "./support/small-pairs";

// Hundreds of small training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

const pairs = smallPairs(48, 1);
const small = (options: Partial<AutoencoderOptions> = {}) =>
  autoencoder({ spectrum: 16, hidden: 12, seed: 1, ...options });
const short = { epochs: 3, batch: 16, learningRate: 3e-3, seed: 1, trace: false };
const both = { deviation: 0.1, masked: 0.3 };

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine

const meanSquare = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0) / a.length;

describe("an autoencoder", () => {
  test("has the parameters of its layers, gives points and spectra, and no distributions", async () => {
    const model = small({ latent: 3, hidden: 5, layers: 1 });
    expect(parameterCount(model)).toBe(16 * 5 + 5 + 5 * 3 + 3 + 3 * 5 + 5 + 5 * 16 + 16);
    const points = await encode(model, pairs);
    expect(points.shape).toEqual([48, 3]);
    const spectra = await decode(model, points);
    expect(spectra.shape).toEqual([48, 16]);
    expect((await predict(model, pairs.spectra)).data).toMatchArray(spectra.data, { relative: 1e-5 }); // other sums
    expect(await caught(() => posterior(model, pairs))).toMatchObject({ tag: "OptionError" });
  });

  test("takes image windows too", async () => {
    const model = autoencoder({ ...shapes(pairs), side: "images", hidden: 12 });
    expect((await predict(model, pairs)).shape).toEqual([48, 8, 8, 1]);
    const run = await fit(model, pairs, short);
    expect(run.epochs[2].loss).toBeLessThan(run.epochs[0].loss);
  });

  test.each<[Partial<AutoencoderOptions>, Partial<AutoencoderOptions>]>([
    [{ latent: 3 }, {}],
    [{ layers: 1 }, {}],
    [{ hidden: 11 }, {}],
    [{ seed: 2 }, {}],
    [{ sigmoid: true }, {}],
    [{ corruption: { deviation: 0.1 } }, {}],
    [{ corruption: { deviation: 0.2 } }, { corruption: { deviation: 0.1 } }],
    [{ corruption: { masked: 0.3 } }, {}],
    [{ corruption: { masked: 0.5 } }, { corruption: { masked: 0.3 } }],
  ])("trained with %j differs from %j", async (changed, base) => {
    const [a, b] = [small({ ...base, ...changed }), small(base)];
    await fit(a, pairs, short);
    await fit(b, pairs, short);
    const [p, q] = [(await predict(a, pairs)).data, (await predict(b, pairs)).data];
    expect(p).not.toMatchArray(q, { relative: 1e-4 }); // the same training twice differs by 1e-6
  });

  test("trains the same traced and operation by operation, its damage included", async ({ skip }) => {
    if (engine.native === undefined) skip("no native engine");
    const [traced, eager] = [small({ corruption: both }), small({ corruption: both })];
    const some = { ...short, validation: smallPairs(20, 2) };
    const a = await fit(traced, pairs, { ...some, trace: true });
    const b = await fit(eager, pairs, some);
    expect([a.traced, b.traced]).toEqual([true, false]);
    const numbers = (run: typeof a) => run.epochs.flatMap((e) => [e.loss, e.validationLoss!]);
    expect(numbers(a)).toMatchArray(numbers(b), { relative: 1e-4 }); // float32 sums run in another order
    expect(weightsOf(traced)).toMatchArray(weightsOf(eager), { relative: 1e-3 });
  });

  test.each<[AutoencoderOptions, string]>([
    [{}, "sizes of neither"],
    [{ spectrum: 16, latent: 0 }, "latent 0"],
    [{ spectrum: 16, corruption: { deviation: -1 } }, '"deviation":-1'],
    [{ spectrum: 16, corruption: { masked: 1 } }, '"masked":1'],
  ])("refuses %j by name", async (options, words) => {
    const error = await caught(() => autoencoder(options));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(error.got).toContain(words);
  });
});

describe("a denoising autoencoder", () => {
  const { spectra, truth } = shiftedPeaks({ samples: 500, channels: 40, seed: 2 });
  const clean = truth.clean;
  const random = createRandom(7);
  const noisy = { ...spectra, data: clean.data.map((v) => v + random.normal(0, 0.15)) };
  const holes = { ...clean, data: clean.data.map((v) => (random.uniform() < 0.3 ? 0 : v)) };
  const learn = async (corruption?: AutoencoderOptions["corruption"]) => {
    const model = autoencoder({ spectrum: 40, latent: 8, hidden: 48, seed: 1, ...(corruption && { corruption }) });
    await fit(model, clean, { epochs: 40, batch: 50, learningRate: 3e-3, seed: 1, weights: "last" });
    return model;
  };

  test("takes out noise and fills holes better than a plain one; the plain one copies better", async () => {
    const plain = await learn();
    const denoising = await learn({ deviation: 0.15 });
    const filling = await learn({ masked: 0.3 });
    const error = async (model: typeof plain, input: typeof clean) =>
      meanSquare((await predict(model, input)).data, clean.data);
    expect(await error(denoising, noisy)).toBeLessThan(0.75 * (await error(plain, noisy)));
    expect(await error(denoising, noisy)).toBeLessThan(0.3 * meanSquare(noisy.data, clean.data));
    expect(await error(filling, holes)).toBeLessThan(0.3 * (await error(plain, holes)));
    expect(await error(plain, clean)).toBeLessThan(await error(denoising, clean));
    expect(await error(plain, clean)).toBeLessThan(1e-3);
  });
});

describe.each(hasNative ? ["native", "wasm"] : ["wasm"])("on the %s engine", (name) => {
  let own: Engine;
  beforeAll(async () => {
    own = name === "wasm" ? await wasmEngine() : await defaultEngine();
  });
  afterAll(async () => void (await defaultEngine()));
  const { spectra } = smallPairs(6, 1);

  test.each([{}, { corruption: both }, { sigmoid: true }])("the loss with %j has its gradient", (options) => {
    const model = small({ hidden: 6, ...options });
    for (const { name: parameter, analytic, numeric, scale } of lossSlopes(own, autoencoderArchitecture, model, [
      spectra,
    ])) {
      // The loss is float32, 6e-8 of some 0.3, over a step of 2e-2: 1e-6; and the third derivative's share of the step.
      expect([analytic], parameter).toMatchArray([numeric], { absolute: 2e-3 * scale + 1e-5 });
    }
  });

  test("a few steps lower the loss", () => {
    const model = small({ corruption: both });
    const { data, noise } = drawnInputs(own, autoencoderArchitecture, model, [spectra]);
    const trainer = createTrainer(own, autoencoderArchitecture, model);
    const losses = Array.from({ length: 8 }, () => trainer.step([...data, ...noise], 1e-3).loss);
    expect(losses.every((loss, i) => i === 0 || loss < losses[i - 1])).toBe(true);
    trainer.dispose();
    own.tf.dispose([...data, ...noise]);
  });
});
