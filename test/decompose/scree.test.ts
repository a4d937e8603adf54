import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { axis, spectrumImage } from "../../src/data";
import { pca, type ScreeOptions, scree } from "../../src/decompose";
import { largestEigenvalue } from "../../src/decompose/largest-eigenvalue";
import { marchenkoPasturMedian } from "../../src/decompose/marchenko-pastur";
import { poissonWeighted } from "../../src/decompose/poisson-weights";
import { scanMatrix } from "../../src/decompose/scan-matrix";
import type { Engine } from "../../src/engine/engine";
import { plainEigen } from "../../src/engine/linear-algebra";
import { readNpz } from "../../src/io";
import * as plot from "../../src/plot";
import { caught } from "../support/caught";
import { defaultEngine } from "../support/engines";
import { rejected } from "../support/errors";
import { shared, testShared } from "../support/shared-data";

const PIXELS = 240;
const CHANNELS = 40;

/** Normal noise of deviation 0.5 on as many random components, the weakest well above the noise. */
function made(rank: number, seed: number, pixels = PIXELS, channels = CHANNELS) {
  const random = createRandom(seed);
  const strengths = [3, 1, 0.3];
  const maps = strengths.map(() => Float64Array.from({ length: pixels }, () => random.normal()));
  const spectra = strengths.map(() => Float64Array.from({ length: channels }, () => random.normal()));
  const data = Float32Array.from({ length: pixels * channels }, (_, i) => {
    let sum = 7 + 0.5 * random.normal();
    for (let j = 0; j < rank; j++) sum += strengths[j] * maps[j][Math.floor(i / channels)] * spectra[j][i % channels];
    return sum;
  });
  return { data, shape: [pixels, channels] };
}

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});
const run = (data: Parameters<typeof scree>[0], options: ScreeOptions = {}) => scree(data, { engine, ...options });

