import { describe, expect, test } from "vitest";
import { fit, im2spec, jrvae, posterior, predict, predictDistribution, rvae, vae, ved } from "../../src/models";
import { createMoments } from "../../src/models/moments";
import { caught } from "../support/caught";
import { smallModel, smallPairs } from "./support/small-pairs";

const pairs = smallPairs(12);
const small = { image: [8, 8, 1], spectrum: 16, encoderFilters: [[4], [6]], decoderFilters: [[6], [4]] } as const;

describe("moments", () => {
  test("are mean and variance, also of values far from zero", () => {
    const rows = [1, 2, 4, 5].map((v) => Float32Array.of(v, v * 10 - 3, v / 16 + 100_000));
    const moments = createMoments(3);
    for (const row of rows) moments.add(row);
    expect(moments.mean()).toMatchArray([3, 27, 100_000.1875], { relative: 1e-7 });
    expect(moments.variance()).toMatchArray([10 / 3, 1000 / 3, 10 / 3 / 256], { relative: 1e-12 });
  });
});

describe("predictDistribution", () => {
  test("spreads as the posterior does through the decoder", async () => {
    // With the identity as the only step after the latents the spread is known: a VAE without hidden layers is linear.
    const model = vae({ spectrum: 16, latent: 2, hidden: 2, layers: 1, seed: 4 });
    const weight = model.parameters["decoder_net.decoder.0.weight"].data;
    for (const [i, v] of [1e-3, 0, 0, 1e-3].entries()) weight[i] = v; // tanh of a thousandth is that thousandth
    model.parameters["decoder_net.decoder.0.bias"].data.fill(0);
    const { mean, deviation } = await predictDistribution(model, pairs, { draws: 400, seed: 2 });
    const found = await posterior(model, pairs);
    const out = model.parameters["decoder_net.out.weight"].data;
    const expected = Float32Array.from(deviation.data, (_, i) => {
      const [sample, channel] = [Math.floor(i / 16), i % 16];
      const parts = [0, 1].map((k) => 1e-3 * out[2 * channel + k] * found.deviation.data[2 * sample + k]);
      return Math.hypot(...parts);
    });
    // The deviation of 400 draws is known within 1 / sqrt(800) = 3.5 %: five times that of the largest.
    expect(deviation.data).toMatchArray(expected, { relative: 0.18 });
    const centre = await predict(model, pairs);
    const largest = Math.max(...expected);
    expect(mean.data).toMatchArray(centre.data, { absolute: (5 * largest) / Math.sqrt(400) + 1e-6 });
    expect(deviation.shape).toEqual([12, 16]);
  });

  test("is what its seed and number of draws make it", async () => {
    const model = ved({ ...small, seed: 1 });
    const run = async (options: object) =>
      (await predictDistribution(model, pairs, { draws: 3, ...options })).mean.data;
    const plain = await run({ seed: 1 });
    expect(await run({ seed: 1 })).toEqual(plain);
    expect(await run({ seed: 2 })).not.toEqual(plain);
    expect(await run({ seed: 1, draws: 4 })).not.toEqual(plain);
  });

  test.each([
    ["rvae", rvae({ image: [8, 8, 1], hidden: 8 })],
    ["jrvae", jrvae({ image: [8, 8, 1], hidden: 8, classes: [3] })],
    ["a VAE with shift", vae({ spectrum: 16, hidden: 8, shift: true })],
  ])("draws every latent of %s anew", async (_, model) => {
    const { mean, deviation } = await predictDistribution(model, pairs, { draws: 4 });
    expect(mean.shape).toEqual(model.kind === "vae" ? [12, 16] : [12, 8, 8, 1]);
    expect(deviation.data.every((v) => v > 0)).toBe(true);
  });

  test("of several models is the mean and spread between them", async () => {
    const models = [1, 2, 3].map((seed) => smallModel({ seed }));
    const { mean, deviation, draws } = await predictDistribution(models, pairs);
    const each = await Promise.all(models.map((model) => predict(model, pairs)));
    const value = (i: number) => each.map(({ data }) => data[i]);
    const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean.data).toMatchArray(
      mean.data.map((_, i) => average(value(i))),
      { relative: 1e-6 },
    );
    const spread = (i: number) => Math.sqrt(value(i).reduce((s, v) => s + (v - average(value(i))) ** 2, 0) / 2);
    expect(deviation.data).toMatchArray(
      deviation.data.map((_, i) => spread(i)),
      { relative: 1e-5 },
    );
    expect(draws).toBe(1);
  });

  test("of several variational models adds the spread within to the spread between", async () => {
    const models = [1, 2].map((seed) => ved({ ...small, seed }));
    const both = await predictDistribution(models, pairs, { draws: 5 });
    const [a, b] = await Promise.all(models.map((model) => predictDistribution(model, pairs, { draws: 5 })));
    const expected = a.mean.data.map((m, i) =>
      Math.sqrt((m - b.mean.data[i]) ** 2 / 2 + (a.deviation.data[i] ** 2 + b.deviation.data[i] ** 2) / 2),
    );
    expect(both.deviation.data).toMatchArray(expected, { relative: 1e-4 });
    expect(both.models).toBe(2);
  });

  test("knows the noise that a Gaussian likelihood was given or found, and of no other", async () => {
    const noiseOf = async (...models: Parameters<typeof predictDistribution>[0][]) =>
      (await predictDistribution(models.flat(), pairs, { draws: 2 })).noise;
    const given = ved({ ...small, deviation: 0.3 });
    const found = ved({ ...small, seed: 1 });
    expect(await noiseOf(given)).toBeCloseTo(0.3, 12);
    expect(await noiseOf(found)).toBeUndefined();
    await fit(found, pairs, { epochs: 2, batch: 4, seed: 1, weights: "last" });
    const terms = found.training?.epochs[1].terms;
    expect(await noiseOf(found)).toBe(terms?.deviation);
    expect(await noiseOf(given, found)).toBeCloseTo(Math.hypot(0.3, terms?.deviation as number) / Math.SQRT2, 12);
    expect(await noiseOf(ved({ ...small, likelihood: "bernoulli" }))).toBeUndefined();
    expect(await noiseOf(given, smallModel())).toBeUndefined();
  });

  test("of models whose outputs have different shapes is refused", async () => {
    const models = [smallModel(), smallModel({ spectrum: 8 })];
    const error = await caught(() => predictDistribution(models, pairs));
    expect(error.tag).toBe("ShapeError");
    expect(error.message).toContain("im2spec: [16] and im2spec: [8]");
  });

  test("says what has no spread", async () => {
    const plain = im2spec({ image: [8, 8, 1], spectrum: 16, encoderFilters: 4, decoderFilters: 4 });
    expect((await caught(() => predictDistribution(plain, pairs))).message).toContain("list of models");
    expect((await caught(() => predictDistribution([], pairs))).message).toContain("no model");
    expect((await caught(() => predictDistribution(ved(small), pairs, { draws: 1 }))).message).toContain("draws: 1");
  });

  test("stops when asked to", async () => {
    const error = await caught(() => predictDistribution(ved(small), pairs, { signal: AbortSignal.abort() }));
    expect(error.tag).toBe("CancelledError");
  });
});
