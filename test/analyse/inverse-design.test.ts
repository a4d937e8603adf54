import { beforeAll, describe, expect, test } from "vitest";
import { drawSpectrum, inverseDesign } from "../../src/analyse";
import { createPace } from "../../src/core/pace";
import { axis } from "../../src/data";
import { loadEngine } from "../../src/engine/load";
import { decode, dualSides, dualVae, encode, fit, type Im2specModel, predict, spec2im, vae } from "../../src/models";
import { descend } from "../../src/models/descend";
import { describe as inWords } from "../../src/notebook/describe";
import { shapes, unscale } from "../../src/signal";
import { smallModel, smallPairs } from "../models/support/small-pairs";
import { rejected, thrown } from "../support/errors";

const pairs = smallPairs(120);
const { energy } = pairs.axes;
let model: Im2specModel;
let tensors = 0;
beforeAll(async () => {
  model = smallModel({ latent: 2 });
  await fit(model, pairs, { epochs: 20, batch: 30, learningRate: 5e-3 });
  tensors = (await loadEngine()).tf.memory().numTensors;
});
/** What the model predicts of a real image, in the units of the data. */
const predictedOf = async (i: number) =>
  unscale((await predict(model, pairs)).data.slice(16 * i, 16 * i + 16), pairs.scaling.spectra);

describe("drawSpectrum", () => {
  const fine = axis("energy", 1001, { units: "eV", offset: 0, scale: 0.001 });
  const peak = { energy: 0.5, width: 0.1, height: 4 };

  test.each(["gaussian", "lorentzian"] as const)(
    "a %s peak has its height, and half of it at half its width",
    (shape) => {
      const { values } = drawSpectrum(fine, [peak], { shape, background: 1 });
      expect([values[500], values[450], values[550]]).toMatchArray([5, 3, 3], { absolute: 1e-5 });
    },
  );

  test("peaks add up, shapes and names differ", () => {
    const two = drawSpectrum(fine, [peak, { ...peak, height: 1 }], { name: "mine" });
    expect(two.values[500]).toBeCloseTo(5, 5);
    expect([two.name, drawSpectrum(fine, [peak]).name]).toEqual(["mine", "wanted"]);
    expect(drawSpectrum(fine, [peak], { shape: "lorentzian" }).values).not.toEqual(drawSpectrum(fine, [peak]).values);
  });

  test.each([[], [{ ...peak, width: 0 }], [{ ...peak, energy: 2 }], [{ ...peak, height: Number.NaN }]])(
    "refuses %o",
    (...peaks) => {
      const error = thrown(() => drawSpectrum(fine, peaks as never));
      expect(error).toMatchObject({ tag: "OptionError" });
      expect(String(error)).toMatch(/from 0 to 1 eV/);
    },
  );
});

describe("descend", () => {
  test("follows the gradient that central differences give", async () => {
    const z = await encode(model, pairs);
    const start = { data: z.data.slice(0, 2), shape: [1, 2] };
    const target = pairs.spectra.data.slice(160, 176);
    const one = async (data: Float32Array) => {
      const output = (await decode(model, { data, shape: [1, 2] })).data;
      return output.reduce((sum, v, i) => sum + (v - target[i]) ** 2 / 16, 0);
    };
    const h = 1e-2;
    const slopes = await Promise.all(
      [0, 1].map(async (j) => {
        const moved = (by: number) => start.data.map((v, k) => (k === j ? v + by : v));
        return ((await one(moved(h))) - (await one(moved(-h)))) / (2 * h);
      }),
    );
    // The first step of Adam goes by its rate against the sign of each slope.
    const base = { space: "latent", start, target, weights: new Float32Array(16).fill(1), proximity: 0 } as const;
    const found = await descend(model, { ...base, steps: 1, rates: [1e-3, 1e-3], pace: createPace("a test") });
    const way = Array.from(found.points.data, (v, j) => v - start.data[j]);
    expect(way).toMatchArray(
      slopes.map((s) => -1e-3 * Math.sign(s)),
      { absolute: 1e-6 },
    );
    const expected = slopes.reduce((sum, s) => sum + 1e-3 * Math.abs(s), 0);
    expect(found.trace[0] - found.trace[1]).toBeCloseTo(expected, 5);
  });
});

