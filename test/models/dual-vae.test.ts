import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { latent, latentMaps, manifold } from "../../src/analyse";
import type { FloatArray } from "../../src/data";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import {
  type DualVaeModel,
  type DualVaeOptions,
  decode,
  dualSides,
  dualVae,
  encode,
  fit,
  parameterCount,
  posterior,
  predict,
  predictAcross,
  predictDistribution,
} from "../../src/models";
import { dualVaeArchitecture, spectrumLatents } from "../../src/models/dual-vae-network";
import { makeModel } from "../../src/models/factories";
import { createTrainer } from "../../src/models/trainer";
import { caught } from "../support/caught";
import { defaultEngine, wasmEngine } from "../support/engines";
import { thrown } from "../support/errors";
import { shared, testShared } from "../support/shared-data";
import { linkedPairs } from "./support/linked-pairs";
import { forwardPass } from "./support/parity-run";

vi.setConfig({ testTimeout: 300_000 });

const small: DualVaeOptions = { image: [8, 8, 1], spectrum: 16, hidden: 12, seed: 1 };
const pairs = linkedPairs(24);

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

/** Loss and weights of one step on the first 8 pairs with fixed noise. */
function oneStep(e: Engine, options: Partial<DualVaeOptions>) {
  const model = dualVae({ ...small, ...options });
  const { tf } = e;
  const noise = dualVaeArchitecture.noise?.(model) ?? [];
  const inputs = [
    tf.tensor(pairs.images.data.slice(0, 8 * 64), [8, 8, 8, 1]),
    tf.tensor(pairs.spectra.data.slice(0, 8 * 16), [8, 16]),
    ...noise.map(({ shape: [size] }, k) =>
      tf.tensor(
        Float32Array.from({ length: 8 * size }, (_, i) => Math.sin(1.7 * i + k)),
        [8, size],
      ),
    ),
  ];
  const trainer = createTrainer(e, dualVaeArchitecture, model);
  const { loss, terms } = trainer.step(inputs, 1e-2);
  const result = { loss, terms: [...terms], weights: trainer.values().map((v) => [...v]) };
  trainer.dispose();
  tf.dispose(inputs);
  return result;
}

/** Share of the variance of the first latents, each by itself, that the second leave unexplained; from 1. */
function agreement(first: FloatArray, second: FloatArray): number[] {
  const [n, size] = first.shape;
  return Array.from({ length: size }, (_, k) => {
    const of = ({ data }: FloatArray) => Array.from({ length: n }, (_, i) => data[i * size + k]);
    const [a, b] = [of(first), of(second)];
    const mean = a.reduce((sum, v) => sum + v, 0) / n;
    return 1 - a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0) / a.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  });
}

