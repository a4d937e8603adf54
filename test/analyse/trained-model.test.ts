import { beforeAll, describe, expect, test } from "vitest";
import { backProjection, errors, forwardProjection, latent, predictions } from "../../src/analyse";
import { decode, encode, fit, type Im2specModel, im2spec, predict, vae } from "../../src/models";
import { shapes, split, unscale, windows } from "../../src/signal";
import { rejected } from "../support/errors";
import { CHANNELS, COLUMNS, relief } from "./support/relief";

const scan = relief();
const pairs = windows(scan.image, scan.spectra, { size: 4 });
const { train, test: held } = split(pairs, { by: "columns", test: 0.3 });
const small = { encoderFilters: 4, decoderFilters: 4, encoderLayers: 1, decoderLayers: 2 };
const make = (options: object = {}) => im2spec({ ...shapes(pairs), ...small, latent: 2, seed: 1, ...options });
let model: Im2specModel;
beforeAll(async () => {
  model = make();
  await fit(model, train, { validation: held, epochs: 30, batch: 16, learningRate: 5e-3, seed: 1 });
});

describe("with a small trained model", () => {
  test("errors are those of predict, and smaller than those of the mean spectrum", async () => {
    const result = await errors(model, held);
    const p = (await predict(model, held)).data;
    const t = held.spectra.data;
    let mse = 0;
    for (const [i, value] of p.entries()) mse += (value - t[i]) ** 2 / p.length;
    expect(result.mse / mse).toBeCloseTo(1, 6);
    expect(result.perSample).toHaveLength(held.images.shape[0]);
    const mean = new Float64Array(CHANNELS);
    for (const [i, value] of train.spectra.data.entries())
      mean[i % CHANNELS] += (value * CHANNELS) / train.spectra.data.length;
    let baseline = 0;
    for (const [i, value] of t.entries()) baseline += (mean[i % CHANNELS] - value) ** 2 / t.length;
    expect(result.mse).toBeLessThan(baseline);
  });

  test("latent gives what encode gives, with the positions of the pairs", async () => {
    const result = await latent(model, held);
    expect(result.values.data).toEqual((await encode(model, held)).data);
    expect(result.positions).toBe(held.positions);
  });

  test("forwardProjection decodes its grid in the units of the data", async () => {
    const result = await forwardProjection(model, pairs, { grid: [3, 2] });
    expect(result.spectra.shape).toEqual([2, 3, CHANNELS]);
    expect(result.energy).toBe(pairs.axes.energy);
    const corner = { data: Float32Array.from([result.grid.x[2], result.grid.y[1]]), shape: [1, 2] };
    const decoded = unscale((await decode(model, corner)).data, pairs.scaling.spectra);
    expect(result.spectra.data.slice(-CHANNELS)).toMatchArray(decoded, { relative: 1e-5 }); // batches of 6 and of 1
    expect(Math.min(...result.spectra.data)).toBeGreaterThan(100); // the spectra lie at 500 and above, scaled 0 to 1
    const again = await forwardProjection(model, await latent(model, pairs), { grid: [3, 2] });
    expect(again.spectra.data).toEqual(result.spectra.data);
  });

  test("backProjection averages the images nearest in the latent plane", async () => {
    const coordinates = await latent(model, pairs);
    const result = await backProjection(model, pairs, { grid: [4, 5], nearest: 3, coordinates });
    expect(result.images.shape).toEqual([5, 4, 4, 4, 1]);
    const [row, column] = [2, 1];
    const z = coordinates.values.data;
    const order = Array.from({ length: pairs.images.shape[0] }, (_, i) => ({
      i,
      d: Math.hypot(z[2 * i] - result.grid.x[column], z[2 * i + 1] - result.grid.y[row]),
    })).sort((a, b) => a.d - b.d);
    const near = order.slice(0, 3);
    const raw = near.map(({ i }) => unscale(pairs.images.data.subarray(16 * i, 16 * i + 16), pairs.scaling.images));
    const mean = raw[0].map((_, p) => (raw[0][p] + raw[1][p] + raw[2][p]) / 3);
    const cell = row * 4 + column;
    expect(result.images.data.slice(16 * cell, 16 * cell + 16)).toMatchArray(mean, { absolute: 1e-5 });
    expect(result.distance.data[cell]).toBeCloseTo((near[0].d + near[1].d + near[2].d) / 3, 5);
    const spread = raw.reduce((sum, one) => sum + one.reduce((s, v, p) => s + (v - mean[p]) ** 2, 0), 0);
    expect(result.dispersion.data[cell]).toBeCloseTo(Math.sqrt(spread / 48), 5);
  });

  test("backProjection of one nearest sample shows that sample: no dispersion", async () => {
    const result = await backProjection(model, pairs, { grid: 3, nearest: 1 });
    expect([...result.dispersion.data]).toEqual(new Array(9).fill(0));
    expect((await backProjection(model, pairs, { grid: 3, nearest: 2 })).dispersion.data.some((v) => v > 0)).toBe(true);
    expect((await backProjection(model, pairs)).dispersion.shape).toEqual([16, 16]);
  });

  test("backProjection averages spectra where it is asked to, and where samples have nothing else", async () => {
    const coordinates = await latent(model, pairs);
    const result = await backProjection(model, pairs, { grid: [2, 3], nearest: 1, coordinates, side: "spectra" });
    expect(result).toMatchObject({ side: "spectra", energy: pairs.axes.energy });
    expect(result.spectra.shape).toEqual([3, 2, CHANNELS]);
    const raw = unscale(pairs.spectra.data, pairs.scaling.spectra);
    const count = pairs.spectra.shape[0];
    const first = result.spectra.data.slice(0, CHANNELS);
    const found = Array.from({ length: count }, (_, i) => raw.slice(i * CHANNELS, (i + 1) * CHANNELS));
    expect(found.some((spectrum) => spectrum.every((v, c) => Math.abs(v - first[c]) < 1e-3))).toBe(true);
    const { images: _, ...rest } = pairs;
    const alone = await backProjection(
      model,
      { ...rest, kind: "pixel-spectra" },
      { grid: [2, 3], nearest: 1, coordinates },
    );
    expect(alone.spectra.data).toEqual(result.spectra.data);
    const more = await backProjection(model, pairs, { grid: [2, 3], nearest: 4, coordinates, side: "spectra" });
    expect(more.dispersion.data.every((v) => v > 0)).toBe(true);
  });

  test("predictions stand beside the measured spectra of the file, in its units", async () => {
    const result = await predictions(model, pairs, {
      at: [
        { row: 5, column: 7, label: "ridge" },
        { row: 2, column: 2 },
      ],
    });
    expect(result.labels).toEqual(["ridge", "2, 2"]);
    expect([...result.positions]).toEqual([5, 7, 2, 2]);
    const pixel = (5 * COLUMNS + 7) * CHANNELS;
    expect(result.measured.data.slice(0, CHANNELS)).toMatchArray(scan.spectra.data.slice(pixel, pixel + CHANNELS), {
      relative: 1e-6, // float32, scaled and back
    });
    expect(result.predicted.data).toMatchArray(result.measured.data, { relative: 0.2 });
    expect(result.predicted.data).not.toEqual(result.measured.data);
  });
});

