import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";

describe("createRandom", () => {
  test("gives the same numbers for the same seed and others for another", () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed).uniform);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test("is xoshiro128**, the same on every machine", () => {
    // Vigna's generator and splitmix32 in Python, with its whole numbers.
    const bits = (seed: number) => {
      const { uniform } = createRandom(seed);
      return Array.from({ length: 4 }, () => 2 ** 32 * uniform());
    };
    expect(bits(0)).toEqual([1789933344, 44971166, 2521387044, 3848737593]);
    expect(bits(7)).toEqual([210494603, 711084892, 3993689120, 4089369890]);
  });

  test.each([1.5, Number.NaN, 2 ** 60])("refuses the seed %s, which would be another one's", (seed) => {
    expect(() => createRandom(seed)).toThrow(/a whole number/);
  });

  test("has the mean and variance of the distributions it names", () => {
    const random = createRandom(1);
    const n = 200_000;
    const moments = (draw: () => number) => {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i++) {
        const v = draw();
        sum += v;
        squares += v * v;
      }
      return [sum / n, squares / n - (sum / n) ** 2];
    };
    // Standard errors at n = 2e5 are below 0.002 for unit variance: 5 sigma is 0.012.
    expect(moments(random.uniform)).toMatchArray([0.5, 1 / 12], { absolute: 0.004 });
    expect(moments(() => random.normal(2, 3))).toMatchArray([2, 9], { absolute: 0.15 });
    expect(moments(() => random.poisson(4))).toMatchArray([4, 4], { absolute: 0.08 });
    expect(moments(() => random.poisson(100))).toMatchArray([100, 100], { absolute: 2 });
    expect(moments(() => random.poisson(2500) - 2500)).toMatchArray([0, 2500], { absolute: 40 });
    expect(moments(() => random.between(-1, 5))).toMatchArray([2, 3], { absolute: 0.04 });
    expect(moments(() => random.integer(6))).toMatchArray([2.5, 35 / 12], { absolute: 0.04 });
  });

  test("permutes every index once", () => {
    const order = createRandom(3).permutation(1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order]).not.toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  test("forks independent streams that do not depend on how much was drawn", () => {
    const a = createRandom(5);
    const first = a.fork("weights").uniform();
    a.uniform();
    expect(a.fork("weights").uniform()).toBe(first);
    expect(a.fork("shuffle").uniform()).not.toBe(first);
    expect(createRandom(6).fork("weights").uniform()).not.toBe(first);
  });
});