describe("dualVae", () => {
  testShared("has as many parameters as the published network", () => {
    const name = "dual VAE 16x16 + 251 (imspec3, coord=3)";
    const published = JSON.parse(readFileSync(shared("data/parameter_counts.json"), "utf8"))[name];
    const model = dualVae({ image: [16, 16, 1], spectrum: 251 });
    expect(parameterCount(model)).toBe(published.total);
    const { image, spectrum } = dualSides(model);
    const of = (side: string) =>
      published.layers.reduce(
        (sum: number, [layer, count]: [string, number]) => sum + (layer.startsWith(side) ? count : 0),
        0,
      );
    expect([parameterCount(image), parameterCount(spectrum)]).toEqual([of("img"), of("spec")]);
  });

  test("starts with a link that changes nothing", () => {
    const { parameters } = dualVae({ ...small, latent: 3 });
    expect([...parameters["link.weight"].data]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  test.each<[string, Partial<DualVaeOptions>]>([
    ["seed", { seed: 2 }],
    ["latent", { latent: 3 }],
    ["layers", { layers: 1 }],
    ["hidden", { hidden: 13 }],
    ["likelihood", { likelihood: "gaussian" }],
    ["beta", { beta: 2 }],
    ["link", { link: "cosine" }],
    ["no link", { link: "none" }],
    ["gamma", { gamma: 3 }],
    ["rotation", { rotation: false }],
    ["shift", { shift: false }],
    ["anglePrior", { anglePrior: 1 }],
    ["angleKl", { angleKl: "free" }],
    ["shiftPrior", { shiftPrior: 0.1 }],
  ])("is changed by the option %s", (_, options) => {
    const [plain, changed] = [oneStep(engine, {}), oneStep(engine, options)];
    expect(Number.isFinite(changed.loss)).toBe(true);
    expect(changed.loss).not.toBe(plain.loss);
    expect(changed.weights).not.toEqual(plain.weights);
  });

  test.each<[string, Partial<DualVaeOptions>]>([
    ["sigmoid", { sigmoid: true }],
    ["deviation", { deviation: 0.2 }],
  ])("is changed by the option %s of a Gaussian likelihood", (_, options) => {
    const likelihood = "gaussian";
    expect(oneStep(engine, { likelihood, ...options }).loss).not.toBe(oneStep(engine, { likelihood }).loss);
  });

  test("is the same on wasm, where its operations are compositions", async () => {
    const usual = (["linear", "cosine"] as const).map((link) => oneStep(engine, { link }));
    const wasm = await wasmEngine();
    const before = wasm.tf.memory().numTensors;
    try {
      const other = (["linear", "cosine"] as const).map((link) => oneStep(wasm, { link }));
      for (const [i, { loss, terms }] of other.entries()) {
        expect([loss, ...terms]).toMatchArray([usual[i].loss, ...usual[i].terms], { relative: 1e-5 });
      }
      expect(wasm.tf.memory().numTensors).toBe(before);
    } finally {
      await defaultEngine();
    }
  });

  test.each<[Partial<DualVaeOptions>, string]>([
    [{ spectrum: 0 }, "spectrum: 0"],
    [{ image: [8, 8.5, 1] }, "image width 8.5"],
    [{ latent: 0 }, "latent 0"],
    [{ gamma: -1 }, "gamma: -1"],
    [{ beta: Number.NaN }, "beta"],
    [{ anglePrior: 0 }, "anglePrior"],
  ])("refuses %j by name", (options, words) => {
    const error = thrown(() => dualVae({ ...small, ...options }));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toContain(words);
  });

  test("refuses to turn images whose orientation it tells, before training", async () => {
    const error = await caught(() => fit(dualVae(small), pairs, { epochs: 1, batch: 8, augment: "flips" }));
    expect(String(error)).toContain("orientation");
    const still = dualVae({ ...small, rotation: false });
    expect((await fit(still, pairs, { epochs: 1, batch: 8, augment: "flips" })).state).toBe("finished");
  });

  test("refuses data that a Bernoulli likelihood cannot describe, and samples without one side", async () => {
    const bright = { ...pairs, images: { ...pairs.images, data: pairs.images.data.map((v) => v + 1) } };
    expect((await caught(() => fit(dualVae(small), bright, { epochs: 1 }))).tag).toBe("DataError");
    expect((await caught(() => fit(dualVae(small), pairs.images, { epochs: 1 }))).message).toContain("pairs");
  });
});

/** Trained once for the tests below; the images of `held` were not seen. */
async function trained(link: DualVaeModel["options"]["link"]) {
  const model = dualVae({ ...small, hidden: 32, shift: false, beta: 0.05, link });
  const options = { epochs: 300, batch: 64, learningRate: 0.01, seed: 1, weights: "last" } as const;
  await fit(model, linkedPairs(128, 1), options);
  return model;
}

describe("a trained dual VAE", () => {
  const held = linkedPairs(64, 2);
  let model: DualVaeModel;
  beforeAll(async () => {
    model = await trained("linear");
  }, 300_000);

  test("puts both sides of a sample at the same point, which separate VAEs do not", async () => {
    const of = async (m: DualVaeModel) => {
      const { image, spectrum } = dualSides(m);
      return agreement(await encode(image, held), await encode(spectrum, held));
    };
    for (const r2 of await of(model)) expect(r2).toBeGreaterThan(0.9);
    expect(Math.min(...(await of(await trained("none"))))).toBeLessThan(0.2);
  });

  test("predicts each side from the other", async () => {
    const explained = (predicted: FloatArray, { data, shape }: FloatArray) => {
      const size = data.length / shape[0];
      const mean = Array.from(
        { length: size },
        (_, k) => data.reduce((s, v, i) => (i % size === k ? s + v : s), 0) / shape[0],
      );
      const squares = (of: (i: number) => number) => data.reduce((sum, v, i) => sum + (v - of(i)) ** 2, 0);
      return 1 - squares((i) => predicted.data[i]) / squares((i) => mean[i % size]);
    };
    const spectra = await predictAcross(model, held, { to: "spectra" });
    expect(explained(spectra, held.spectra)).toBeGreaterThan(0.8);
    expect(spectra.data).toEqual((await predict(model, held)).data);
    const images = await predictAcross(model, held, { to: "images" });
    expect(images.shape).toEqual([64, 8, 8, 1]);
    // A spectrum does not tell the angle: compared are the images' sums, which do not depend on it.
    const sums = ({ data }: FloatArray) => {
      const all = Float32Array.from({ length: 64 }, (_, i) =>
        data.slice(i * 64, (i + 1) * 64).reduce((a, b) => a + b, 0),
      );
      return { data: all, shape: [64, 1] };
    };
    expect(explained(sums(images), sums(held.images))).toBeGreaterThan(0.8);
  });

  test("has a side of spectra that lives where the images' latents do", async () => {
    const { spectrum } = dualSides(model);
    expect([...model.parameters["link.weight"].data]).not.toEqual([1, 0, 0, 1]);
    const input = engine.tf.tensor(held.spectra.data, [64, 16]);
    const { mean } = forwardPass(engine, dualVaeArchitecture, model, false, (scope) => {
      return { mean: spectrumLatents(scope, model.options, input).mean };
    });
    input.dispose();
    const points = await encode(spectrum, held);
    expect(points.data).toMatchArray(mean, { relative: 1e-5 }); // the link is multiplied into the layer before
    // Its decoder is the one of the dual VAE, with no link before it: the manifold is of the shared space.
    expect((await decode(spectrum, points)).data).toMatchArray((await decode(model, points)).data, { relative: 1e-6 });
  });

  test("has sides that the rest of the library takes", async () => {
    const { image, spectrum } = dualSides(model);
    expect([image.scaling, spectrum.scaling]).toEqual([
      { images: pairs.scaling.images },
      { spectra: pairs.scaling.spectra },
    ]);
    expect(spectrum.axes?.energy?.units).toBe("eV");
    const { angle } = await posterior(image, held);
    expect(angle).toHaveLength(64);
    expect((await posterior(model, held)).angle).toEqual(angle);
    const grids = await Promise.all([image, spectrum].map((side) => manifold(side, { grid: [3, 4] })));
    expect(grids.map(({ grid }) => grid.x.length * grid.y.length)).toEqual([12, 12]);
    expect(latentMaps(await latent(image, held))).toHaveLength(2);
    expect(makeModel("rvae", { ...image.options }).kind).toBe("rvae");
    expect(makeModel("dual-vae", { ...model.options }).kind).toBe("dual-vae");
  });

  test("copies its sides: what is done to them does not reach it", () => {
    const before = model.parameters["image.encoder_net.fc11.weight"].data.slice();
    dualSides(model).image.parameters["encoder_net.fc11.weight"].data.fill(0);
    expect(model.parameters["image.encoder_net.fc11.weight"].data).toEqual(before);
  });

  test("tells how sure its spectra are", async () => {
    const { mean, deviation } = await predictDistribution(model, held, { draws: 20 });
    expect(mean.data).toMatchArray((await predict(model, held)).data, { absolute: 0.15 });
    expect(deviation.data.every((v) => v > 0 && v < 0.5)).toBe(true);
    const sides = await predictDistribution(dualSides(model).image, held, { draws: 5 });
    expect(sides.mean.shape).toEqual([64, 8, 8, 1]);
  });

  test("predicts nothing across without a link", async () => {
    const separate = dualVae({ ...small, link: "none" });
    const refusals = [
      await caught(() => predict(separate, pairs)),
      await caught(() => predictDistribution(separate, pairs)),
      await caught(() => predictAcross(separate, pairs, { to: "images" })),
    ];
    for (const error of refusals) expect(String(error)).toContain("dualSides(model)");
  });
});
