import type { Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Engine, NativeBackend } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { biasAdd, meanSquaredError, product } from "../../src/engine/ops";
import { createEagerStep, createTracedStep, type Program, type TrainingStep } from "../../src/engine/training";
import { thrown } from "../support/errors";
import { ownTemporaryFolder } from "../support/own-temporary-folder";

const temporary = ownTemporaryFolder();
let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => {
  expect(engine.tf.memory().numTensors).toBe(tensorsBefore);
  expect(temporary()).toEqual([]);
});

/** A straight line through points, and a state that counts the steps. */
const line: Program = ([weight, bias], [count], [x, y]) => {
  const { tf } = engine;
  return {
    loss: meanSquaredError(engine, biasAdd(engine, product(engine, x, weight), bias), y),
    state: [tf.keep(tf.add(count, 1))],
  };
};

const POINTS = [
  [1, 3],
  [2, 5],
  [3, 7.5],
  [-1, -1],
];

function points(n: number): Tensor[] {
  const { tf } = engine;
  const some = POINTS.slice(0, n);
  return [
    tf.tensor2d(
      some.map(([x]) => x),
      [n, 1],
    ),
    tf.tensor2d(
      some.map(([, y]) => y),
      [n, 1],
    ),
  ];
}

function start(traced: boolean, program = line, sizes = [4]): TrainingStep {
  const { tf, native } = engine;
  const initial = { trainable: [tf.tensor2d([[0.5]]), tf.tensor1d([0])], state: [tf.scalar(0)] };
  const samples = sizes.map(points);
  try {
    return traced
      ? createTracedStep({ ...engine, native: native as NativeBackend }, program, initial, samples)
      : createEagerStep(engine, program, initial);
  } finally {
    tf.dispose([...initial.trainable, ...initial.state, ...samples.flat()]);
  }
}

function read(step: TrainingStep): number[] {
  const { trainable, state } = step.read();
  const values = [...trainable, ...state].map((t) => t.dataSync()[0]);
  engine.tf.dispose([...trainable, ...state]);
  return values;
}

/** The same in float64, by the formulas of torch.optim.Adam. */
function reference(steps: number, learningRate: number): number[] {
  const p = [0.5, 0];
  const [m, v] = [
    [0, 0],
    [0, 0],
  ];
  for (let t = 1; t <= steps; t++) {
    const gradient = [0, 0];
    for (const [x, y] of POINTS) {
      const error = p[0] * x + p[1] - y;
      gradient[0] += (2 * error * x) / POINTS.length;
      gradient[1] += (2 * error) / POINTS.length;
    }
    for (const i of [0, 1]) {
      m[i] = 0.9 * m[i] + 0.1 * gradient[i];
      v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2;
      p[i] -= (learningRate * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
    }
  }
  return [...p, steps];
}

describe.each([false, true])("a training step, traced %s", (traced) => {
  test("moves parameters as torch.optim.Adam does, and carries the state on", ({ skip }) => {
    if (traced && engine.native === undefined) skip("no native engine");
    const step = start(traced);
    const inputs = points(4);
    const losses = Array.from({ length: 25 }, () => step.run(inputs, 0.05).loss);
    expect(read(step)).toMatchArray(reference(25, 0.05), { relative: 1e-6 }); // float32 against float64
    expect(losses[0]).toBeCloseTo(
      POINTS.reduce((s, [x, y]) => s + (0.5 * x - y) ** 2 / 4, 0),
      5,
    );
    expect(losses[24]).toBeLessThan(losses[0]);
    step.dispose();
    engine.tf.dispose(inputs);
  });

  test("takes batches of every size it was made for", ({ skip }) => {
    if (traced && engine.native === undefined) skip("no native engine");
    const step = start(traced, line, [4, 2]);
    const [four, two] = [points(4), points(2)];
    step.run(four, 0.05);
    step.run(two, 0.05);
    expect(read(step)[2]).toBe(2);
    step.dispose();
    engine.tf.dispose([...four, ...two]);
  });

  test("goes on from a state as the step it was read from, to the last bit", ({ skip }) => {
    if (traced && engine.native === undefined) skip("no native engine");
    const [one, other] = [start(traced), start(traced)];
    const inputs = points(4);
    for (let i = 0; i < 5; i++) one.run(inputs, 0.05);
    const state = one.readState();
    expect(state.count).toBe(5);
    other.restore(state);
    engine.tf.dispose([...state.trainable, ...state.state, ...state.means, ...state.squares]);
    for (let i = 0; i < 5; i++) expect(other.run(inputs, 0.05)).toEqual(one.run(inputs, 0.05));
    expect(read(other)).toEqual(read(one));
    one.dispose();
    other.dispose();
    engine.tf.dispose(inputs);
  });

  test("shares nothing with another step", ({ skip }) => {
    if (traced && engine.native === undefined) skip("no native engine");
    const [one, other] = [start(traced), start(traced)];
    const inputs = points(4);
    one.run(inputs, 0.05);
    expect(read(other)).toEqual([0.5, 0, 0]);
    const held = one.read(); // a reading keeps its values when the training goes on
    const before = held.trainable[0].dataSync()[0];
    one.run(inputs, 0.05);
    expect(held.trainable[0].dataSync()[0]).toBe(before);
    expect(read(one)[0]).not.toBe(before);
    engine.tf.dispose([...held.trainable, ...held.state, ...inputs]);
    one.dispose();
    other.dispose();
  });
});

describe("a traced step", () => {
  test("refuses a tensor that comes from outside, and leaves the engine as it was", ({ skip }) => {
    if (engine.native === undefined) skip("no native engine");
    const { tf } = engine;
    const outside = tf.tensor1d([1]);
    outside.dataSync();
    tf.dispose(tf.add(outside, 1)); // now it lives on the engine under an id that no recording knows
    const program: Program = (trainable, state, [x, y]) => line(trainable, state, [biasAdd(engine, x, outside), y]);
    expect(thrown(() => start(true, program))).toMatchObject({ tag: "EngineError" });
    const sum = tf.add(outside, 1); // the binding is itself again
    expect(sum.dataSync()[0]).toBe(2);
    tf.dispose([outside, sum]);
  });
});