describe("scree", () => {
  test("gives the variances of pca, their shares and sums", async () => {
    const data = made(2, 1);
    const found = await run(data);
    const principal = await pca(data, { components: 5, engine });
    expect(found.variances).toHaveLength(CHANNELS);
    expect(found.variances.subarray(0, 5)).toMatchArray(principal.explainedVariance, { relative: 1e-6 });
    expect(found.ratio.subarray(0, 5)).toMatchArray(principal.explainedVarianceRatio, { relative: 1e-6 });
    expect(found.cumulative[1]).toBeCloseTo(found.ratio[0] + found.ratio[1], 12);
    expect(found.cumulative[CHANNELS - 1]).toBeCloseTo(1, 10);
    expect(found.kind).toBe("scree");
  });

  test.each([0, 1, 2, 3])("finds rank %i and the size of the noise, over twenty seeds", async (rank) => {
    let more = 0;
    for (let seed = 0; seed < 20; seed++) {
      const found = await run(made(rank, 100 * rank + seed));
      if (found.suggested === rank + 1) more++;
      else expect(found.suggested).toBe(rank);
      expect(found.ranks["gavish-donoho"]).toBe(rank);
      expect(found.noise.variance / 0.25).toBeGreaterThan(0.95); // a mean over 9600 values: 1.4 % standard deviation
      expect(found.noise.variance / 0.25).toBeLessThan(1.05);
    }
    expect(more).toBeLessThanOrEqual(1); // noise comes above the edge once in a hundred times
  });

  test("does the same with fewer pixels than channels", async () => {
    const found = await run(made(2, 5, 50, 120));
    expect(found.suggested).toBe(2);
    expect(found.variances).toHaveLength(50);
    expect(Math.abs(found.noise.variance / 0.25 - 1)).toBeLessThan(0.06);
    expect((await run(made(2, 5, 50, 120), { method: "parallel" })).suggested).toBe(2);
  });

  test.each([0, 3])("parallel analysis finds rank %i, weak components beside strong ones included", async (rank) => {
    const found = await run(made(rank, 7), { method: "parallel", permutations: 10, seed: 1 });
    expect(found.suggested).toBe(rank);
    expect(found.options).toMatchObject({ method: "parallel", permutations: 10, seed: 1 });
  });

  test("parallel analysis copes with noise that differs from channel to channel, Marchenko-Pastur does not", async () => {
    const plain = made(0, 3);
    const loud = {
      ...plain,
      data: plain.data.map((v, i) => 7 + (v - 7) * (i % CHANNELS < 4 ? 5 : 1)),
    };
    expect((await run(loud)).suggested).toBeGreaterThan(0);
    expect((await run(loud, { method: "parallel" })).suggested).toBe(0);
  });

  test("Poisson weighting makes the noise of counts 1, and finds a weak band under a strong one", async () => {
    const random = createRandom(2);
    const pixels = 400;
    const counts = Float32Array.from({ length: pixels * CHANNELS }, (_, i) => {
      const [p, c] = [Math.floor(i / CHANNELS), i % CHANNELS];
      const strong = (1 + Math.sin(p / 9) ** 2) * (400 * Math.exp(-c / 5) + 1);
      return random.poisson(strong + (p % 5 === 0 ? 3 : 0) * Math.exp(-((c - 30) ** 2) / 8));
    });
    const data = { data: counts, shape: [pixels, CHANNELS] };
    const weighted = await run(data, { weighting: "poisson" });
    expect(Math.abs(weighted.noise.variance - 1)).toBeLessThan(0.08); // 16,000 counts; of mean 1 in the dim channels
    expect(weighted.suggested).toBe(2); // strong band, weak band
    expect(weighted.options).toMatchObject({ weighting: "poisson", centred: false });
    expect(weighted.history.at(-1)?.options).toMatchObject({ weighting: "poisson" });
    const plain = await run(data);
    expect(plain.noise.variance).toBeGreaterThan(2); // that of the bright channels and the dim ones together
    expect(plain.suggested).not.toBe(2);
    const small = { data: Float32Array.from([2, 0, 4, 0]), shape: [2, 2] };
    expect((await poissonWeighted(scanMatrix(small, undefined, { remedy: "" }))).data ?? []).toMatchArray(
      [2 / Math.sqrt(2), 0, 4 / Math.sqrt(4), 0],
      { absolute: 1e-6 },
    );
  });

  test("every option changes the answer", async () => {
    const data = made(3, 9);
    const base = await run(data);
    expect((await run(data, { centred: false })).variances[0]).not.toBeCloseTo(base.variances[0], 3);
    expect((await run(data, { method: "gavish-donoho" })).noise.edge).toBeGreaterThan(base.noise.edge);
    const mask = Float32Array.from({ length: PIXELS }, (_, i) => i % 2);
    expect((await run(data, { mask })).variances[0]).not.toBe(base.variances[0]);
    const edge = async (options: ScreeOptions) =>
      (await run(data, { method: "parallel", permutations: 5, ...options })).noise.edge;
    const [one, other] = [await edge({}), await edge({ seed: 4 })];
    expect(other).not.toBe(one);
    expect(await edge({})).toBe(one);
    expect(await edge({ quantile: 0.5 })).toBeLessThan(one);
    expect(await edge({ permutations: 6 })).not.toBe(one);
  });

  test("tells when rounding, not noise, is the floor", async () => {
    const noiseless = {
      shape: [60, 12],
      data: Float32Array.from({ length: 720 }, (_, i) => (i % 12) * ((i / 12) | 0)),
    };
    const found = await run(noiseless);
    expect(found.suggested).toBe(1);
    expect(found.noise.rounding).toBe(true);
    expect((await run(noiseless, { method: "parallel" })).suggested).toBe(1);
  });

  test("keeps axes and metadata, reports permutations, and stops", async () => {
    const axes = { energy: axis("energy", CHANNELS, { units: "eV", scale: 0.1 }) };
    const spectra = spectrumImage(made(1, 2).data, [12, 20, CHANNELS], { axes, metadata: { source: "made" } });
    const control = new AbortController();
    const seen: string[] = [];
    const options: ScreeOptions = {
      method: "parallel",
      permutations: 3,
      onProgress: ({ component, permutation }) => seen.push(`${component}.${permutation}`),
    };
    const found = await run(spectra, options);
    expect(found.axes).toBe(spectra.axes);
    expect(found.metadata).toBe(spectra.metadata);
    expect(seen).toEqual(["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]);
    control.abort();
    expect(await rejected(() => run(spectra, { ...options, signal: control.signal }))).toMatchObject({
      tag: "CancelledError",
    });
  });

  test("finds nothing in spectra that are all alike, and draws nothing", async () => {
    const flat = await run({ data: new Float32Array(60).fill(3), shape: [10, 6] });
    expect([flat.suggested, flat.noise.edge]).toEqual([0, 0]);
    expect((await caught(() => plot.scree(flat))).tag).toBe("DataError");
  });

  test("leaves no tensor behind", async () => {
    const before = engine.tf.memory().numTensors;
    await run(made(1, 1), { method: "parallel", permutations: 2 });
    expect(engine.tf.memory().numTensors).toBe(before);
  });

  testShared("finds the noise of the noisy windows and five components, of which four stand far out", async () => {
    const { spectra, spectra_lo_hi: range } = await readNpz(shared("data/parity/pairs_fto_noisy.npz"));
    const [low, high] = range.data as Float32Array;
    const data = Float32Array.from(spectra.data as Float32Array, (v) => v * (high - low) + low);
    const found = await run({ data, shape: [46, 59, 187] });
    // The noise that was added: N(0, 0.018 / sqrt(8)).
    expect(Math.sqrt(found.noise.variance) / (0.018 / Math.sqrt(8))).toBeCloseTo(1, 2);
    expect(found.suggested).toBe(5);
    expect(found.variances[3] / found.noise.edge).toBeGreaterThan(10);
    expect(found.variances[4] / found.noise.edge).toBeLessThan(2);
  });

  test.each([
    ["an unknown method", { method: "kaiser" as "parallel" }, "OptionError", /"kaiser"/],
    ["an unknown weighting", { weighting: "anscombe" as "poisson" }, "OptionError", /"anscombe"/],
    ["no permutation", { permutations: 0 }, "OptionError", /permutations: 0/],
    ["a quantile above 1", { quantile: 95 }, "OptionError", /quantile: 95/],
  ] as [string, ScreeOptions, string, RegExp][])("refuses %s", async (_, options, tag, message) => {
    const error = await rejected(() => run(made(1, 1), options));
    expect(error).toMatchObject({ tag });
    expect(String(error)).toMatch(message);
  });

  test("refuses NaN, two pixels, and negative counts", async () => {
    const holed = { ...made(1, 1) };
    holed.data = holed.data.map((v, i) => (i === 5 ? Number.NaN : v));
    expect(await rejected(() => run(holed))).toMatchObject({ tag: "DataError" });
    expect(await rejected(() => run({ data: new Float32Array(6), shape: [2, 3] }))).toMatchObject({
      tag: "OptionError",
    });
    const counts = (values: number[]) => ({ data: Float32Array.from(values), shape: [3, 2] });
    for (const values of [
      [1, -1, 1, 1, 1, 1],
      [0, 0, 0, 0, 0, 0],
    ]) {
      expect(await rejected(() => run(counts(values), { weighting: "poisson" }))).toMatchObject({ tag: "DataError" });
    }
  });
});

describe("the pieces of the noise floor", () => {
  test.each([0.05, 0.3, 1])(
    "the median of the Marchenko-Pastur law parts random matrices in halves: ratio %f",
    (beta) => {
      const random = createRandom(1);
      const n = 200;
      const p = Math.round(beta * n);
      const gram = new Float64Array(p * p);
      const row = new Float64Array(p);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < p; j++) row[j] = random.normal();
        for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) gram[a * p + b] += row[a] * row[b];
      }
      const values = [...plainEigen(gram, p).values].map((v) => v / n).sort((a, b) => a - b);
      const middle = values[Math.floor(p / 2)];
      expect(middle / marchenkoPasturMedian(p / n)).toBeCloseTo(1, 0.7); // ten values only in the smallest
      // Gavish and Donoho give omega(1) = 2.858 = known / sqrt(median) with known = 4 / sqrt(3).
      if (beta === 1) expect(4 / Math.sqrt(3) / Math.sqrt(marchenkoPasturMedian(1))).toBeCloseTo(2.858, 3);
    },
  );

  test("the largest eigenvalue is that of the full solver", () => {
    const random = createRandom(5);
    for (const n of [1, 2, 7, 90]) {
      const matrix = new Float64Array(n * n);
      for (let r = 0; r < 2 * n; r++) {
        const row = Float64Array.from({ length: n }, () => random.normal());
        for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) matrix[a * n + b] += row[a] * row[b];
      }
      expect(largestEigenvalue(matrix, n) / plainEigen(matrix, n).values[0]).toBeCloseTo(1, 6);
    }
    expect(largestEigenvalue(new Float64Array(9), 3)).toBe(0);
  });
});
