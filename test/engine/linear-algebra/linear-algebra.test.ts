import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../../src/core";
import type { Engine } from "../../../src/engine/engine";
import {
  checkEigenSize,
  orthonormalise,
  plainEigen,
  rowBlocks,
  symmetricEigen,
  transpose,
  truncatedSvd,
} from "../../../src/engine/linear-algebra";
import { defaultEngine, hasNative, wasmEngine } from "../../support/engines";
import { thrown } from "../../support/errors";

const random = createRandom(1);
const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());

/** a [n, m] b [m, w] in float64. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, n: number, m: number, w: number): Float64Array {
  const result = new Float64Array(n * w);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < w; j++) for (let l = 0; l < m; l++) result[i * w + j] += a[i * m + l] * b[l * w + j];
  }
  return result;
}

let native: Engine;
let wasm: Engine;
beforeAll(async () => {
  wasm = await wasmEngine();
  native = await defaultEngine();
});

describe.each([
  ["wasm", () => wasm],
  ["native", () => native],
] as const)("row blocks on the %s engine", (name, engineOf) => {
  const on = name === "native" ? test.runIf(hasNative) : test;
  const [rows, columns, width] = [37, 11, 3];
  const data = normals(rows * columns);

  // Blocks of 4 rows, so that the last has 1.
  on("multiply, multiply transposed and square, in blocks", async () => {
    const engine = engineOf();
    await engine.tf.setBackend(name === "wasm" ? "wasm" : "tensorflow");
    const before = engine.tf.memory().numTensors;
    const x = rowBlocks(engine, data, rows, columns, { blockBytes: 4 * 4 * columns });
    expect(x.blocks.map((block) => block.rows)).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4, 1]);
    const b = normals(columns * width);
    const a = normals(rows * width);
    const turned = transpose(data, rows, columns);
    // Sums of at most 37 float32 products: a few 1e-7 of the largest.
    expect(x.times(b, width)).toMatchArray(product(data, b, rows, columns, width), { relative: 2e-6 });
    expect(x.transposedTimes(a, width)).toMatchArray(product(turned, a, columns, rows, width), { relative: 2e-6 });
    expect(x.gram()).toMatchArray(product(turned, data, columns, rows, columns), { relative: 2e-6 });
    x.dispose();
    expect(engine.tf.memory().numTensors).toBe(before);
    await defaultEngine();
  });

  on("keep their numbers when the array that they were made of changes", async () => {
    const engine = engineOf();
    await engine.tf.setBackend(name === "wasm" ? "wasm" : "tensorflow");
    const changed = data.slice();
    const x = rowBlocks(engine, changed, rows, columns);
    changed.fill(7);
    expect(x.gram()).toMatchArray(product(transpose(data, rows, columns), data, columns, rows, columns), {
      relative: 2e-6,
    });
    x.dispose();
    await defaultEngine();
  });

  // 600 columns make three panels.
  on("square wide matrices by panels", async () => {
    const engine = engineOf();
    await engine.tf.setBackend(name === "wasm" ? "wasm" : "tensorflow");
    const wide = normals(3 * 600);
    const x = rowBlocks(engine, wide, 3, 600);
    expect(x.gram()).toMatchArray(product(transpose(wide, 3, 600), wide, 600, 3, 600), { relative: 2e-6 });
    x.dispose();
    await defaultEngine();
  });
});

describe("symmetricEigen", () => {
  const n = 120;
  const half = normals(n * n);
  const matrix = Float64Array.from(half, (v, i) => v + half[(i % n) * n + Math.floor(i / n)]);

  test("solves the 2 x 2 example", () => {
    const { values, vectors } = plainEigen([2, 1, 1, 2], 2);
    expect(values).toMatchArray([3, 1], { absolute: 1e-12 });
    expect(vectors.map(Math.abs)).toMatchArray(new Array(4).fill(Math.SQRT1_2), { absolute: 1e-12 });
  });

  test("gives falling values and vectors with A v = value v", async () => {
    const engine = await defaultEngine();
    const { values, vectors } = symmetricEigen(engine, matrix, n);
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    const images = product(vectors, matrix, n, n, n);
    const scaled = vectors.map((v, i) => v * values[Math.floor(i / n)]);
    expect(images).toMatchArray(scaled, { relative: 1e-5 }); // float32 on the native engine, values up to 44
    const sum = values.reduce((a, b) => a + b, 0);
    const traceOf = Array.from({ length: n }, (_, i) => matrix[i * n + i]).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(traceOf, 3);
  });

  test.runIf(hasNative)("agrees between TensorFlow's operation and plain JavaScript", async () => {
    const { values } = symmetricEigen(await defaultEngine(), matrix, n);
    expect(values).toMatchArray(plainEigen(matrix, n).values, { relative: 2e-5 }); // float32 rotations, about n of them
  });

  test("refuses what wasm cannot solve in reasonable time, with the remedy given", () => {
    expect(() => checkEigenSize(wasm, 500)).not.toThrow();
    const error = thrown(() => checkEigenSize(wasm, 501, "do that"));
    expect(error).toMatchObject({ tag: "EngineError" });
    expect(String(error)).toMatch(/501 x 501[\s\S]*specbook setup[\s\S]*do that/);
  });
});

describe("orthonormalise", () => {
  test("makes columns orthonormal and keeps the space of the first", () => {
    const matrix = Float64Array.from([3, 1, 4, 1]);
    orthonormalise(matrix, 2, 2);
    expect(matrix).toMatchArray([0.6, 0.8, 0.8, -0.6], { absolute: 1e-15 });
  });

  test("replaces columns that depend on others", () => {
    const matrix = Float64Array.from([1, 2, 0, 1, 2, 0, 0, 0, 0]); // columns (1,1,0), (2,2,0), 0
    orthonormalise(matrix, 3, 3);
    const turned = transpose(matrix, 3, 3);
    expect(product(turned, matrix, 3, 3, 3)).toMatchArray([1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-14 });
  });
});

describe("truncatedSvd", () => {
  test("gives the singular triplets of a matrix made from them", async () => {
    const engine = await defaultEngine();
    const [rows, columns] = [60, 25];
    const u = Float64Array.from(normals(rows * 3));
    const v = Float64Array.from(normals(columns * 3));
    orthonormalise(u, rows, 3);
    orthonormalise(v, columns, 3);
    const known = [7, 2, 0.5];
    const data = product(
      u.map((value, i) => value * known[i % 3]),
      transpose(v, columns, 3),
      rows,
      3,
      columns,
    );
    const x = rowBlocks(engine, Float32Array.from(data), rows, columns);
    const { left, values, right } = await truncatedSvd(x, 3, { seed: 5 });
    x.dispose();
    expect(values).toMatchArray(known, { relative: 1e-6 });
    for (let j = 0; j < 3; j++) {
      const dot = (a: Float64Array, b: Float64Array, n: number) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += a[j * n + i] * b[i * 3 + j];
        return sum;
      };
      const [onLeft, onRight] = [dot(left, u, rows), dot(right, v, columns)];
      expect(onLeft * onRight).toBeCloseTo(1, 5); // same sign on both sides, whichever it is
      expect(Math.abs(onRight)).toBeCloseTo(1, 5);
    }
  });
});
