import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { decode, encode, fit, parameterCount, posterior, predict, type VaeOptions, vae } from "../../src/models";
import { vaeArchitecture } from "../../src/models/vae-network";
import { shapes } from "../../src/signal";
import { caught } from "../support/caught";
import { shared, testShared } from "../support/shared-data";
import { smallPairs, weightsOf } from "./support/small-pairs";

// Dozens of training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

const pairs = smallPairs(48, 1);
const small = (options: Partial<VaeOptions> = {}) => vae({ spectrum: 16, hidden: 12, seed: 1, ...options });
const short = { epochs: 3, batch: 16, learningRate: 3e-3, seed: 1, trace: false };

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine

describe("a VAE", () => {
  testShared("has the parameters of AtomAI's", () => {
    const counts = JSON.parse(readFileSync(shared("data/parameter_counts.json"), "utf8"));
    const models = {
      "VAE 24x24 L2": vae({ image: [24, 24, 1] }),
      "VAE 1D 2048 L2": vae({ spectrum: 2048 }),
      "VAE 1D 1340 L2": vae({ spectrum: 1340 }),
    };
    for (const [name, model] of Object.entries(models)) expect(parameterCount(model), name).toBe(counts[name].total);
  });

  test("gives points, distributions and spectra of the sizes asked for", async () => {
    const model = small({ latent: 3 });
    const points = await encode(model, pairs);
    const { mean, deviation, ...rest } = await posterior(model, pairs);
    expect(points.shape).toEqual([48, 3]);
    expect(mean.data).toEqual(points.data);
    expect(deviation.shape).toEqual([48, 3]);
    expect(Math.min(...deviation.data)).toBeGreaterThan(0);
    expect(rest).toEqual({ kind: "posterior" });
    const spectra = await decode(model, points);
    expect(spectra.shape).toEqual([48, 16]);
    expect((await predict(model, pairs.spectra)).data).toMatchArray(spectra.data, { relative: 1e-5 }); // other sums
  });

  test("takes image windows too, of one or more channels", async () => {
    const model = vae({ ...shapes(pairs), side: "images", hidden: 12 });
    expect((await predict(model, pairs)).shape).toEqual([48, 8, 8, 1]);
    const run = await fit(model, pairs, short);
    expect(run.epochs[2].loss).toBeLessThan(run.epochs[0].loss);
    const colour = vae({ image: [4, 8, 2], hidden: 12 });
    expect((await predict(colour, { data: pairs.images.data, shape: [48, 4, 8, 2] })).shape).toEqual([48, 4, 8, 2]);
  });

  test("with a shift decodes at no shift, and reconstructs each spectrum at its own", async () => {
    const model = small({ shift: true, shiftPrior: 0.5 });
    const { mean, shift, shiftDeviation } = await posterior(model, pairs);
    expect(mean.shape).toEqual([48, 2]);
    expect([shift!.shape, shiftDeviation!.shape]).toEqual([
      [48, 1],
      [48, 1],
    ]);
    const centred = await decode(model, mean);
    const own = await predict(model, pairs);
    expect(own.shape).toEqual([48, 16]);
    expect(own.data).not.toMatchArray(centred.data, { relative: 1e-3 });
    // Without a shift the two are the same thing: put the shift's mean, the first row of fc11, to zero.
    model.parameters["encoder_net.fc11.weight"].data.fill(0, 0, 12);
    model.parameters["encoder_net.fc11.bias"].data.fill(0, 0, 1);
    const still = await predict(model, pairs);
    expect(still.data).toMatchArray((await decode(model, await encode(model, pairs))).data, { relative: 1e-5 });
    expect((await posterior(model, pairs)).shift!.data.every((v) => v === 0)).toBe(true);
  });

  test("with a shift decodes many spectra, in several blocks of channels, as it decodes one", async () => {
    const model = vae({ spectrum: 120, hidden: 4, shift: true, seed: 3 });
    const latent = Float32Array.from({ length: 2 * 150 }, (_, i) => Math.sin(i));
    const all = await decode(model, { data: latent, shape: [150, 2] }); // 150 x 120 rows: three blocks
    for (const i of [0, 77, 149]) {
      const one = await decode(model, { data: latent.slice(2 * i, 2 * i + 2), shape: [1, 2] });
      expect(all.data.subarray(120 * i, 120 * i + 120)).toMatchArray(one.data, { relative: 1e-5 }); // other sums
    }
  });

  test("gives probabilities with a Bernoulli likelihood and with a sigmoid", async () => {
    for (const options of [{ likelihood: "bernoulli" }, { sigmoid: true }] as const) {
      const model = small(options);
      const data = (await predict(model, pairs)).data;
      const plain = (await predict(small(), pairs)).data;
      expect(data).toMatchArray(
        plain.map((v) => 1 / (1 + Math.exp(-v))),
        { relative: 1e-5 }, // float32 on both sides
      );
    }
  });

  test("holds the capacity's place in the schedule of its steps", () => {
    const model = small({ capacity: { largest: 5, steps: 1000, gamma: 30 } });
    const at = (step: number) => vaeArchitecture.schedule!(model, step);
    expect([at(0), at(500), at(1000), at(5000)]).toEqual([[0], [2.5], [5], [5]]);
    expect(vaeArchitecture.schedule!(small(), 7)).toEqual([]);
  });
});

