import { describe, expect, test, vi } from "vitest";
import { widthAtHalf } from "../../src/signal/zero-loss-peak";
import { type LowLossOptions, lowLoss } from "../../src/simulate/low-loss";
import { caught } from "../support/caught";

const small = { rows: 4, columns: 5 };
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe("simulated low loss", () => {
  test("is what its truth says, with the peak where it says: without noise and drift the sum of the parts", async () => {
    for (const scale of ["meV", "eV"] as const) {
      const { spectra, truth } = await lowLoss({ ...small, scale, noise: "none", drift: 0 });
      const parts = truth.zeroLoss.data.map((value, i) => value + truth.loss.data[i]);
      // float32 of each part; Fourier by zero channels changes nothing else.
      expect(spectra.data).toMatchArray(parts, { relative: 1e-6 });
      const { offset, scale: step } = spectra.axes.energy;
      const zero = Math.round(-offset / step);
      expect(offset + zero * step).toBeCloseTo(0, 12);
      const top = truth.zeroLoss.data.subarray(0, 512).indexOf(Math.max(...truth.zeroLoss.data.subarray(0, 512)));
      expect(top).toBe(zero);
      // The tails make the peak two hundredths wider than its Gaussian; straight lines between 8 channels a width.
      expect((widthAtHalf(truth.zeroLoss.data, top) * step) / truth.width).toBeCloseTo(1.02, 2);
    }
  });

  test("follows the Poisson law of plural scattering: all over zero-loss is exp(t / lambda), once over it t / lambda", async () => {
    const { truth } = await lowLoss({ ...small, scale: "eV", noise: "none" });
    for (const pixel of [0, 19]) {
      const part = (one: { data: Float32Array }) => sum(one.data.subarray(pixel * 512, (pixel + 1) * 512));
      const t = truth.thickness?.data[pixel] ?? 0;
      // Losses above 46 eV are not recorded: 4 % of those of one plasmon, more of two.
      expect(part(truth.single!) / part(truth.zeroLoss) / t).toBeGreaterThan(0.95);
      expect(part(truth.single!) / part(truth.zeroLoss) / t).toBeLessThan(1);
      expect(Math.log(1 + part(truth.loss) / part(truth.zeroLoss)) / t).toBeGreaterThan(0.9);
      expect(Math.log(1 + part(truth.loss) / part(truth.zeroLoss)) / t).toBeLessThan(1);
    }
  });

  test("counts: whole numbers with the variance of their mean, the same for the same seed", async () => {
    const first = await lowLoss({ ...small, scale: "eV", counts: 1e4, drift: 0 });
    expect(first.spectra.data.every(Number.isInteger)).toBe(true);
    const again = await lowLoss({ ...small, scale: "eV", counts: 1e4, drift: 0 });
    expect(again.spectra.data).toEqual(first.spectra.data);
    const { zeroLoss, loss } = first.truth;
    const means = zeroLoss.data.map((value, i) => value + loss.data[i]);
    const chosen = [...means.keys()].filter((i) => means[i] > 20);
    const chi = sum(chosen.map((i) => (first.spectra.data[i] - means[i]) ** 2 / means[i])) / chosen.length;
    // A few hundred channels: the mean of their chi squares is known to about 5 %.
    expect(Math.abs(chi - 1)).toBeLessThan(0.15);
  });

  test("each option changes the answer", async () => {
    const usual = (await lowLoss(small)).spectra.data;
    const others: LowLossOptions[] = [
      { scale: "eV" },
      { seed: 2 },
      { counts: 1e5 },
      { drift: 0.5 },
      { lossHeight: 0.01 },
      { noise: "none" },
      { rows: 5 },
      { columns: 6 },
    ];
    for (const options of others) {
      expect((await lowLoss({ ...small, ...options })).spectra.data, JSON.stringify(options)).not.toEqual(usual);
    }
  });

  test("says how far it is from the first step on, and refuses for memory before it", async () => {
    const told: number[] = [];
    const onProgress = (fraction: number) => told.push(fraction);
    await lowLoss({ ...small, onProgress });
    expect([told[0], told.at(-1)]).toEqual([0, 1]);
    expect(told.filter((fraction) => fraction < 0.3).length).toBeGreaterThan(1); // while the film is made
    expect(told).toEqual([...told].sort((a, b) => a - b));
    told.length = 0;
    // Room for the three spectrum images of the film, not for the four that are asked for.
    vi.stubEnv("SPECBOOK_MEMORY_LIMIT", String(3.5 * 4 * small.rows * small.columns * 512));
    const error = await caught(() => lowLoss({ ...small, onProgress })).finally(() => vi.unstubAllEnvs());
    expect(error).toMatchObject({ tag: "MemoryError" });
    expect(told).toEqual([]);
  });

  test("refuses what it cannot make", async () => {
    for (const options of [
      { rows: 1 },
      { seed: 1.5 },
      { counts: 0 },
      { drift: 9 },
      { scale: "keV" },
      { noise: "no" },
      { sede: 1 },
    ]) {
      const error = await caught(() => lowLoss({ ...small, ...(options as object) }));
      expect(error, JSON.stringify(options)).toMatchObject({ tag: "OptionError" });
    }
  });
});
