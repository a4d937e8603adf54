import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { backProjection, errors, forwardProjection, latent, predictions } from "../../src/analyse";
import type { Pairs } from "../../src/data";
import { loadEngine } from "../../src/engine/load";
import { decode, encode, fit, parameterCount, predict, type Spec2imOptions, spec2im } from "../../src/models";
import { shapes } from "../../src/signal";
import { rejected, thrown } from "../support/errors";
import { shared, testShared } from "../support/shared-data";
import { smallPairs, weightsOf } from "./support/small-pairs";

vi.setConfig({ testTimeout: 300_000 }); // hundreds of training steps: minutes on a crowded machine

const pairs = smallPairs(48, 1);
const small = (options: Partial<Spec2imOptions> = {}) =>
  spec2im({ image: [8, 8, 1], spectrum: 16, encoderFilters: 4, decoderFilters: 4, seed: 1, ...options });

/** Mean squared error of the predicted images. */
async function mse(model: ReturnType<typeof small>, { images, spectra }: Pairs): Promise<number> {
  const { data } = await predict(model, spectra);
  return data.reduce((sum, v, i) => sum + (v - images.data[i]) ** 2, 0) / data.length;
}

describe("spec2im", () => {
  testShared.each([
    ["spec2im 2048->16x16 L2 (AtomAI nle=3, down=16, up)", 2048, 16, { latent: 2, downsampling: 16 }],
    ["spec2im 2048->16x16 L10 (AtomAI nle=3, down=16, up)", 2048, 16, { latent: 10, downsampling: 16 }],
    ["spec2im 2048->16x16 L2 (AtomAI nle=4, down=16, up)", 2048, 16, { encoderLayers: 4, downsampling: 16 }],
    ["spec2im 2048->16x16 L10 (nle=4, down=16, up)", 2048, 16, { latent: 10, encoderLayers: 4, downsampling: 16 }],
    ["spec2im 64->8x8 L2 (im2spec pkg)", 64, 8, { encoderLayers: 4 }],
    ["spec2im 64->8x8 L10 (im2spec pkg)", 64, 8, { latent: 10, encoderLayers: 4 }],
  ])("has as many parameters as the published network: %s", (name, spectrum, window, options) => {
    const published = JSON.parse(readFileSync(shared("data/parameter_counts.json"), "utf8"))[name];
    const model = spec2im({ image: [window, window, 1], spectrum, ...options });
    expect(parameterCount(model)).toBe(published.total);
    const encoder = Object.entries(model.parameters).filter(([key, p]) => key.startsWith("encoder") && p.trainable);
    expect(encoder.reduce((sum, [, p]) => sum + p.data.length, 0)).toBe(published.encoder);
  });

  test("has the same first weights for the same seed, others for another", () => {
    expect(weightsOf(small({ seed: 5 }))).toEqual(weightsOf(small({ seed: 5 })));
    expect(weightsOf(small({ seed: 5 }))).not.toEqual(weightsOf(small({ seed: 6 })));
  });

  test.each([
    [{ latent: 3 }],
    [{ encoderLayers: 2 }],
    [{ decoderLayers: 3 }],
    [{ encoderFilters: 3 }],
    [{ decoderFilters: 3 }],
    [{ batchNorm: false }],
    [{ downsampling: 3 }],
    [{ upsampling: false }],
  ])("predicts something else with %j", async (options) => {
    const [plain, other] = [await predict(small(), pairs), await predict(small(options), pairs)];
    expect(other.shape).toEqual([48, 8, 8, 1]);
    expect(other.data).not.toEqual(plain.data);
  });

  test("predicts images: decode after encode, from pairs or from their spectra", async () => {
    const model = small({ ...shapes(pairs), latent: 3 });
    const points = await encode(model, pairs);
    expect(points.shape).toEqual([48, 3]);
    const images = await decode(model, points);
    expect(images.shape).toEqual([48, 8, 8, 1]);
    expect((await predict(model, pairs.spectra)).data).toMatchArray(images.data, { relative: 1e-5 }); // sums in another order
    expect(images.data.some((v) => v !== images.data[0])).toBe(true);
  });

  test.each([
    [4, 8],
    [4, 4],
    [8, 4],
  ])("decodes windows of %i x %i, whose quarter is one row or column", async (height, width) => {
    const images = await predict(small({ image: [height, width, 1] }), pairs.spectra);
    expect(images.shape).toEqual([48, height, width, 1]);
  });

  test("learns what can be learnt, also from pooled spectra and without upsampling", async () => {
    const { data } = pairs.images;
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    const spread = data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length;
    for (const options of [{}, { downsampling: 2, upsampling: false }]) {
      const model = small(options);
      const before = await mse(model, pairs);
      const run = await fit(model, pairs, { epochs: 60, batch: 16, learningRate: 0.01, seed: 1 });
      const after = await mse(model, pairs);
      expect(run.epochs[59].loss).toBeLessThan(0.5 * run.epochs[0].loss);
      expect(after).toBeLessThan(0.5 * Math.min(before, spread));
    }
  });

  test("trains the same whether the step is traced or run operation by operation", async ({ skip }) => {
    if ((await loadEngine()).native === undefined) skip("no native engine");
    const [traced, eager] = [small(), small()];
    const some = { epochs: 2, batch: 16, learningRate: 3e-3, seed: 1, validation: smallPairs(20, 2) };
    const [a, b] = [
      await fit(traced, pairs, { ...some, trace: true }),
      await fit(eager, pairs, { ...some, trace: false }),
    ];
    expect([a.traced, b.traced]).toEqual([true, false]);
    const losses = (run: typeof a) => run.epochs.flatMap((e) => [e.loss, e.validationLoss ?? Number.NaN]);
    expect(losses(a)).toMatchArray(losses(b), { relative: 1e-4 }); // six float32 steps whose sums run in another order
  });

  test.each([
    [{ latent: 0 }, "latent 0"],
    [{ spectrum: 1.5 }, "spectrum 1.5"],
    [{ downsampling: 65 }, "downsampling 65 of 64 spectral channels"],
    [{ image: [16, 18, 1] as const }, "windows of 16 x 18"],
    [{ image: [3, 3, 1] as const }, "cut windows of 4 pixels"],
    [{ image: [16, 16, 3] as const }, "with 3 channels"],
  ])("refuses %j by name", (options, words) => {
    const error = thrown(() => spec2im({ image: [16, 16, 1], spectrum: 64, ...options }));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toContain(words);
  });

  test("says what it needs when the data do not fit", async () => {
    const images = await rejected(() => encode(small(), pairs.images));
    expect(images).toMatchObject({ tag: "ShapeError", needed: "[n, 16] with n at least 1" });
    expect(String(images)).toContain("spec2im({ ...shapes(samples)");
    const other = await rejected(() => fit(small({ image: [4, 4, 1] }), pairs));
    expect(other).toMatchObject({ tag: "ShapeError", needed: "[n, 4, 4, 1] with n at least 1" });
  });
});

