import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { spectrumImage } from "../../src/data";
import { ica, matchComponents, type NmfResult, nmf, pca, type StabilityOptions, stability } from "../../src/decompose";
import { assign } from "../../src/decompose/assignment";
import type { Engine } from "../../src/engine/engine";
import { caught } from "../support/caught";
import { defaultEngine } from "../support/engines";
import { rejected } from "../support/errors";

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});

/** Three bands, each pure somewhere, with a little noise: one solution for three components. */
function threeBands() {
  const random = createRandom(4);
  const data = new Float32Array(72 * 30);
  for (let p = 0; p < 72; p++) {
    const mix = [0, 1, 2].map((j) => (p % 4 === j ? 1 + random.uniform() : p % 4 === 3 ? random.uniform() : 0));
    for (let c = 0; c < 30; c++) {
      for (let j = 0; j < 3; j++) data[p * 30 + c] += mix[j] * Math.exp(-((c - 5 - 9 * j) ** 2) / 8);
      data[p * 30 + c] += 0.01 * random.uniform();
    }
  }
  return spectrumImage(data, [8, 9, 30]);
}
const spectra = threeBands();

/** The largest sum over all one-to-one assignments, by trying each. */
function bestSum(values: Float64Array, rows: number, columns: number, row = 0, taken: readonly number[] = []): number {
  if (row === rows || taken.length === columns) return 0;
  let best = rows > columns ? bestSum(values, rows, columns, row + 1, taken) : Number.NEGATIVE_INFINITY;
  if (rows > columns && rows - row <= columns - taken.length) best = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < columns; column++) {
    if (taken.includes(column)) continue;
    const sum = values[row * columns + column] + bestSum(values, rows, columns, row + 1, [...taken, column]);
    best = Math.max(best, sum);
  }
  return best;
}

describe("assign", () => {
  test.each([
    [1, 1],
    [3, 3],
    [5, 5],
    [3, 6],
    [6, 3],
    [6, 6],
  ])("finds the best of all assignments of %i rows to %i columns", (rows, columns) => {
    const random = createRandom(10 * rows + columns);
    for (let trial = 0; trial < 40; trial++) {
      // Half the trials in whole numbers, where many assignments tie.
      const values = Float64Array.from({ length: rows * columns }, () =>
        trial % 2 === 0 ? random.normal() : random.integer(3),
      );
      const found = assign(values, rows, columns);
      const used = [...found].filter((column) => column >= 0);
      expect(new Set(used).size).toBe(Math.min(rows, columns));
      const sum = found.reduce((total, column, row) => total + (column < 0 ? 0 : values[row * columns + column]), 0);
      expect(sum).toBeCloseTo(bestSum(values, rows, columns), 10);
    }
  });
});

