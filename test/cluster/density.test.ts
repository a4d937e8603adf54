import { describe, expect, test } from "vitest";
import { normalQuantile } from "../../src/analyse/normal-quantile";
import { type DensityOptions, density } from "../../src/cluster";
import { densityLevels } from "../../src/cluster/density-levels";
import scipy from "../analyse/fixtures/scipy-density.json";
import { thrown } from "../support/errors";

const pairs = {
  data: Float32Array.from(scipy.x.flatMap((x, i) => [x, scipy.y[i]])),
  shape: [scipy.x.length, 2],
};
const line = { range: { x: [-2, 3] }, points: 11 } as const;
const plane = { range: { x: [-2, 3], y: [-6, 6] }, points: [11, 7] } as const;
const rules = ["scott", "silverman", "given"] as const;
const ruled = (rule: (typeof rules)[number]): DensityOptions => ({ bandwidth: rule === "given" ? 0.35 : rule });

describe("density", () => {
  test.each(rules)("of a line is SciPy's gaussian_kde: %s", (rule) => {
    const found = density(scipy.x, { ...line, ...ruled(rule) });
    expect([...found.x]).toMatchArray(scipy.grid_x, { absolute: 1e-12 });
    expect(found.bandwidth).toBeCloseTo(scipy.line[rule].factor, 14);
    expect(found.rule).toBe(rule);
    expect(found.values).toMatchArray(scipy.line[rule].values, { relative: 1e-13 }); // float64, sums of 60 terms
  });

  test.each(rules)("of a plane is SciPy's gaussian_kde: %s", (rule) => {
    const found = density(pairs, { ...plane, ...ruled(rule) });
    expect([...(found.y ?? [])]).toMatchArray(scipy.grid_y, { absolute: 1e-12 });
    expect(found.bandwidth).toBeCloseTo(scipy.plane[rule].factor, 14);
    expect(found.values).toMatchArray(scipy.plane[rule].values, { relative: 1e-6 }); // the samples are float32 here
  });

  test("integrates to 1 over its own range", () => {
    const one = density(scipy.x);
    const width = one.x[1] - one.x[0];
    // Three kernel widths beyond the outermost sample cut off at most 0.14 % of the kernels that stand there.
    expect(one.values.reduce((a, b) => a + b, 0) * width).toBeCloseTo(1, 3);
    const two = density(pairs);
    const cell = (two.x[1] - two.x[0]) * ((two.y?.[1] ?? 0) - (two.y?.[0] ?? 0));
    expect(two.values.reduce((a, b) => a + b, 0) * cell).toBeCloseTo(1, 3);
    expect([one.x.length, two.x.length, two.y?.length]).toEqual([256, 96, 96]);
  });

  test("does not care about order, and moves and stretches with the values", () => {
    const found = density(scipy.x, line);
    expect(density([...scipy.x].reverse(), line).values).toMatchArray(found.values, { relative: 1e-13 });
    const moved = density(
      scipy.x.map((v) => 4 * v - 1),
      { points: 11, range: { x: [-9, 11] } },
    );
    expect(moved.values.map((v) => 4 * v)).toMatchArray(found.values, { relative: 1e-12 });
  });

  test("takes latents by number, in the order asked for", () => {
    const latent = {
      kind: "latent" as const,
      values: pairs,
      positions: new Int32Array(120),
      scan: [1, 60] as const,
      axes: {} as never,
    };
    expect(density(latent, plane).values).toEqual(density(pairs, plane).values);
    expect(density(latent, { latents: [1] }).values).toEqual(density(pairs.data.filter((_, i) => i % 2 === 1)).values);
    const swapped = density(latent, { latents: [1, 0], points: [7, 11], range: { x: [-6, 6], y: [-2, 3] } });
    expect(swapped.names).toEqual(["z2", "z1"]);
    const turned = swapped.values.map((_, i) => swapped.values[(i % 11) * 7 + Math.floor(i / 11)]);
    expect(turned).toMatchArray(density(pairs, plane).values, { relative: 1e-11 });
  });

  test("leaves out what is not finite and says so", () => {
    const found = density([...scipy.x, Number.NaN, Number.POSITIVE_INFINITY], line);
    expect([found.count, found.left]).toEqual([60, 2]);
    expect(found.values).toEqual(density(scipy.x, line).values);
  });

  test.each([
    ["a single value", () => density([1, Number.NaN]), "DataError", /1 finite values of 2/],
    ["values that do not vary", () => density([2, 2, 2]), "DataError", /do not vary/],
    [
      "two values that move as one",
      () => density({ data: Float32Array.from([1, 2, 2, 4, 3, 6]), shape: [3, 2] }),
      "DataError",
      /move as one/,
    ],
    [
      "a second value that does not vary",
      () => density({ data: Float32Array.from([1, 2, 2, 2]), shape: [2, 2] }),
      "DataError",
      /the second .* does not vary/,
    ],
    ["three columns", () => density({ data: new Float32Array(6), shape: [2, 3] }), "ShapeError", /\[2, 3\]/],
    ["a bandwidth of 0", () => density(scipy.x, { bandwidth: 0 }), "OptionError", /bandwidth: 0/],
    ["one point", () => density(scipy.x, { points: 1 }), "OptionError", /points: 1/],
    ["a range that falls", () => density(scipy.x, { range: { x: [1, 0] } }), "OptionError", /\[1, 0\]/],
    ["latents of an array", () => density(scipy.x, { latents: [0] }), "OptionError", /beside an array/],
  ] as const)("refuses %s", (_, work, tag, message) => {
    const error = thrown(work);
    expect(error).toMatchObject({ tag });
    expect(String(error)).toMatch(message);
  });
});

describe("densityLevels", () => {
  test("enclose the share asked for", () => {
    const found = density(pairs);
    const total = found.values.reduce((a, b) => a + b, 0);
    const levels = densityLevels(found, [0.2, 0.5, 0.9]);
    const above = levels.map((level) => found.values.filter((v) => v >= level).reduce((a, b) => a + b, 0) / total);
    expect(above).toMatchArray([0.2, 0.5, 0.9], { absolute: 0.005 }); // one cell of 96 x 96 holds up to half a percent
    expect(levels[0]).toBeGreaterThan(levels[1]);
  });
});

describe("normalQuantile", () => {
  test("is SciPy's norm.ppf, in the middle and far out", () => {
    for (const [i, p] of scipy.probabilities.entries()) {
      expect([normalQuantile(p)]).toMatchArray([scipy.quantiles[i]], { relative: 4e-16, absolute: 1e-16 }); // AS 241
    }
  });

  test("refuses 0 and 1", () => {
    for (const p of [0, 1, Number.NaN]) expect(thrown(() => normalQuantile(p))).toMatchObject({ tag: "OptionError" });
  });
});