describe("analyse refuses", () => {
  test("a model that was not trained", async () => {
    const fresh = make();
    for (const work of [
      () => errors(fresh, pairs),
      () => latent(fresh, pairs),
      () => forwardProjection(fresh, pairs),
      () => backProjection(fresh, pairs),
      () => predictions(fresh, pairs, { at: [{ row: 5, column: 7 }] }),
    ]) {
      const error = await rejected(work);
      expect(error).toMatchObject({ tag: "NotFittedError" });
      expect(String(error)).toMatch(/do this: .*fit\(/);
    }
  });

  test("a model of weights whose samples are not known, and says which it is", async () => {
    const bare = vae({ spectrum: CHANNELS, hidden: 4 });
    await fit(bare, train.spectra, { epochs: 1, batch: 16 });
    const error = await rejected(() => errors(bare, pairs));
    expect(error).toMatchObject({ tag: "NotFittedError" });
    expect(String(error)).toMatch(/fitted to a bare array/);
    expect(String(error)).not.toMatch(/random/);
    const loaded = make();
    expect(String(await rejected(() => errors(loaded, pairs)))).toMatch(/random weights, or with weights of unknown/);
  });

  test("pairs with another scaling, and takes them with the model's", async () => {
    const brighter = { ...scan.spectra, data: scan.spectra.data.map((v) => 2 * v) };
    const error = await rejected(() => errors(model, windows(scan.image, brighter, { size: 4 })));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toMatch(/scale: model\.scaling/);
    const same = windows(scan.image, brighter, { size: 4, scale: model.scaling });
    expect((await errors(model, same)).overall).toBeGreaterThan((await errors(model, pairs)).overall);
  });

  test.each([
    ["a pixel without a window", () => predictions(model, pairs, { at: [{ row: 0, column: 5 }] }), /row: 2, column: 5/],
    ["no place", () => predictions(model, pairs, { at: [] }), /empty list/],
    ["more images to average than there are", () => backProjection(model, pairs, { nearest: 1000 }), /nearest: 1000/],
    [
      "a plane of a latent that does not exist",
      () => forwardProjection(model, pairs, { latents: [0, 2] }),
      /from 0 to 1/,
    ],
  ])("%s", async (_, work, message) => {
    const error = await rejected(work);
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toMatch(message);
  });

  test("latents of other pairs", async () => {
    const coordinates = await latent(model, held);
    expect(await rejected(() => backProjection(model, pairs, { coordinates }))).toMatchObject({ tag: "ShapeError" });
  });

  test("to go on when stopped", async () => {
    const signal = AbortSignal.abort();
    const coordinates = await latent(model, pairs);
    for (const work of [
      () => errors(model, pairs, { signal }),
      () => latent(model, pairs, { signal }),
      () => forwardProjection(model, coordinates, { signal }),
      () => backProjection(model, pairs, { signal, coordinates }),
    ]) {
      expect(await rejected(work)).toMatchObject({ tag: "CancelledError" });
    }
  });
});