describe("matchComponents", () => {
  const reversed = (result: NmfResult): NmfResult => {
    const turn = ({ data, shape }: NmfResult["maps"]) => {
      const size = data.length / shape[0];
      return { shape, data: data.map((_, i) => data[(shape[0] - 1 - Math.floor(i / size)) * size + (i % size)]) };
    };
    return { ...result, maps: turn(result.maps), endmembers: turn(result.endmembers) };
  };

  test("finds a permutation again", async () => {
    const result = await nmf(spectra, { components: 3, engine });
    const match = matchComponents(result, reversed(result));
    expect(match.pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 2],
      [1, 1],
      [2, 0],
    ]);
    expect(match.mean).toBeCloseTo(1, 6);
    expect(match.unmatched).toEqual({ a: [], b: [] });
    expect(match.similarities.shape).toEqual([3, 3]);
  });

  test("leaves over what has no partner", async () => {
    const two = await nmf(spectra, { components: 2, engine });
    const three = await nmf(spectra, { components: 3, engine });
    const match = matchComponents(three, two);
    expect(match.pairs).toHaveLength(2);
    expect(match.unmatched.a).toHaveLength(1);
    expect(match.unmatched.b).toEqual([]);
    expect(matchComponents(two, three).unmatched.b).toEqual(match.unmatched.a);
  });

  test("turns components of PCA and ICA over where that fits better", async () => {
    const principal = await pca(spectra, { components: 2, engine });
    const turned = {
      ...principal,
      components: { ...principal.components, data: principal.components.data.map((v) => -v) },
    };
    expect(matchComponents(principal, turned).pairs).toMatchObject([
      { a: 0, b: 0, sign: -1 },
      { a: 1, b: 1, sign: -1 },
    ]);
    expect(matchComponents(principal, turned).mean).toBeCloseTo(1, 6);
    const independent = await ica(spectra, { components: 2, engine });
    expect(matchComponents(independent, principal).mean).toBeLessThan(1);
  });

  test("correlation sees shapes only", async () => {
    const result = await nmf(spectra, { components: 3, engine });
    const lifted = { ...result, endmembers: { ...result.endmembers, data: result.endmembers.data.map((v) => v + 5) } };
    expect(matchComponents(result, lifted, { similarity: "correlation" }).mean).toBeCloseTo(1, 5);
    expect(matchComponents(result, lifted).mean).toBeLessThan(0.9);
  });

  test("compares over the channels that both have", async () => {
    const result = await nmf(spectra, { components: 3, engine });
    const holed = { ...result.endmembers, data: result.endmembers.data.map((v, i) => (i % 30 < 4 ? Number.NaN : v)) };
    expect(matchComponents(result, { ...result, endmembers: holed }).mean).toBeCloseTo(1, 6);
    const nothing = { ...holed, data: holed.data.map(() => Number.NaN) };
    expect((await caught(() => matchComponents(result, { ...result, endmembers: nothing }))).tag).toBe("DataError");
  });

  test("refuses other axes, other values and unknown measures", async () => {
    const result = await nmf(spectra, { components: 3, engine });
    const short = { ...result, endmembers: { data: new Float32Array(60), shape: [3, 20] } };
    expect(String(await caught(() => matchComponents(result, short)))).toMatch(/30 and 20 channels/);
    expect(String(await caught(() => matchComponents(result, Promise.resolve(result) as never)))).toMatch(/await/);
    expect(String(await caught(() => matchComponents(result, spectra as never)))).toMatch(/spectrum-image/);
    const measure = { similarity: "euclidean" as "cosine" };
    expect(String(await caught(() => matchComponents(result, result, measure)))).toMatch(/"euclidean"/);
  });
});

describe("stability", () => {
  const run = (options: StabilityOptions = {}) =>
    stability(spectra, { components: [2, 3, 5], restarts: 4, iterations: 150, engine, ...options });

  test("is highest for the number of components that the data have, and suggests it", async () => {
    const found = await run({ seed: 3 });
    expect(found.components).toEqual([2, 3, 5]);
    expect(found.scores[1]).toBeGreaterThan(0.99);
    expect(found.scores[1]).toBeGreaterThan(found.scores[2]);
    expect(found.suggested).toBe(3);
    expect(found.best.map(({ options }) => options.components)).toEqual([2, 3, 5]);
    expect(found.errors[1]).toBe(found.best[1].error);
    expect(found.componentScores.map((scores) => scores.length)).toEqual([2, 3, 5]);
    expect(Math.min(...found.componentScores[1])).toBeGreaterThan(0.98);
    expect(found.options).toMatchObject({ seed: 3, restarts: 4, threshold: 0.9, similarity: "correlation" });
    expect(found.history.map(({ operation }) => operation)).toEqual(["stability"]);
  });

  test("obeys seed, threshold, similarity and restarts, and is repeatable", async () => {
    const base = await run({ components: 5 });
    expect((await run({ components: 5 })).scores).toEqual(base.scores);
    expect((await run({ components: 5, seed: 9 })).scores).not.toEqual(base.scores);
    expect((await run({ components: 5, similarity: "cosine" })).scores).not.toEqual(base.scores);
    expect((await run({ components: 5, restarts: 2 })).deviations).toEqual([0]);
    expect((await run({ components: 5, threshold: base.scores[0] + 1e-6 })).suggested).toBeUndefined();
    expect((await run({ components: 5, threshold: base.scores[0] - 1e-6 })).suggested).toBe(5);
    expect((await run({ components: 5, loss: "kullback-leibler" })).scores).not.toEqual(base.scores);
  });

  test("reports every run; a stop keeps the numbers of components that are done", async () => {
    const control = new AbortController();
    const seen: number[] = [];
    const error = await rejected(() =>
      run({
        signal: control.signal,
        onProgress: (p) => {
          seen.push(p.run);
          if (p.run === 5) control.abort();
        },
      }),
    );
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(error).toMatchObject({ tag: "CancelledError", partial: { kind: "stability", components: [2] } });
  });

  test("refuses one restart, no sizes and a wrong threshold", async () => {
    for (const options of [{ restarts: 1 }, { components: [] }, { threshold: 2 }]) {
      expect(await rejected(() => run(options))).toMatchObject({ tag: "OptionError" });
    }
  });
});
