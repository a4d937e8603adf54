import { expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { simulationPace } from "../../src/simulate/pace";
import { symmetricEigen } from "../../src/simulate/symmetric-eigen";

function randomSymmetric(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      a[i * n + j] = random.normal();
      a[j * n + i] = a[i * n + j];
    }
  }
  return a;
}

test("a 2 x 2 matrix has its exact eigenvalues", async () => {
  const { values } = await symmetricEigen(Float64Array.of(2, 1, 1, 2), 2, simulationPace());
  expect([...values].sort()).toMatchArray([1, 3], { absolute: 1e-14 });
});

test("one number is its own eigenvalue", async () => {
  const { values, vectors } = await symmetricEigen(Float64Array.of(7), 1, simulationPace());
  expect([values[0], vectors[0]]).toEqual([7, 1]);
});

test("the second difference matrix has its cosine eigenvalues", async () => {
  const n = 30;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    a[i * n + i] = 2;
    if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
  }
  const { values } = await symmetricEigen(a, n, simulationPace());
  const exact = Array.from({ length: n }, (_, i) => 2 - 2 * Math.cos(((i + 1) * Math.PI) / (n + 1)));
  expect(values.sort()).toMatchArray(exact, { absolute: 1e-13 });
});

test("A v = lambda v, orthonormal vectors, and the trace is kept", async () => {
  const n = 57;
  const a = randomSymmetric(n, 1);
  const { values, vectors } = await symmetricEigen(a.slice(), n, simulationPace());
  const trace = values.reduce((s, v) => s + v, 0);
  expect(trace).toBeCloseTo(
    Array.from({ length: n }, (_, i) => a[i * n + i]).reduce((s, v) => s + v),
    10,
  );
  for (let i = 0; i < n; i++) {
    const v = vectors.subarray(i * n, (i + 1) * n);
    const product = v.map((_, r) => v.reduce((s, x, c) => s + a[r * n + c] * x, 0));
    expect(product).toMatchArray(
      v.map((x) => values[i] * x),
      { absolute: 1e-12 }, // n times the rounding of doubles of size 10
    );
    const overlaps = Array.from({ length: n }, (_, j) => v.reduce((s, x, c) => s + x * vectors[j * n + c], 0));
    expect(overlaps).toMatchArray(
      overlaps.map((_, j) => (i === j ? 1 : 0)),
      { absolute: 1e-13 },
    );
  }
});

test("repeated eigenvalues and zero columns are no trouble", async () => {
  const { values } = await symmetricEigen(Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 0), 3, simulationPace());
  expect([...values].sort()).toEqual([0, 3, 3]);
});
