import { describe, expect, test } from "vitest";
import { gaussianProcess, predictAt } from "../../src/cluster";
import { caught } from "../support/caught";
import { thrown } from "../support/errors";
import { PEER } from "./support";

const { x, y, at, kernels } = PEER.process;
const points = { data: Float32Array.from(x), shape: [40, 2] };
const elsewhere = { data: Float32Array.from(at), shape: [12, 2] };
const given = { lengthScale: [1.3, 2.1], amplitude: 0.8, noise: 0.15 };

describe.for(["rbf", "matern-3/2", "matern-5/2"] as const)("a process with kernel %s", (kernel) => {
  const peer = kernels[kernel];

  test("has scikit-learn's likelihood, mean and deviation where everything is given", async () => {
    const process = await gaussianProcess(points, y, { kernel, ...given });
    expect(process.logLikelihood).toBeCloseTo(peer.logLikelihood, 4);
    const { mean, deviation } = predictAt(process, elsewhere);
    expect(mean).toMatchArray(peer.mean, { absolute: 1e-5 }); // float32 points against float64
    expect(deviation).toMatchArray(peer.deviation, { absolute: 1e-5 });
  });

  test("finds settings at least as likely as scikit-learn's best of nine starts", async () => {
    const process = await gaussianProcess(points, y, { kernel, perDirection: true });
    expect(process.converged).toBe(true);
    expect(process.logLikelihood).toBeGreaterThan(peer.best.logLikelihood - 1e-2);
    expect(process.noise / peer.best.noise).toBeCloseTo(1, 1);
    const shared = await gaussianProcess(points, y, { kernel });
    expect(new Set(shared.lengthScale).size).toBe(1);
    expect(shared.logLikelihood).toBeLessThanOrEqual(process.logLikelihood + 1e-6);
  });
});

test("the gradient leads uphill from anywhere: what is given stays, what is not is found", async () => {
  const fixed = await gaussianProcess(points, y, given);
  for (const free of ["lengthScale", "amplitude", "noise"] as const) {
    const found = await gaussianProcess(points, y, { ...given, [free]: undefined, perDirection: true });
    expect(found.logLikelihood).toBeGreaterThan(fixed.logLikelihood);
    for (const kept of ["amplitude", "noise"] as const) if (kept !== free) expect(found[kept]).toBe(given[kept]);
  }
  expect((await gaussianProcess(points, y, { iterations: 1 })).converged).toBe(false);
});

test("without noise it goes through the values, and far away it returns to the mean", async () => {
  const process = await gaussianProcess([0, 1, 2, 3], [1, 3, 2, 5], { lengthScale: 1, amplitude: 2, noise: 0 });
  const near = predictAt(process, [0, 1, 2, 3]);
  expect(near.mean).toMatchArray([1, 3, 2, 5], { absolute: 1e-6 });
  expect(near.deviation).toMatchArray([0, 0, 0, 0], { absolute: 1e-4 }); // the root of a rounding error
  const far = predictAt(process, [1000]);
  expect([far.mean[0], far.deviation[0]]).toEqual([2.75, 2]);
});

test("keeps the digits of points far from 0, which float32 has not", async () => {
  const offsets = Float64Array.from({ length: 20 }, (_, i) => 0.01 * i);
  const wave = offsets.map((offset) => Math.sin(40 * offset));
  const fixed = { lengthScale: 0.03, amplitude: 1, noise: 1e-3 };
  const far = offsets.map((offset) => 1e5 + offset); // float32 has steps of 0.008 there
  const { mean, deviation } = predictAt(await gaussianProcess(far, wave, fixed), far);
  expect(mean).toMatchArray(wave, { absolute: 1e-3 });
  expect(Math.max(...deviation)).toBeLessThan(2e-3);
});

test("refuses what it cannot use", async () => {
  expect((await caught(() => gaussianProcess(points, [1, 2]))).tag).toBe("ShapeError");
  expect((await caught(() => gaussianProcess([0, 1], [1, Number.NaN]))).tag).toBe("DataError");
  expect((await caught(() => gaussianProcess(points, y, { lengthScale: [1, 2, 3] }))).tag).toBe("OptionError");
  expect((await caught(() => gaussianProcess(points, y, { noise: -1 }))).tag).toBe("OptionError");
  expect((await caught(() => gaussianProcess(points, y, { signal: AbortSignal.abort() }))).tag).toBe("CancelledError");
  const process = await gaussianProcess(points, y, given);
  expect(thrown(() => predictAt(process, [1, 2]))).toMatchObject({ tag: "ShapeError" });
});
