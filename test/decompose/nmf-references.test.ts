import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createPace } from "../../src/core/pace";
import { nmf } from "../../src/decompose";
import { alternate, type NmfOutcome } from "../../src/decompose/alternate";
import { NO_PENALTY, resolvePenalties } from "../../src/decompose/penalties";
import type { Engine } from "../../src/engine/engine";
import { rowBlocks, transpose } from "../../src/engine/linear-algebra";
import { defaultEngine } from "../support/engines";

interface Fit {
  readonly w: readonly number[];
  readonly h: readonly number[];
  readonly error: number;
  readonly iterations: number;
}

interface References {
  readonly shape: readonly [number, number];
  readonly components: number;
  readonly counts: readonly number[];
  readonly w0: readonly number[];
  readonly h0: readonly number[];
  readonly divergence: Readonly<Record<string, Fit>>;
  readonly divergenceStop: Fit;
  readonly sparseDivergence: Readonly<Record<string, Fit>>;
  readonly sparse: Readonly<Record<string, Fit>>;
  readonly mixed: Readonly<Record<string, Fit>>;
}

/** Written by fixtures/make-nmf-fixtures.py with scikit-learn 1.9.1. */
const references: References = JSON.parse(readFileSync(join(__dirname, "fixtures/nmf-references.json"), "utf8"));
const [pixels, channels] = references.shape;
const k = references.components;
const counts = Float32Array.from(references.counts);
const countMean = counts.reduce((a, b) => a + b, 0) / counts.length;

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});

interface Case {
  readonly data: Float32Array;
  readonly loss: "frobenius" | "kullback-leibler";
  readonly iterations: number;
  readonly tolerance?: number;
  readonly sparsity?: { readonly maps: number; readonly endmembers: number };
  readonly ridge?: { readonly maps: number; readonly endmembers: number };
  readonly smoothness?: { readonly maps: number; readonly endmembers: number };
  /** Data and factors in other units: `data` times this. */
  readonly units?: number;
}

async function descend(given: Case): Promise<{ w: Float32Array; h: Float64Array; outcome: NmfOutcome }> {
  const { loss, iterations, tolerance = 0, units = 1 } = given;
  const data = given.data.map((v) => v * units);
  const factors = {
    w: Float32Array.from(references.w0, (v) => v * Math.sqrt(units)),
    h: Float32Array.from(transpose(references.h0, k, channels), (v) => v * Math.sqrt(units)),
    k,
  };
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  const squaredNorm = data.reduce((a, b) => a + b * b, 0);
  const penalties = resolvePenalties(given, {
    mean,
    loss,
    pixels: { rows: pixels, columns: 1, index: Array.from({ length: pixels }, (_, i) => i) },
    channels: Array.from({ length: channels }, (_, i) => i),
  }) ?? { w: NO_PENALTY, h: NO_PENALTY };
  const x = rowBlocks(engine, data, pixels, channels);
  const pace = createPace("the test");
  const outcome = await alternate({ x, isMasked: false, loss, penalties, mean, squaredNorm }, factors, {
    iterations,
    tolerance,
    pace,
  });
  x.dispose();
  return {
    w: factors.w.map((v) => v / Math.sqrt(units)),
    h: transpose(factors.h, channels, k).map((v) => v / Math.sqrt(units)),
    outcome,
  };
}

describe("multiplicative updates with Kullback-Leibler beside scikit-learn's", () => {
  // Float32 products and storage against float64; the updates contract, so that rounding does not add up.
  test.each([1, 5, 200])("are the same after %i iterations", async (iterations) => {
    const peer = references.divergence[iterations];
    const { w, h, outcome } = await descend({ data: counts, loss: "kullback-leibler", iterations });
    expect(w).toMatchArray(peer.w, { relative: 1e-4 });
    expect(h).toMatchArray(peer.h, { relative: 1e-4 });
    const { objective } = outcome.checks[outcome.checks.length - 1];
    expect(Math.sqrt(2 * objective) / peer.error).toBeCloseTo(1, 5); // its error is the root of twice the divergence
  });

  test.each([1, 5, 200])("are the same with L1 penalties after %i iterations, in any units", async (iterations) => {
    const peer = references.sparseDivergence[iterations];
    const data = counts.map((v) => v / countMean);
    const sparsity = { maps: 0.02, endmembers: 0.03 };
    for (const units of [1, 1000]) {
      const { w, h } = await descend({ data, loss: "kullback-leibler", iterations, sparsity, units });
      expect(w).toMatchArray(peer.w, { relative: 1e-4 });
      expect(h).toMatchArray(peer.h, { relative: 1e-4 });
    }
  });

  test("stop at the same iteration by the same rule", async () => {
    const run = { data: counts, loss: "kullback-leibler", iterations: 500, tolerance: 1e-4 } as const;
    const { outcome } = await descend(run);
    expect(outcome).toMatchObject({ state: "converged", iterations: references.divergenceStop.iterations });
  });

  test("are what nmf does from the same start", async () => {
    const start = {
      maps: { data: Float32Array.from(transpose(references.w0, pixels, k)), shape: [k, pixels, 1] },
      endmembers: { data: Float32Array.from(references.h0), shape: [k, channels] },
    };
    const spectra = { data: counts, shape: [pixels, channels] };
    const options = {
      components: k,
      loss: "kullback-leibler",
      iterations: 5,
      tolerance: 0,
      init: start,
      engine,
    } as const;
    const result = await nmf(spectra, options);
    const peer = references.divergence[5];
    const perValue = peer.error ** 2 / 2 / counts.length;
    expect(result.objective.name).toBe("Kullback-Leibler divergence");
    expect(result.objective.iterations).toEqual([5]);
    expect(result.objective.values[0] / perValue).toBeCloseTo(1, 5);
  });
});

