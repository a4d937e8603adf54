import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { FactorRecords } from "../../src/decompose/factor-records";
import { halsSweep } from "../../src/decompose/hals-sweep";

/** A factor F with zeros, a matrix U beside it, and the other factor's G = B^T B and M^T. */
function problem(rows: number, k: number, r: number, seed = 1) {
  const random = createRandom(seed);
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const f = draw(rows * k).map((value) => Math.max(0, value));
  const u = draw(rows * r);
  const b = draw(2 * k * k);
  const gram = Float64Array.from({ length: k * k }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < 2 * k; i++) sum += b[i * k + Math.floor(at / k)] * b[i * k + (at % k)];
    return sum;
  });
  return { f, u, gram, mixing: Float64Array.from(draw(k * r)) };
}

/** A^T B of matrices [rows, p] and [rows, q]. */
function transposed(a: Float32Array, p: number, b: Float32Array, q: number): Float64Array {
  const result = new Float64Array(p * q);
  for (let i = 0; i < a.length / p; i++) {
    for (let j = 0; j < p; j++) for (let l = 0; l < q; l++) result[j * q + l] += a[i * p + j] * b[i * q + l];
  }
  return result;
}

describe("a sweep over records", () => {
  test.each([
    [1, 2, 3],
    [16, 3, 5],
    [37, 4, 2],
    [9000, 10, 20], // more groups than are swept at once
    [50, 33, 1],
  ])("moves a factor of %i rows, k = %i, r = %i as halsSweep does, and adds up its products", (rows, k, r) => {
    const { f, u, gram, mixing } = problem(rows, k, r);
    const descent = new Float64Array(rows * k);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < k; j++) {
        for (let t = 0; t < r; t++) descent[i * k + j] += u[i * r + t] * mixing[j * r + t];
        for (let l = 0; l < k; l++) descent[i * k + j] -= f[i * k + l] * gram[l * k + j];
      }
    }
    const expected = f.slice();
    const violation = halsSweep(expected, descent, gram, k);
    const records = new FactorRecords(rows, k, r);
    records.write(f, k, 0);
    records.write(u, r, k);
    const swept = records.sweep(gram, mixing);
    const moved = new Float32Array(f.length);
    records.read(moved);
    // Slopes are sums of k + r float32 products here, and float64 there.
    expect(moved).toMatchArray(expected, { relative: 2e-5 });
    expect([swept.violation]).toMatchArray([violation], { relative: 1e-4 });
    expect(swept.gram).toMatchArray(transposed(moved, k, moved, k), { relative: 1e-5 });
    expect(swept.cross).toMatchArray(transposed(moved, k, u, r), { relative: 1e-5 });
  });

  test("leaves the factor where no slope asks it to move, and tells its products", () => {
    const { f, u } = problem(20, 3, 4);
    const records = new FactorRecords(20, 3, 4);
    records.write(f, 3, 0);
    records.write(u, 4, 3);
    expect(records.sums().cross).toMatchArray(transposed(f, 3, u, 4), { relative: 1e-5 });
    const after = new Float32Array(f.length);
    records.read(after);
    expect(after).toEqual(f);
  });

  test("keeps a component of which the other factor has nothing", () => {
    const { f, u, mixing } = problem(20, 2, 3);
    const records = new FactorRecords(20, 2, 3);
    records.write(f, 2, 0);
    records.write(u, 3, 2);
    records.sweep(Float64Array.of(1, 0, 0, 0), mixing);
    const after = new Float32Array(f.length);
    records.read(after);
    for (let i = 0; i < 20; i++) expect(after[2 * i + 1]).toBe(f[2 * i + 1]);
    expect(after).not.toEqual(f);
  });

  test("knows how much a memory can hold", () => {
    expect(FactorRecords.fits(1_000_000, 10, 20)).toBe(true);
    expect(FactorRecords.fits(100_000_000, 10, 20)).toBe(false);
  });
});