describe("every option of a VAE changes the answer:", () => {
  const bernoulli = { likelihood: "bernoulli" } as const;
  const capacity = { largest: 5, steps: 1000, gamma: 30 };
  test.each<[Partial<VaeOptions>, Partial<VaeOptions>]>([
    [{ latent: 3 }, {}],
    [{ layers: 1 }, {}],
    [{ hidden: 11 }, {}],
    [{ seed: 2 }, {}],
    [bernoulli, {}],
    [{ deviation: 1 }, {}],
    [{ deviation: 0.1 }, { deviation: 0.2 }],
    [{ beta: 4 }, {}],
    [{ capacity }, {}],
    [{ capacity: { ...capacity, largest: 50 } }, { capacity }],
    [{ capacity: { ...capacity, steps: 10 } }, { capacity }],
    [{ capacity: { ...capacity, gamma: 3 } }, { capacity }],
    [{ sigmoid: true }, {}],
    [{ shift: true }, {}],
    [{ shift: true, shiftPrior: 0.5 }, { shift: true }],
  ])("%j from %j", async (changed, base) => {
    const [a, b] = [small({ ...base, ...changed }), small(base)];
    await fit(a, pairs.spectra, short);
    await fit(b, pairs.spectra, short);
    const [p, q] = [(await predict(a, pairs)).data, (await predict(b, pairs)).data];
    expect(p.every(Number.isFinite)).toBe(true);
    expect(p).not.toMatchArray(q, { relative: 1e-4 }); // the same training twice differs by 1e-6
  });

  test("the side", async () => {
    const both = shapes(pairs);
    const [images, spectra] = [vae({ ...both, side: "images" }), vae({ ...both, side: "spectra" })];
    expect((await predict(images, pairs)).shape).toEqual([48, 8, 8, 1]);
    expect((await predict(spectra, pairs)).shape).toEqual([48, 16]);
  });
});

describe("a VAE trains the same", () => {
  test.each([
    { options: {} },
    { options: { shift: true, beta: 2 } },
    { options: { likelihood: "bernoulli", capacity: { largest: 5, steps: 10, gamma: 3 } } },
    { options: { deviation: 0.2, sigmoid: true } },
  ] as const)("traced and operation by operation, with $options", async ({ options }) => {
    if (engine.native === undefined) return expect((await fit(small(options), pairs, short)).traced).toBe(false);
    const [traced, eager] = [small(options), small(options)];
    const some = { ...short, epochs: 2, validation: smallPairs(20, 2) };
    const a = await fit(traced, pairs, { ...some, trace: true });
    const b = await fit(eager, pairs, { ...some, trace: false });
    expect([a.traced, b.traced]).toEqual([true, false]);
    const numbers = (run: typeof a) =>
      run.epochs.flatMap((e) => [
        e.loss,
        e.validationLoss!,
        ...Object.values(e.terms!),
        ...Object.values(e.validationTerms!),
      ]);
    expect(numbers(a)).toMatchArray(numbers(b), { relative: 1e-4 }); // float32 sums run in another order
    expect(weightsOf(traced)).toMatchArray(weightsOf(eager), { relative: 1e-3 });
  });
});

describe("a VAE refuses by name", () => {
  const both = { image: [8, 8, 1], spectrum: 16 } as const;
  test.each<[VaeOptions, string]>([
    [{}, "sizes of neither"],
    [both, "sizes of images and of spectra"],
    [{ spectrum: 16, side: "images" }, 'side: "images"'],
    [{ spectrum: 16.5 }, "spectrum 16.5"],
    [{ image: [8, 0, 1] }, "image width 0"],
    [{ spectrum: 16, latent: 0 }, "latent 0"],
    [{ spectrum: 16, layers: 0 }, "layers 0"],
    [{ spectrum: 16, hidden: -1 }, "hidden -1"],
    [{ spectrum: 16, deviation: 0 }, "deviation: 0"],
    [{ spectrum: 16, beta: -1 }, "beta: -1"],
    [{ spectrum: 16, beta: 2, capacity: { largest: 5, steps: 10, gamma: 3 } }, "beta: 2"],
    [{ spectrum: 16, capacity: { largest: 5, steps: 0, gamma: 3 } }, '"steps":0'],
    [{ spectrum: 16, likelihood: "poisson" as "gaussian" }, '"poisson"'],
    [{ image: [8, 8, 1], shift: true }, "shift: true for images"],
    [{ spectrum: 1, shift: true }, "shift: true for one channel"],
    [{ spectrum: 16, shift: true, shiftPrior: 0 }, "shiftPrior: 0"],
  ])("%j", async (options, words) => {
    const error = await caught(() => vae(options));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(error.got).toContain(words);
    expect(error.remedy).not.toBe("");
  });

  test("data of another size or side, and data that are no probabilities", async () => {
    const other = await caught(() => encode(vae({ spectrum: 15 }), pairs));
    expect(other).toMatchObject({ tag: "ShapeError", needed: "[n, 15] with n at least 1" });
    const { images, ...rest } = pairs;
    expect(images.shape).toEqual([48, 8, 8, 1]);
    const sided = { ...rest, kind: "pixel-spectra", scaling: { spectra: rest.scaling.spectra } } as const;
    expect(await caught(() => encode(vae({ image: [8, 8, 1] }), sided))).toMatchObject({ tag: "ShapeError" });
    const scaled = { data: pairs.spectra.data.map((v) => 2 * v), shape: pairs.spectra.shape };
    const outside = await caught(() => fit(small({ likelihood: "bernoulli" }), scaled, short));
    expect(outside).toMatchObject({ tag: "DataError", needed: "values from 0 to 1" });
  });
});
