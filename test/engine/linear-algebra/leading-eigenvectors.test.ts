import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../../src/core";
import type { Engine, NativeBackend } from "../../../src/engine/engine";
import { orthonormalise } from "../../../src/engine/linear-algebra";
import { leadingEigenvectors, liesBelow } from "../../../src/engine/linear-algebra/leading-eigenvectors";
import { defaultEngine, hasNative } from "../../support/engines";

const SIZE = 440;
const COUNT = 12;
const SPARE = 5;

const random = createRandom(4);
const directions = Float64Array.from({ length: SIZE * SIZE }, () => random.normal());
orthonormalise(directions, SIZE, SIZE); // one per column

/** The matrix with the given eigenvalues along `directions`. */
function withValues(values: ArrayLike<number>): Float64Array {
  const matrix = new Float64Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++) {
    for (let j = i; j < SIZE; j++) {
      let sum = 0;
      for (let l = 0; l < SIZE; l++) sum += values[l] * directions[i * SIZE + l] * directions[j * SIZE + l];
      matrix[i * SIZE + j] = sum;
      matrix[j * SIZE + i] = sum;
    }
  }
  return matrix;
}

/** The engine, with a list of the sizes of the full eigenproblems that it is given. */
function watched(engine: Engine): { engine: Engine; sizes: number[] } {
  const sizes: number[] = [];
  if (engine.native === undefined) return { engine, sizes };
  const native: NativeBackend = Object.create(engine.native);
  native.executeMultipleOutputs = (name, options, inputs, outputs) => {
    if (name === "SelfAdjointEigV2") sizes.push(inputs[0].shape[0]);
    return (engine.native as NativeBackend).executeMultipleOutputs(name, options, inputs, outputs);
  };
  return { engine: { ...engine, native }, sizes };
}

/** v^T A v of unit vectors in rows, their parts outside the leading `inside` directions, and their products. */
function judge(vectors: Float64Array, values: ArrayLike<number>, inside: number) {
  const quotients: number[] = [];
  const outside: number[] = [];
  const gram: number[] = [];
  for (let i = 0; i < COUNT; i++) {
    const v = vectors.subarray(i * SIZE, (i + 1) * SIZE);
    let [quotient, left] = [0, 0];
    for (let l = 0; l < SIZE; l++) {
      const part = v.reduce((sum, value, row) => sum + value * directions[row * SIZE + l], 0);
      quotient += values[l] * part * part;
      if (l >= inside) left += part * part;
    }
    quotients.push(quotient);
    outside.push(Math.sqrt(left));
    for (let j = 0; j < COUNT; j++) gram.push(v.reduce((sum, value, row) => sum + value * vectors[j * SIZE + row], 0));
  }
  return { quotients, outside, gram };
}

const list = (value: (i: number) => number) => Float64Array.from({ length: SIZE }, (_, i) => value(i));
const identity = Float64Array.from({ length: COUNT * COUNT }, (_, i) => (i % (COUNT + 1) === 0 ? 1 : 0));
/** The edge of a band of noise: values that lie as closely as those of a random covariance do. */
const noise = (i: number) => 2 - 1.8 * (i / SIZE) ** (2 / 3);

const CASES = {
  "signals far above noise": list((i) => (i < COUNT ? 1e4 / 2 ** i : noise(i))),
  "signals that drown in noise": list((i) => (i < 5 ? 1e3 / 3 ** i : noise(i))),
  "noise alone": list(noise),
  "a tiny scale": list((i) => 1e-24 * (i < COUNT ? 1e4 / 2 ** i : noise(i))),
  "fewer directions than asked for": list((i) => (i < 4 ? 8 / 2 ** i : 0)),
  "equal values, more than a block has vectors, near others": list((i) => (i < 30 ? 1 : 0.95 - (0.9 * i) / SIZE)),
  "equal values below others": list((i) => (i < 4 ? 9 - i : i < 60 ? 1 : 0.01)),
  "equal values throughout": list(() => 3),
  "nothing at all": list(() => 0),
} as const;

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});

describe.runIf(hasNative)("leadingEigenvectors", () => {
  test.each(Object.entries(CASES))("finds those of %s", (_, values) => {
    const before = engine.tf.memory().numTensors;
    const found = leadingEigenvectors(engine, withValues(values), SIZE, { count: COUNT, spare: SPARE });
    expect(found).toHaveLength((COUNT + SPARE) * SIZE);
    expect(engine.tf.memory().numTensors).toBe(before);
    const { quotients, gram } = judge(found, values, COUNT + SPARE);
    expect(gram).toMatchArray(identity, { absolute: 1e-13 });
    // Vectors that are off by a remainder of 1e-7 move a value by the square of that over the gap, float32 by 1e-6.
    expect(quotients).toMatchArray(values.slice(0, COUNT), { relative: 2e-6, absolute: 1e-36 });
  });

  test.each(["signals far above noise", "a tiny scale"] as const)(
    "stays inside the space of the leading ones: %s",
    (name) => {
      const { engine: spied, sizes } = watched(engine);
      const found = leadingEigenvectors(spied, withValues(CASES[name]), SIZE, { count: COUNT, spare: SPARE });
      const { outside } = judge(found, CASES[name], COUNT + SPARE);
      // What is left of a vector outside is its remainder over the distance to the values there.
      const bounds = outside.map(
        (_, i) => (1e-7 * CASES[name][0] + 5e-6 * CASES[name][i]) / (CASES[name][i] - CASES[name][COUNT + SPARE]),
      );
      for (const [i, part] of outside.entries()) expect(part).toBeLessThan(2 * bounds[i]);
      expect(sizes.length).toBeGreaterThan(0);
      expect(Math.max(...sizes)).toBeLessThan(SIZE / 2); // never the full problem
    },
  );

  test("solves the full problem where vectors do not settle, and where many are wanted", () => {
    for (const [values, count] of [
      [CASES["noise alone"], COUNT],
      [CASES["signals far above noise"], 60],
    ] as const) {
      const { engine: spied, sizes } = watched(engine);
      leadingEigenvectors(spied, withValues(values), SIZE, { count });
      expect(sizes.at(-1)).toBe(SIZE);
    }
  });

  test("proves whether a vector was missed", () => {
    const { tf, native } = engine;
    const below = (values: Float64Array, bound: number) => {
      let answer: boolean | undefined;
      tf.tidy(() => {
        const matrix = tf.tensor2d(new Float32Array(withValues(values)), [SIZE, SIZE]);
        answer = liesBelow(engine, native as NativeBackend, matrix, bound);
      });
      return answer;
    };
    const rest = list((i) => (i === 7 ? 2 : i / SIZE));
    expect([below(rest, 2.001), below(rest, 1.999)]).toEqual([true, false]);
    expect([below(CASES["nothing at all"], 1e-6), below(CASES["nothing at all"], 0)]).toEqual([true, false]);
  });

  test("gives the same twice", () => {
    const run = () => leadingEigenvectors(engine, withValues(CASES["noise alone"]), SIZE, { count: 3 });
    expect(run()).toEqual(run());
  });
});