describe("inverseDesign", () => {
  test("finds a latent point again from its spectrum, without a word of warning", async () => {
    const wanted = await predictedOf(17);
    const found = await inverseDesign(model, { values: wanted, energy }, { pairs });
    expect(found).toMatchObject({ method: "gradient", space: "latent", extrapolates: false, notices: [] });
    expect(found.error).toBeLessThan(1e-3);
    expect(found.spectrum).toMatchArray(wanted, { relative: 5e-3 });
    const z = (await encode(model, pairs)).data;
    expect(found.distance.value).toBeLessThanOrEqual(found.distance.limit);
    expect(found.latent).toMatchArray(z.slice(34, 36), { absolute: 0.1 });
    expect(found.trace?.at(-1)).toBeLessThanOrEqual(found.trace?.[0] as number);
    expect(inWords(found)).toBe(found.summary);
    expect((await loadEngine()).tf.memory().numTensors).toBe(tensors);
  });

  test("shows the real images nearest to the point, and their mean, in the units of the data", async () => {
    const found = await inverseDesign(model, await predictedOf(17), { pairs, nearest: 2 });
    expect(found.examples.shape).toEqual([2, 8, 8, 1]);
    const mean = found.examples.data.slice(0, 64).map((v, i) => (v + found.examples.data[64 + i]) / 2);
    expect(found.image.data).toMatchArray(mean, { absolute: 1e-6 });
    const at = found.positions[0] / 2; // sample i of the small pairs lies at (2 i, 2 i + 1)
    expect(found.examples.data.slice(0, 64)).toMatchArray(
      unscale(pairs.images.data.slice(64 * at, 64 * at + 64), pairs.scaling.images),
      { absolute: 1e-6 },
    );
    expect(found.axes.x).toMatchObject({ size: 8, units: "nm" });
  });

  test("nearest takes the real image whose predicted, or measured, spectrum is nearest", async () => {
    const measured = unscale(pairs.spectra.data.slice(16 * 40, 16 * 41), pairs.scaling.spectra);
    const by = await inverseDesign(model, measured, { pairs, method: "nearest", by: "measured" });
    expect([...by.positions.slice(0, 2)]).toEqual([80, 81]);
    expect(by.image.data).toEqual(by.examples.data.slice(0, 64));
    expect(by.distance.value).toBe(0);
    expect(by.bestReal).toMatchObject({ row: 80, column: 81, error: by.exampleErrors[0] });
    expect(by.bestReal.error).toBeLessThan(1e-6);
    const own = await inverseDesign(model, await predictedOf(40), { pairs, method: "nearest" });
    expect([...own.positions.slice(0, 2)]).toEqual([80, 81]);
    expect(own.error).toBeLessThan(1e-6);
  });

  test("tells what was measured where it points to, and what the best of all measured spectra is", async () => {
    const values = unscale((await predict(model, pairs)).data.slice(16 * 17, 16 * 18), pairs.scaling.spectra);
    const range = [energy.offset, energy.offset + 7.5 * energy.scale] as const;
    const found = await inverseDesign(model, values, { pairs, range });
    const { offset, range: scale } = pairs.scaling.spectra;
    const misses = Array.from({ length: 120 }, (_, i) => {
      const t = pairs.spectra.data.slice(16 * i, 16 * i + 8);
      const sum = (sign: number) => t.reduce((s, v, c) => s + ((values[c] - offset) / scale + sign * v) ** 2, 0);
      return Math.sqrt(sum(-1) / sum(1));
    });
    const places = [0, 1, 2].map((n) => found.positions[2 * n] / 2); // sample i lies at (2 i, 2 i + 1)
    expect(found.exampleErrors).toMatchArray(
      places.map((i) => misses[i]),
      { absolute: 1e-5 },
    );
    const best = misses.indexOf(Math.min(...misses));
    expect(found.bestReal).toMatchObject({ row: 2 * best, column: 2 * best + 1 });
    expect(found.bestReal.error).toBeCloseTo(misses[best], 5);
    expect(found.error).toBeLessThan(found.bestReal.error); // a promise of the model, not a measurement
    expect(found.summary).toMatch(/\nmeasured: [\d.]+ % at that real image, [\d.]+ % at the best one, row \d+, column/);
  });

  test("says when a spectrum is out of reach and when the model extrapolates", async () => {
    const absurd = drawSpectrum(energy, [{ energy: 0.4, width: 0.02, height: 40 }]);
    const far = await inverseDesign(model, absurd, { pairs, bounded: false });
    expect(far.extrapolates).toBe(true);
    expect(far.summary).toMatch(/the latent point lies .* times as far .*extrapolates/);
    const huge = drawSpectrum(energy, [{ energy: 0.4, width: 0.3, height: 4000 }]);
    expect((await inverseDesign(model, huge, { pairs })).summary).toMatch(/out of reach: the best misses it by/);
  });

  test("each option changes the design", async () => {
    const wanted = drawSpectrum(energy, [{ energy: 0.3, width: 0.2, height: 2 }], { background: 1.2 });
    const run = async (options: object) => {
      const found = await inverseDesign(model, wanted, { pairs, steps: 15, ...options });
      return [...found.image.data, ...found.spectrum, found.trace?.at(-1), found.examples.shape[0]];
    };
    const base = await run({});
    for (const options of [
      ...[
        { steps: 3 },
        { starts: 1 },
        { learningRate: 0.5 },
        { nearest: 5 },
        { range: [0.1, 0.2] },
        { space: "image" },
      ],
      ...[{ method: "nearest" }, { bounded: false, learningRate: 5, steps: 40 }],
    ]) {
      expect(await run(options), JSON.stringify(options)).not.toEqual(base);
    }
    const far = { learningRate: 5, steps: 40 };
    expect(await run({ ...far, bounded: false })).not.toEqual(await run(far));
    expect(await run({ space: "image", proximity: 1 })).not.toEqual(await run({ space: "image" }));
    const places = async (by: "predicted" | "measured") => {
      const spectra = [5, 40, 77, 90].map((i) => pairs.spectra.data.slice(16 * i, 16 * i + 16));
      const wishes = spectra.map((values) => unscale(values, pairs.scaling.spectra));
      const found = wishes.map((wish) => inverseDesign(model, wish, { pairs, method: "nearest", by }));
      return (await Promise.all(found)).map(({ positions }) => positions[0]);
    };
    expect(await places("measured")).toEqual([10, 80, 154, 180]);
    expect(await places("predicted")).not.toEqual([10, 80, 154, 180]);
  });

  test("in the image, pixels stay in their range, and proximity keeps them near the start", async () => {
    const wanted = drawSpectrum(energy, [{ energy: 0.3, width: 0.2, height: 2 }], { background: 1.2 });
    const free = await inverseDesign(model, wanted, { pairs, space: "image", proximity: 0, steps: 40 });
    const held = await inverseDesign(model, wanted, { pairs, space: "image", proximity: 10, steps: 40 });
    const real = unscale(pairs.images.data, pairs.scaling.images);
    const [low, high] = [Math.min(...real), Math.max(...real)];
    expect(free.image.data.every((v) => v >= low - 1e-5 && v <= high + 1e-5)).toBe(true);
    expect(free.error).toBeLessThan(held.error);
  });

  test("a model from spectra to images decodes the wanted spectrum", async () => {
    const other = spec2im({ ...shapes(pairs), encoderFilters: 4, decoderFilters: 4 });
    await fit(other, pairs, { epochs: 2, batch: 30 });
    const wanted = unscale(pairs.spectra.data.slice(0, 16), pairs.scaling.spectra);
    const found = await inverseDesign(other, wanted, { pairs });
    expect(found).toMatchObject({ method: "encode", extrapolates: false });
    expect(found.image.data).toMatchArray(
      unscale((await predict(other, pairs)).data.slice(0, 64), pairs.scaling.images),
      {
        absolute: 1e-5, // a batch of 1 and of 120
      },
    );
    expect([...found.positions.slice(0, 2)]).toEqual([0, 1]);
    expect(await rejected(() => inverseDesign(other, wanted, { pairs, method: "gradient" }))).toMatchObject({
      tag: "OptionError",
    });
  });

  test("a dual VAE goes from its spectrum side to its image side, or by the gradient", async () => {
    const dual = dualVae({ ...shapes(pairs), hidden: 8, likelihood: "gaussian" });
    await fit(dual, pairs, { epochs: 2, batch: 30 });
    const wanted = unscale(pairs.spectra.data.slice(0, 16), pairs.scaling.spectra);
    const found = await inverseDesign(dual, wanted, { pairs, method: "encode" });
    const sides = dualSides(dual);
    const point = await encode(sides.spectrum, { data: pairs.spectra.data.slice(0, 16), shape: [1, 16] });
    const expected = unscale((await decode(sides.image, point)).data, pairs.scaling.images);
    expect(found.image.data).toMatchArray(expected, { absolute: 1e-5 });
    expect((await inverseDesign(dual, wanted, { pairs, steps: 3 })).method).toBe("gradient");
  });

  test("refuses what it cannot use, with the remedy, and stops", async () => {
    const wanted = await predictedOf(3);
    const short = await rejected(() => inverseDesign(model, [1, 2], { pairs }));
    expect(short).toMatchObject({ tag: "ShapeError" });
    expect(String(short)).toMatch(/do this: .*drawSpectrum\(model\.axes\.energy/);
    const elsewhere = drawSpectrum(axis("energy", 16, { units: "eV", offset: 1, scale: 0.05 }), [
      { energy: 1.2, width: 0.1, height: 1 },
    ]);
    expect(await rejected(() => inverseDesign(model, elsewhere, { pairs }))).toMatchObject({ tag: "AxisError" });
    for (const wrong of [
      { steps: 0 },
      { space: "pixels" },
      { by: "x" },
      { nearest: 500 },
      { range: [5, 6] },
      { learningRate: 0 },
    ]) {
      const error = await rejected(() => inverseDesign(model, wanted, { pairs, ...wrong } as never));
      expect(error, JSON.stringify(wrong)).toMatchObject({ tag: "OptionError" });
    }
    const one = vae({ spectrum: 16, hidden: 8 });
    await fit(one, pairs, { epochs: 1, batch: 30 });
    expect(String(await rejected(() => inverseDesign(one, wanted, { pairs })))).toMatch(/links images and spectra/);
    const signal = AbortSignal.abort();
    expect(await rejected(() => inverseDesign(model, wanted, { pairs, signal }))).toMatchObject({
      tag: "CancelledError",
    });
  });
});
