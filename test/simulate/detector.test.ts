import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { quantile, removalLoss, spectrumNoise, zeroLossShape } from "../../src/simulate/detector";
import { smoothImage, smoothRows } from "../../src/simulate/gaussian-smooth";
import { arrayOptions } from "../../src/simulate/options";

function moments(add: (value: number) => number, value: number) {
  const n = 20_000;
  const values = Array.from({ length: n }, () => add(value));
  const mean = values.reduce((a, b) => a + b) / n;
  return { mean, deviation: Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / n) };
}

describe("the noise", () => {
  test("is Gaussian of the stated deviation, less in wider channels", () => {
    for (const [step, expected] of [
      [0.000623, 0.018],
      [0.004984, 0.018 / Math.sqrt(8)],
    ]) {
      const { mean, deviation } = moments(spectrumNoise(arrayOptions({}), step, createRandom(1)), 0.3);
      // four standard errors of 20 000 samples
      expect(Math.abs(mean - 0.3)).toBeLessThan((4 * expected) / Math.sqrt(20_000));
      expect(Math.abs(deviation / expected - 1)).toBeLessThan(4 / Math.sqrt(40_000));
    }
  });

  test("of counts has a variance of signal / counts plus read-out", () => {
    const options = arrayOptions({ noise: "counts", counts: 400, readout: 5 });
    for (const signal of [0.05, 0.5]) {
      const expected = Math.sqrt(signal * 400 + 25) / 400;
      const { mean, deviation } = moments(spectrumNoise(options, 0.005, createRandom(2)), signal);
      expect(Math.abs(mean - signal)).toBeLessThan((4 * expected) / Math.sqrt(20_000));
      expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.03); // four standard errors, and rounding to counts
    }
  });

  test("is nothing when it is off", () => {
    expect(spectrumNoise(arrayOptions({ noise: "none" }), 0.005, createRandom(1))(0.123)).toBe(0.123);
  });
});

describe("smoothing", () => {
  test("keeps a constant and the sum of a peak away from the ends", () => {
    expect(smoothRows(new Float64Array(9).fill(3), 9, 1.2)).toMatchArray(new Float64Array(9).fill(3), {
      absolute: 1e-14,
    });
    const peak = new Float64Array(41);
    peak[20] = 1;
    const smooth = smoothRows(peak, 41, 2);
    expect(smooth.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(smooth[22] / smooth[20]).toBeCloseTo(Math.exp(-0.5), 12);
  });

  test("of an image acts alike along rows and columns", () => {
    const data = new Float64Array(7 * 5);
    data[3 * 5 + 2] = 1;
    const smooth = smoothImage(data, 5, 0.6);
    expect(smooth[2 * 5 + 2]).toBeCloseTo(smooth[3 * 5 + 1], 12);
    expect(smooth[2 * 5 + 2]).toBeLessThan(smooth[3 * 5 + 2]);
  });
});

test("the zero-loss peak is highest at no loss and 1.07 at 0.2 eV", () => {
  expect(zeroLossShape(0)).toBeGreaterThan(100);
  expect(zeroLossShape(-0.05)).toBeLessThan(zeroLossShape(0));
  expect(zeroLossShape(0.2)).toBeCloseTo(1 + 0.5 * Math.exp(-2), 6);
});

test("removing the zero-loss peak costs signal at low energies only", () => {
  expect(removalLoss(0.2, 0)).toBeCloseTo(0.3, 12);
  expect(removalLoss(0.6, 0)).toBeGreaterThan(0.999);
  expect(removalLoss(0.2, 1)).toBe(1);
});

test("the quantile is the value of that rank", () => {
  expect(quantile([5, 1, 3, 2, 4], 0.5)).toBe(3);
  expect(quantile([5, 1, 3, 2, 4], 1)).toBe(5);
});