describe("coordinate descent with penalties beside scikit-learn's", () => {
  test.each([1, 5, 200])("is the same with L1 after %i iterations, in any units", async (iterations) => {
    const data = counts.map((v) => v / countMean);
    const sparsity = { maps: 0.02, endmembers: 0.03 };
    for (const units of [1, 1000]) {
      const { w, h } = await descend({ data, loss: "frobenius", iterations, sparsity, units });
      expect(w).toMatchArray(references.sparse[iterations].w, { relative: 1e-4 });
      expect(h).toMatchArray(references.sparse[iterations].h, { relative: 1e-4 });
    }
  });

  test.each([1, 5, 200])("is the same with L1 and L2 after %i iterations, in any units", async (iterations) => {
    const data = counts.map((v) => v / countMean);
    const share = (l1: number) => ({ maps: 0.02 * l1, endmembers: 0.03 * l1 });
    for (const units of [1, 1000]) {
      const weights = { sparsity: share(0.4), ridge: share(0.6) };
      const { w, h } = await descend({ data, loss: "frobenius", iterations, ...weights, units });
      expect(w).toMatchArray(references.mixed[iterations].w, { relative: 1e-4 });
      expect(h).toMatchArray(references.mixed[iterations].h, { relative: 1e-4 });
    }
  });
});

describe("the objective under penalties", () => {
  /** Mean over the rows of a factor [rows, k] of `of`, summed over its components. */
  const meanOf = (factor: ArrayLike<number>, of: (at: number) => number) =>
    Array.from(factor).reduce((sum, _, at) => sum + of(at), 0) / (factor.length / k);
  /** Sum of the squared second differences of consecutive rows, as a mean over all rows. */
  const bends = (factor: ArrayLike<number>) =>
    meanOf(factor, (at) =>
      at + 2 * k < factor.length ? (factor[at] - 2 * factor[at + k] + factor[at + 2 * k]) ** 2 : 0,
    );

  test.each(["frobenius", "kullback-leibler"] as const)(
    "is what the options say, for data and factors of mean 1, in any units: %s",
    async (loss) => {
      const data = counts.map((v) => v / countMean);
      const sparsity = { maps: 0.02, endmembers: 0.03 };
      const ridge = { maps: 0.05, endmembers: 0.07 };
      const smoothness = { maps: 0.4, endmembers: 0.6 };
      for (const units of [1, 1000]) {
        const run = await descend({ data, loss, iterations: 5, sparsity, ridge, smoothness, units });
        const h = transpose(run.h, k, channels); // [channels, k]
        let distance = 0;
        for (const [i, x] of data.entries()) {
          let m = 0;
          for (let j = 0; j < k; j++) m += run.w[Math.floor(i / channels) * k + j] * h[(i % channels) * k + j];
          distance += loss === "frobenius" ? (x - m) ** 2 / 2 : (x > 0 ? x * Math.log(x / m) : 0) - x + m;
        }
        let expected = distance / data.length;
        for (const [side, factor] of [
          ["maps", run.w],
          ["endmembers", h],
        ] as const) {
          expected += sparsity[side] * meanOf(factor, (at) => Math.abs(factor[at]));
          expected += (ridge[side] / 2) * meanOf(factor, (at) => factor[at] ** 2);
          expected += (smoothness[side] / 2) * bends(factor);
        }
        const stated = run.outcome.checks.at(-1)?.objective as number;
        const perValue = stated / data.length / units ** (loss === "frobenius" ? 2 : 1);
        expect(perValue / expected).toBeCloseTo(1, 5); // float32 factors
        expect(expected).toBeGreaterThan((1.05 * distance) / data.length); // the penalties count
      }
    },
  );
});
