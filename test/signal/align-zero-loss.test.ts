import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { axis, type SpectrumImage, spectrumImage } from "../../src/data";
import { alignZeroLoss, type ZeroLossAlignmentOptions } from "../../src/signal/align-zero-loss";
import { createShifter, type Interpolation } from "../../src/signal/shift-values";
import { zeroLossWidth } from "../../src/signal/zero-loss-width";
import { type LowLoss, lowLoss } from "../../src/simulate/low-loss";
import { caught } from "../support/caught";

const STEP = 0.005;

/** Gaussian peaks of 30 meV on an axis from -0.2 eV, one per pixel of a 1 x n scan, at these energies. */
function peaks(places: readonly number[], channels = 120): SpectrumImage {
  const energy = axis("energy", channels, { units: "eV", offset: -0.2, scale: STEP });
  const data = new Float32Array(places.length * channels);
  for (const [p, place] of places.entries()) {
    for (let c = 0; c < channels; c++) {
      const x = (energy.offset + c * STEP - place) / 0.03;
      data[p * channels + c] = 1e4 * Math.exp(-4 * Math.LN2 * x * x);
    }
  }
  return spectrumImage(data, [1, places.length, channels], { axes: { energy } });
}

const PLACES = [-0.013, -0.0021, 0, 0.0007, 0.0112, 0.028];
const METHODS = ["maximum", "centroid", "cross-correlation"] as const;

/** Energies of the peaks that a result says. */
const placesOf = (shifts: { data: Float32Array }) => Float64Array.from(shifts.data, (shift) => -shift);

describe("aligning zero-loss peaks", () => {
  test.each(METHODS)("finds peaks without noise between the channels: %s", async (method) => {
    const { shifts, spectra, width, failed } = await alignZeroLoss(peaks(PLACES), { method });
    // Parts of channels at the end of the window cost the centroid this, the reading between channels the correlation half.
    expect(placesOf(shifts)).toMatchArray(PLACES, { absolute: 4e-3 * STEP });
    expect(failed).toBe(0);
    expect(width).toBeCloseTo(0.03, 3);
    const zero = Math.round(-spectra.axes.energy.offset / STEP);
    expect(spectra.axes.energy.offset + zero * STEP).toBeCloseTo(0, 12);
    for (let p = 0; p < PLACES.length; p++) {
      // The cubic through four channels of a peak of six: within 1 % of its height at its top.
      expect(spectra.data[p * 120 + zero] / 1e4).toBeGreaterThan(0.99);
    }
  });

  test("leaves channels without a value where a spectrum was moved away from, and cuts them off on request", async () => {
    const whole = await alignZeroLoss(peaks(PLACES));
    expect(whole.spectra.shape[2]).toBe(120);
    expect(Number.isNaN(whole.spectra.data[5 * 120 + 119])).toBe(true);
    const cut = await alignZeroLoss(peaks(PLACES), { crop: "common" });
    expect(cut.spectra.data.some(Number.isNaN)).toBe(false);
    // From -13 to 28 meV about the median of 0: three channels on one side, six on the other.
    expect(cut.spectra.shape[2]).toBe(120 - 3 - 6);
    const skipped = Math.round((cut.spectra.axes.energy.offset - whole.spectra.axes.energy.offset) / STEP);
    const row = (one: SpectrumImage, from: number) => one.data.subarray(from, from + 100);
    expect(row(cut.spectra, 0)).toEqual(row(whole.spectra, skipped));
  });

  test("moves by whole channels without touching a number", async () => {
    const before = peaks(PLACES);
    const { spectra, shifts } = await alignZeroLoss(before, { subChannel: false });
    for (let p = 0; p < PLACES.length; p++) {
      const sorted = (one: SpectrumImage) =>
        one.data
          .slice(p * 120, (p + 1) * 120)
          .filter((v) => v > 1)
          .sort();
      expect(sorted(spectra)).toEqual(sorted(before));
      expect(Math.abs(-shifts.data[p] - PLACES[p])).toBeLessThan(0.51 * STEP);
    }
  });

  test("moves a second spectrum image of another dispersion by the same energies", async () => {
    const before = peaks(PLACES);
    const energy = axis("energy", 60, { units: "eV", offset: 399.9, scale: 0.01 });
    const second = spectrumImage(
      Float32Array.from({ length: 6 * 60 }, (_, i) => {
        const e = energy.offset + (i % 60) * 0.01 - PLACES[Math.floor(i / 60)];
        return Math.exp(-(((e - 400.2) / 0.05) ** 2));
      }),
      [1, 6, 60],
      { axes: { energy } },
    );
    const { also } = await alignZeroLoss(before, { also: second, crop: "common" });
    const channels = (also as SpectrumImage).shape[2];
    const axisNow = (also as SpectrumImage).axes.energy;
    const expected = Float32Array.from({ length: 6 * channels }, (_, i) => {
      const e = axisNow.offset + (i % channels) * 0.01;
      return Math.exp(-(((e - 400.2) / 0.05) ** 2));
    });
    // The cubic through a peak of eight channels: 0.3 % of its height.
    expect((also as SpectrumImage).data).toMatchArray(expected, { absolute: 3e-3 });
    expect((also as SpectrumImage).history.at(-1)?.operation).toBe("alignZeroLoss");
  });

  test("gives spectra without a peak no value and counts them", async () => {
    const before = peaks(PLACES);
    before.data.fill(0, 120, 240);
    before.data[3 * 120 + 40] = Number.NaN; // beside the top of the fourth peak
    const { spectra, shifts, failed } = await alignZeroLoss(before, { method: "centroid" });
    expect(failed).toBe(2);
    expect(Array.from(shifts.data, Number.isNaN)).toEqual([false, true, false, true, false, false]);
    expect(spectra.data.subarray(120, 240).every(Number.isNaN)).toBe(true);
    expect(placesOf(shifts)[4]).toBeCloseTo(PLACES[4], 4);
  });

  test("looks for the peak where it is told to", async () => {
    const before = peaks(PLACES);
    for (let p = 0; p < 6; p++) before.data[p * 120 + 100] = 1e6; // a spike at 0.3 eV
    const { shifts } = await alignZeroLoss(before, { search: [-0.1, 0.1] });
    expect(placesOf(shifts)).toMatchArray(PLACES, { absolute: 4e-3 * STEP });
  });

  test("does not change its input, and keeps the calibration", async () => {
    const before = peaks(PLACES);
    const copy = before.data.slice();
    const { spectra, shifts, history } = await alignZeroLoss(before);
    expect(before.data).toEqual(copy);
    expect(spectra.axes.energy).toMatchObject({ name: "energy", units: "eV", scale: STEP });
    expect(spectra.axes.x).toEqual(before.axes.x);
    expect(shifts.axes.x).toEqual(before.axes.x);
    expect(history.at(-1)).toMatchObject({ operation: "alignZeroLoss", options: { method: "cross-correlation" } });
  });
});