describe("analysis of a spec2im model", () => {
  const model = small();
  beforeAll(async () => void (await fit(model, pairs, { epochs: 2, batch: 16, seed: 1 })), 300_000);

  test("errors are those of the images, with the noise in their units", async () => {
    const result = await errors(model, pairs, { noise: 0.2 });
    const p = (await predict(model, pairs)).data;
    const t = pairs.images.data;
    const sum = (f: (i: number) => number, from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => f(from + i)).reduce((a, b) => a + b, 0);
    const ratio = (from: number, to: number) =>
      Math.sqrt(sum((i) => (p[i] - t[i]) ** 2, from, to) / sum((i) => (p[i] + t[i]) ** 2, from, to));
    expect(result.perSample).toHaveLength(48);
    expect([...result.perSample.slice(3, 4)]).toMatchArray([ratio(3 * 64, 4 * 64)], { relative: 1e-5 });
    expect(result.overall).toBeCloseTo(ratio(0, t.length), 5);
    expect(result.mse).toBeCloseTo(await mse(model, pairs), 6);
    const scaled = 0.2 / pairs.scaling.images.range;
    const power = sum((i) => t[i] ** 2, 0, t.length) / t.length;
    expect(result.noiseFloor).toBeCloseTo(Math.sqrt(scaled ** 2 / (4 * power - 3 * scaled ** 2)), 5);
  });

  test("latent and backProjection work as for im2spec", async () => {
    expect((await latent(model, pairs)).values.data).toEqual((await encode(model, pairs)).data);
    expect((await backProjection(model, pairs, { grid: 3 })).images.shape).toEqual([3, 3, 8, 8, 1]);
  });

  test("what shows spectra says that this model predicts images", async () => {
    for (const refused of [
      await rejected(() => forwardProjection(model, pairs)),
      await rejected(() => predictions(model, pairs, { at: [{ row: 0, column: 1 }] })),
    ]) {
      expect(refused).toMatchObject({ tag: "OptionError", got: "a model of kind spec2im" });
      expect(String(refused)).toContain("predicts images");
    }
  });
});
