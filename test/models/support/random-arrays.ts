import { createRandom } from "../../../src/core";
import type { FloatArray } from "../../../src/data";

/** Standard normal numbers. */
export function normals(seed: number, ...shape: number[]): FloatArray {
  const random = createRandom(seed);
  return { data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()), shape };
}

/** Numbers from 0 to 1. */
export function unit(seed: number, ...shape: number[]): FloatArray {
  const random = createRandom(seed);
  return { data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform()), shape };
}
