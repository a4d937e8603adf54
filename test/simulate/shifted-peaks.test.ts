import { describe, expect, test } from "vitest";
import { shiftedPeaks } from "../../src/simulate";
import { caught } from "../support/caught";

describe("shifted peaks", () => {
  const made = shiftedPeaks({ samples: 400, channels: 41, seed: 3 });
  const { spectra, truth, scaling } = made;
  const row = (data: Float32Array, i: number) => data.subarray(41 * i, 41 * (i + 1));

  test("reach from 0 to 1, and their scaling gives back peaks of height 1", () => {
    expect(Math.min(...spectra.data)).toBe(0);
    expect(Math.max(...spectra.data)).toBe(1);
    const heights = Array.from({ length: 400 }, (_, i) => {
      const highest = Math.max(...row(truth.clean.data, i));
      return highest * scaling.range + scaling.offset;
    });
    expect(Math.max(...heights)).toBeCloseTo(1, 5);
    expect(Math.min(...heights)).toBeGreaterThan(0.8); // the narrowest peak half a channel (0.3) off its centre: 0.84
  });

  test("peak where the truth says, and are as wide and as noisy", () => {
    for (const i of [0, 7, 399]) {
      const clean = [...row(truth.clean.data, i)].map((v) => v * scaling.range + scaling.offset);
      const x = clean.map((_, k) => -12 + 0.6 * k);
      const highest = clean.indexOf(Math.max(...clean));
      expect(Math.abs(x[highest] - truth.centre[i])).toBeLessThanOrEqual(0.3 + 1e-6); // half a channel
      const near = clean.map((v, k) => [x[k], v]).filter(([, v]) => v > 0.1);
      for (const [at, v] of near)
        expect(v).toBeCloseTo(Math.exp(-((at - truth.centre[i]) ** 2) / (2 * truth.width[i] ** 2)), 4);
    }
    const residual = (i: number) => {
      const clean = row(truth.clean.data, i);
      const sum = row(spectra.data, i).reduce((total, v, k) => total + (v - clean[k]) ** 2, 0);
      return Math.sqrt(sum / 41) * scaling.range;
    };
    const ratio = Array.from({ length: 400 }, (_, i) => residual(i) / truth.noise[i]).reduce((a, b) => a + b, 0) / 400;
    expect(Math.abs(ratio - 1)).toBeLessThan(0.03); // each is within 1 / sqrt(82), their mean within 0.6 %
    expect(Math.min(...truth.noise)).toBeGreaterThanOrEqual(0.001);
    expect(Math.max(...truth.noise)).toBeLessThanOrEqual(0.1);
    expect(made.axis).toMatchObject({ size: 41, offset: -12, scale: 0.6 });
  });

  test("are the same for the same seed and others for another", () => {
    expect(shiftedPeaks({ samples: 400, channels: 41, seed: 3 }).spectra.data).toEqual(spectra.data);
    expect(shiftedPeaks({ samples: 400, channels: 41, seed: 4 }).spectra.data).not.toEqual(spectra.data);
    expect(shiftedPeaks({ samples: 3 }).spectra.shape).toEqual([3, 100]);
    expect(shiftedPeaks({ samples: 3, channels: 7 }).spectra.shape).toEqual([3, 7]);
  });

  test("refuse a count that makes no sense, by name", async () => {
    expect(await caught(() => shiftedPeaks({ channels: 1 }))).toMatchObject({ tag: "OptionError", got: "channels: 1" });
    expect(await caught(() => shiftedPeaks({ samples: 2.5 }))).toMatchObject({ got: "samples: 2.5" });
  });

  test("refuse seeds that would give the peaks of another seed, names that they do not know, and too many", async () => {
    for (const seed of [Number.NaN, 1.5, 2 ** 40]) {
      expect(await caught(() => shiftedPeaks({ samples: 2, seed }))).toMatchObject({ tag: "OptionError" });
    }
    const slip = { sampels: 2 };
    expect(await caught(() => shiftedPeaks(slip as object))).toMatchObject({ tag: "OptionError", got: "sampels: 2" });
    expect(await caught(() => shiftedPeaks({ samples: 1e8, channels: 65536 }))).toMatchObject({ tag: "MemoryError" });
  });
});
