import { describe, expect, test } from "vitest";
import { halsSweep } from "../../src/decompose/hals-sweep";

describe("halsSweep", () => {
  test("puts a single component at its least-squares value, or at 0 where that is negative", () => {
    const factor = Float32Array.from([0, 5, 1]);
    // G = 4; X B = 8, 2, -4: least squares at 2, 0.5, -1. The descent is X B - factor G.
    const violation = halsSweep(factor, Float64Array.from([8, -18, -8]), Float64Array.of(4), 1);
    expect([...factor]).toEqual([2, 0.5, 0]);
    expect(violation).toBe(8 + 18 + 8);
  });

  test("lets the second component see the move of the first", () => {
    const factor = Float32Array.from([0, 0]);
    // G = [[2, 1], [1, 2]], X B = [4, 5]: first to 4 / 2 = 2, then the second to (5 - 2) / 2.
    const violation = halsSweep(factor, Float64Array.from([4, 5]), Float64Array.from([2, 1, 1, 2]), 2);
    expect([...factor]).toEqual([2, 1.5]);
    expect(violation).toBe(4 + 3);
  });

  test("leaves a stationary point alone, and counts no violation where 0 holds a value back", () => {
    const factor = Float32Array.from([0, 1]);
    expect(halsSweep(factor, Float64Array.from([-3, 0]), Float64Array.from([2, 1, 1, 2]), 2)).toBe(0);
    expect([...factor]).toEqual([0, 1]);
  });

  test("keeps a component without weight", () => {
    const factor = Float32Array.from([0.5]);
    halsSweep(factor, Float64Array.of(0), Float64Array.of(0), 1);
    expect(factor[0]).toBe(0.5);
  });
});