describe("on simulated spectra with counting noise", () => {
  let meV: LowLoss;
  let eV: LowLoss;
  beforeAll(async () => {
    meV = await lowLoss({ scale: "meV", rows: 10, columns: 16, counts: 1e5, seed: 3 });
    eV = await lowLoss({ scale: "eV", rows: 10, columns: 16, counts: 1e5, seed: 3 });
  });

  // A Gaussian's place cannot be known better than its deviation over the root of the counts (Cramer and Rao). The top
  // uses half of the peak, the correlation all of it; the limits stand 15 % above what 768 spectra of seed 3 give.
  test.each([
    ["maximum", 2.1],
    ["centroid", 1.5],
    ["cross-correlation", 1.6],
  ] as const)("comes near what counting noise allows: %s", async (method, limit) => {
    for (const { spectra, truth } of [meV, eV]) {
      const { shifts } = await alignZeroLoss(spectra, { method });
      const errors = placesOf(shifts).map((place, p) => place - truth.positions.data[p]);
      const mean = errors.reduce((a, b) => a + b) / errors.length;
      const deviation = Math.sqrt(errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / errors.length);
      const bound = truth.width / 2.3548 / Math.sqrt(1e5);
      expect(deviation / bound).toBeLessThan(limit);
      // The tails are stronger on the loss side: all methods see the peak a little beyond its middle.
      expect(Math.abs(mean)).toBeLessThan(0.025 * spectra.axes.energy.scale);
    }
  });

  test("each option changes the answer", async () => {
    const shiftsOf = async (options: ZeroLossAlignmentOptions) =>
      Array.from((await alignZeroLoss(meV.spectra, options)).shifts.data);
    const usual = await shiftsOf({});
    const others: ZeroLossAlignmentOptions[] = [
      { method: "maximum" },
      { method: "centroid" },
      { window: { fwhm: 1 } },
      { window: { eV: 0.1 } },
      { reference: [2, 3] },
      { passes: 1 },
      { subChannel: false },
      { search: [-0.3, 0.03] },
    ];
    for (const options of others) expect(await shiftsOf(options), JSON.stringify(options)).not.toEqual(usual);
    const spectraOf = async (interpolation: Interpolation) =>
      Array.from((await alignZeroLoss(meV.spectra, { interpolation })).spectra.data.subarray(0, 400));
    expect(await spectraOf("linear")).not.toEqual(await spectraOf("cubic"));
    expect(await spectraOf("fourier")).not.toEqual(await spectraOf("cubic"));
  });

  test("tells the width of each peak", () => {
    for (const { spectra, truth } of [meV, eV]) {
      const widths = zeroLossWidth(spectra);
      // The highest of noisy channels is too high and the tails lie under the half: 3 % of the width.
      const mean = widths.data.reduce((a, b) => a + b) / widths.data.length;
      expect(Math.abs(mean / truth.width - 1)).toBeLessThan(0.04);
      expect(widths.metadata.units).toBe("eV");
    }
  });

  test("reports progress and stops when asked to", async () => {
    const seen: number[] = [];
    await alignZeroLoss(meV.spectra, { onProgress: ({ done, pixels }) => seen.push(done / pixels) });
    expect(seen.at(-1)).toBe(1);
    const stop = new AbortController();
    stop.abort();
    const error = await caught(() => alignZeroLoss(meV.spectra, { signal: stop.signal }));
    expect(error).toMatchObject({ tag: "CancelledError" });
  });
});

