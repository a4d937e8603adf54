import { expect, test } from "vitest";
import { extremes } from "../../src/extension/views/draw/extremes";

test("the peak among the values of a pixel is found, also behind values that are missing", () => {
  const values = Float32Array.of(Number.POSITIVE_INFINITY, Number.NaN, 1, Number.NaN, 90, -3, Number.NaN, 5);
  expect(extremes(values, 0, 7)).toEqual([5, 4]);
  expect(extremes(values, 1, 7)).toEqual([5, 4]);
  expect(extremes(values, 2, 4)).toEqual([2, 2]);
});

test("where no value is finite there is no other place than the first", () => {
  expect(extremes(new Float32Array(4).fill(Number.NaN), 1, 4)).toEqual([1, 1]);
});