describe("values between the channels", () => {
  test.each([
    ["linear", 0.5],
    ["cubic", 0.640625],
    ["fourier", 1],
  ] as const)("keep a known share of white noise half a channel away: %s", (interpolation, share) => {
    const random = createRandom(2);
    const n = 4096;
    const noise = Float32Array.from({ length: n }, () => random.normal());
    const shifted = new Float32Array(n);
    createShifter(n, interpolation)(noise, 0.5, shifted);
    const inner = shifted.subarray(10, n - 10);
    // The variance of 4000 draws is known to 2 %, and neighbours are correlated after interpolation: three times that.
    expect(Math.abs(inner.reduce((sum, v) => sum + v * v, 0) / inner.length - share)).toBeLessThan(0.07 * share);
  });

  test("are exact for lines (all) and for what is band-limited (fourier)", () => {
    const line = Float32Array.from({ length: 64 }, (_, i) => 3 + 2 * i);
    for (const interpolation of ["linear", "cubic", "fourier"] as const) {
      const shifted = new Float32Array(64);
      createShifter(64, interpolation)(line, 0.3, shifted);
      expect(shifted.subarray(0, 63)).toMatchArray(
        line.subarray(0, 63).map((v) => v + 0.6),
        { relative: 1e-6 },
      );
      expect(shifted[63]).toBeNaN();
    }
    const bell = (i: number) => Math.exp(-(((i - 40) / 5) ** 2));
    const shifted = new Float32Array(80);
    createShifter(80, "fourier")(
      Float32Array.from({ length: 80 }, (_, i) => bell(i)),
      -2.4,
      shifted,
    );
    expect(shifted.subarray(3)).toMatchArray(
      Float32Array.from({ length: 77 }, (_, i) => bell(i + 3 - 2.4)),
      {
        absolute: 1e-6, // float32
      },
    );
  });
});

describe("what alignment refuses", () => {
  const error = (spectra: SpectrumImage, options: unknown = {}) =>
    caught(() => alignZeroLoss(spectra, options as object));

  test("an axis that is not in eV", async () => {
    expect(await error(spectrumImage(new Float32Array(100), [1, 1, 100]))).toMatchObject({ tag: "AxisError" });
  });

  test("spectra without a zero-loss peak", async () => {
    const energy = axis("energy", 100, { units: "eV", offset: 300 });
    const falling = spectrumImage(
      Float32Array.from({ length: 100 }, (_, i) => 100 - i),
      [1, 1, 100],
      {
        axes: { energy },
      },
    );
    expect(await error(falling)).toMatchObject({ tag: "DataError" });
  });

  test("options it cannot use", async () => {
    const spectra = peaks(PLACES);
    for (const options of [
      { method: "mean" },
      { window: { fwhm: 0 } },
      { window: { eV: 10 } },
      { search: [0.1, -0.1] },
      { window: 3 },
      { window: [0, 1] },
      { reference: [5, 5] },
      { reference: 5 },
      { passes: 0 },
      { crop: true },
      { interpolation: "spline" },
      null,
      [],
      "maximum",
    ]) {
      expect(await error(spectra, options), JSON.stringify(options)).toMatchObject({ tag: "OptionError" });
    }
    expect(await error(spectra, { also: peaks([0, 0]) })).toMatchObject({ tag: "ShapeError" });
  });
});
