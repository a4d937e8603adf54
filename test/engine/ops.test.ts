import type { Tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import {
  abs,
  add,
  addMany,
  affine,
  averagePool,
  batchNormInference,
  batchNormTraining,
  biasAdd,
  binaryCrossEntropy,
  columns,
  convolution,
  cos,
  diceLoss,
  exp,
  gatherRows,
  gaussianKl,
  gaussianSample,
  halfSquaredError,
  latentKl,
  leakyRelu,
  log,
  maxPool,
  meanSquaredError,
  multiply,
  product,
  reshape,
  sideBySide,
  sigmoid,
  sin,
  softmax,
  softmaxCrossEntropy,
  softplus,
  square,
  subtract,
  sum,
  tanh,
  transpose,
  upsampleTwice,
} from "../../src/engine/ops";

let engine: Engine;
let composed: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  composed = { ...engine, native: undefined }; // the same backend, by compositions
  tensorsBefore = engine.tf.memory().numTensors;
});
afterAll(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore));

function values(shape: readonly number[], seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}

interface Case {
  readonly name: string;
  readonly shapes: number[][];
  readonly run: (e: Engine, inputs: Tensor[]) => Tensor;
}

function normalise(e: Engine, [x, weight, bias]: Tensor[]): Tensor {
  const { tf } = e;
  const [runningMean, runningVariance] = [tf.zeros(weight.shape), tf.ones(weight.shape)];
  const out = batchNormTraining(e, x, { weight, bias, runningMean, runningVariance });
  tf.dispose([out.runningMean, out.runningVariance, runningMean, runningVariance]);
  return out.value;
}

const CASES: Case[] = [
  ...[1, 2, 3].map((d) => ({
    name: `2-D convolution, dilation ${d}`,
    shapes: [
      [2, 7, 6, 3],
      [3, 3, 3, 4],
    ],
    run: (e: Engine, [x, k]: Tensor[]) => convolution(e, x, k, [d, d]),
  })),
  ...[1, 2, 4].map((d) => ({
    name: `1-D convolution, dilation ${d}`,
    shapes: [
      [2, 1, 11, 3],
      [1, 3, 3, 4],
    ],
    run: (e: Engine, [x, k]: Tensor[]) => convolution(e, x, k, [1, d]),
  })),
  {
    name: "batch norm, training",
    shapes: [[3, 2, 4, 5], [5], [5]],
    run: normalise,
  },
  {
    name: "batch norm, eval mode",
    shapes: [[3, 2, 4, 5]],
    run: (e, [x]) => {
      const fixed = [2, 0.5, 0.3, 1.7].map((start) =>
        e.tf.tensor1d(Float32Array.from({ length: 5 }, (_, i) => start + 0.1 * i)),
      );
      const [weight, bias, runningMean, runningVariance] = fixed;
      const value = batchNormInference(e, x, { weight, bias, runningMean, runningVariance });
      e.tf.dispose(fixed);
      return value;
    },
  },
  { name: "leaky ReLU", shapes: [[3, 2, 4, 5]], run: (e, [x]) => leakyRelu(e, x, 0.1) },
  ...[
    { name: "exponential", run: exp },
    { name: "hyperbolic tangent", run: tanh },
    { name: "sigmoid", run: sigmoid },
    { name: "softplus", run: softplus },
    { name: "square", run: square },
    { name: "absolute value", run: abs },
    { name: "cosine", run: cos },
    { name: "sine", run: sin },
  ].map(({ name, run }) => ({ name, shapes: [[4, 5]], run: (e: Engine, [x]: Tensor[]) => run(e, x) })),
  { name: "logarithm", shapes: [[4, 5]], run: (e, [x]) => log(e, softplus(e, x)) },
  ...[
    { name: "sum", run: add },
    { name: "difference", run: subtract },
    { name: "element-wise product", run: multiply },
  ].flatMap(({ name, run }) =>
    [
      [
        [4, 5],
        [4, 5],
      ],
      [
        [4, 3, 5],
        [3, 1],
      ],
      [
        [1, 5],
        [4, 1],
      ],
    ].map((shapes) => ({
      name: `${name} of shapes ${shapes.join(" and ")}`,
      shapes,
      run: (e: Engine, [a, b]: Tensor[]) => run(e, a, b),
    })),
  ),
  { name: "affine map", shapes: [[4, 5]], run: (e, [x]) => affine(e, x, -1.5, 0.3) },
  {
    name: "KL divergence by latent",
    shapes: [
      [4, 3],
      [4, 3],
    ],
    run: (e, [mean, logDeviation]) =>
      latentKl(e, mean, logDeviation, [
        { deviation: 0.4, centred: false },
        { deviation: 0.7, centred: true },
        { deviation: 1, centred: true },
      ]),
  },
  { name: "softmax", shapes: [[4, 5]], run: (e, [x]) => softmax(e, x) },
  { name: "transposition", shapes: [[4, 3, 2]], run: (e, [x]) => transpose(e, x, [2, 0, 1]) },
  { name: "columns", shapes: [[4, 7]], run: (e, [x]) => columns(e, x, 2, 3) },
  {
    name: "side by side",
    shapes: [
      [4, 2],
      [4, 1],
      [4, 3],
    ],
    run: (e, parts) => sideBySide(e, parts),
  },
  ...[[0], [1, 2], [0, 1, 2]].map((axes) => ({
    name: `sum over axes ${axes}`,
    shapes: [[3, 4, 2]],
    run: (e: Engine, [x]: Tensor[]) => sum(e, x, axes),
  })),
  ...[
    { name: "half the squared error", run: halfSquaredError },
    { name: "binary cross-entropy", run: binaryCrossEntropy },
  ].map(({ name, run }) => ({
    name,
    shapes: [[4, 5]],
    run: (e: Engine, [x]: Tensor[]) => run(e, x, e.tf.fill([4, 5], 0.3)),
  })),
  ...[
    { name: "KL divergence from the standard normal", run: gaussianKl },
    {
      name: "sample of normal distributions",
      run: (e: Engine, mean: Tensor, s: Tensor) => gaussianSample(e, mean, s, e.tf.fill([4, 3], 0.7)),
    },
  ].map(({ name, run }) => ({
    name,
    shapes: [
      [4, 3],
      [4, 3],
    ],
    run: (e: Engine, [mean, s]: Tensor[]) => run(e, mean, s),
  })),
  { name: "softmax of pixels", shapes: [[2, 3, 4]], run: (e, [x]) => softmax(e, x) },
  ...[
    { name: "cross-entropy of classes", run: softmaxCrossEntropy },
    {
      name: "cross-entropy of classes, weighted",
      run: (e: Engine, x: Tensor, t: Tensor) => softmaxCrossEntropy(e, x, t, [1, 2, 5]),
    },
    { name: "Dice loss", run: (e: Engine, x: Tensor, t: Tensor) => diceLoss(e, softmax(e, x), t) },
    {
      name: "Dice loss, weighted",
      run: (e: Engine, x: Tensor, t: Tensor) => diceLoss(e, softmax(e, x), t, [1, 2, 5]),
    },
  ].map(({ name, run }) => ({
    name,
    shapes: [[2, 2, 3]],
    run: (e: Engine, [x]: Tensor[]) => run(e, x, e.tf.tensor([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0], [2, 2, 3])),
  })),
  { name: "bias", shapes: [[3, 2, 4, 5], [5]], run: (e, [x, b]) => biasAdd(e, x, b) },
  {
    name: "sum of many",
    shapes: [
      [4, 3],
      [4, 3],
      [4, 3],
    ],
    run: (e, inputs) => addMany(e, inputs),
  },
  {
    name: "matrix product",
    shapes: [
      [4, 3],
      [3, 5],
    ],
    run: (e, [a, b]) => product(e, a, b),
  },
  { name: "average pooling of images", shapes: [[2, 7, 5, 3]], run: (e, [x]) => averagePool(e, x, 2) },
  { name: "average pooling of spectra", shapes: [[2, 1, 11, 3]], run: (e, [x]) => averagePool(e, x, 3) },
  { name: "max pooling of images", shapes: [[2, 7, 5, 3]], run: (e, [x]) => maxPool(e, x, 2) },
  { name: "max pooling of spectra", shapes: [[2, 1, 11, 3]], run: (e, [x]) => maxPool(e, x, 3) },
  { name: "upsampling of images", shapes: [[2, 3, 4, 3]], run: (e, [x]) => upsampleTwice(e, x) },
  { name: "upsampling of images of one row", shapes: [[2, 1, 4, 3]], run: (e, [x]) => upsampleTwice(e, x, true) },
  { name: "upsampling of spectra", shapes: [[2, 1, 4, 3]], run: (e, [x]) => upsampleTwice(e, x) },
  { name: "reshape", shapes: [[2, 3, 4]], run: (e, [x]) => reshape(e, x, [6, 4]) },
];

/** Output, and gradient of sum(output * probe) with respect to each input. */
function evaluate(e: Engine, { shapes, run }: Case, data: readonly Float32Array[], probe?: Float32Array) {
  const { tf } = e;
  const inputs = data.map((d, i) => tf.tensor(d, shapes[i]));
  const output = tf.tidy(() => run(e, inputs));
  const result = { out: output.dataSync() as Float32Array, gradients: [] as Float32Array[] };
  if (probe !== undefined) {
    const dy = tf.tensor(probe, output.shape);
    const gradients = tf.grads((...given: Tensor[]) => run(e, given))(inputs, dy);
    result.gradients = gradients.map((g) => g.dataSync() as Float32Array);
    tf.dispose([dy, ...gradients]);
  }
  tf.dispose([output, ...inputs]);
  return result;
}

describe.each(CASES)("$name", (operation) => {
  const data = operation.shapes.map((shape, i) => values(shape, i + 1));

  test("has the gradient that central differences give", () => {
    const { out } = evaluate(engine, operation, data);
    const probe = values([out.length], 9);
    const { gradients } = evaluate(engine, operation, data, probe);
    const slope = (input: number, direction: Float32Array, step: number) => {
      const moved = data.map((d, i) => (i === input ? d.map((v, k) => v + step * direction[k]) : d));
      return evaluate(engine, operation, moved).out.reduce((sum, v, k) => sum + v * probe[k], 0);
    };
    for (const [input, gradient] of gradients.entries()) {
      const direction = values([gradient.length], 20 + input);
      const step = 1e-3;
      const numeric = (slope(input, direction, step) - slope(input, direction, -step)) / (2 * step);
      const analytic = gradient.reduce((sum, g, k) => sum + g * direction[k], 0);
      const scale = Math.sqrt(gradient.reduce((sum, g, k) => sum + (g * direction[k]) ** 2, 0));
      // Outputs are float32 (6e-8 of a sum of some 10), divided by the step: about 1e-3; plus the error of the formula.
      expect([analytic], `input ${input}`).toMatchArray([numeric], { absolute: 5e-3 * scale + 5e-3 });
    }
  });

  test("is the same natively and as a composition", ({ skip }) => {
    if (engine.native === undefined) skip("no native engine");
    const { out } = evaluate(engine, operation, data);
    const probe = values([out.length], 9);
    const a = evaluate(engine, operation, data, probe);
    const b = evaluate(composed, operation, data, probe);
    expect(a.out).toMatchArray(b.out, { relative: 2e-6 }); // float32 sums in another order
    for (const [i, gradient] of a.gradients.entries()) {
      expect(gradient, `input ${i}`).toMatchArray(b.gradients[i], { relative: 5e-6 });
    }
  });
});

describe("mean squared error", () => {
  test("is the mean of squares, with the gradient 2 (p - t) / n", () => {
    const { tf } = engine;
    const p = tf.tensor1d([1, 2, 4]);
    const t = tf.tensor1d([0, 2, 1]);
    const { value, grad } = tf.valueAndGrad((x: Tensor) => meanSquaredError(engine, x, t))(p);
    expect(value.dataSync()).toMatchArray([10 / 3], { relative: 1e-6 });
    expect(grad.dataSync()).toMatchArray([2 / 3, 0, 2], { relative: 1e-6 });
    tf.dispose([p, t, value, grad]);
  });
});

describe("a convolution", () => {
  test("correlates, with zeros beyond the edge", () => {
    const { tf } = engine;
    const x = tf.tensor([1, 2, 3, 4], [1, 1, 4, 1]);
    const kernel = tf.tensor([10, 1, 0.1], [1, 3, 1, 1]);
    const near = convolution(engine, x, kernel, [1, 1]);
    const far = convolution(engine, x, kernel, [1, 2]);
    expect(near.dataSync()).toMatchArray([1.2, 12.3, 23.4, 34], { relative: 1e-6 });
    expect(far.dataSync()).toMatchArray([1.3, 2.4, 13, 24], { relative: 1e-6 });
    tf.dispose([x, kernel, near, far]);
  });
});

describe("rows gathered by number", () => {
  test("are those of the table, in the order asked for, on every engine", () => {
    const { tf } = engine;
    const table = tf.tensor(values([5, 2, 3], 1), [5, 2, 3]);
    const numbers = tf.tensor1d(Int32Array.of(4, 0, 0));
    const all = [...table.dataSync()];
    const expected = [4, 0, 0].flatMap((row) => all.slice(6 * row, 6 * row + 6));
    for (const one of [engine, composed]) {
      const rows = gatherRows(one, table, numbers);
      expect(rows.shape).toEqual([3, 2, 3]);
      expect([...rows.dataSync()]).toEqual(expected);
      rows.dispose();
    }
    tf.dispose([table, numbers]);
  });
});

describe("max pooling", () => {
  test.each([false, true])("sends the gradient to the first of equal values (composition %s)", (byHand) => {
    const { tf } = engine;
    const e = byHand ? composed : engine;
    const x = tf.tensor([3, 3, 1, 2, 0, 3, 2, 2, 9, 9], [1, 2, 5, 1]); // columns 5 and 10 are left over
    const dy = tf.tensor([10, 20], [1, 1, 2, 1]);
    const { value, grad } = tf.valueAndGrad((t: Tensor) => maxPool(e, t, 2))(x, dy);
    expect(value.dataSync()).toMatchArray([3, 9], { absolute: 0 });
    expect(grad.dataSync()).toMatchArray([10, 0, 0, 0, 0, 0, 0, 0, 20, 0], { absolute: 0 });
    tf.dispose([x, dy, value, grad]);
  });
});

describe("the running statistics of batch norm", () => {
  test.each([false, true])("take a tenth of the batch's mean and unbiased variance (composition %s)", (byHand) => {
    const { tf } = engine;
    const e = byHand ? composed : engine;
    const x = tf.tensor([1, 2, 3, 6], [4, 1, 1, 1]); // mean 3, variance 14 / 4 biased, 14 / 3 unbiased
    const p = {
      weight: tf.tensor1d([2]),
      bias: tf.tensor1d([1]),
      runningMean: tf.tensor1d([10]),
      runningVariance: tf.tensor1d([4]),
    };
    const out = { ...batchNormTraining(e, x, p) };
    expect(out.runningMean.dataSync()).toMatchArray([9.3], { relative: 1e-6 });
    expect(out.runningVariance.dataSync()).toMatchArray([0.9 * 4 + (0.1 * 14) / 3], { relative: 1e-6 });
    const spread = Math.sqrt(14 / 4 + 1e-5);
    expect(out.value.dataSync()).toMatchArray(
      [-2, -1, 0, 3].map((d) => 1 + (2 * d) / spread),
      { relative: 1e-6 },
    );
    const frozen = tf.tidy(() => batchNormInference(e, x, p));
    expect(frozen.dataSync()).toMatchArray(
      [-9, -8, -7, -4].map((d) => 1 + (2 * d) / Math.sqrt(4 + 1e-5)),
      { relative: 1e-6 },
    );
    tf.dispose([x, frozen, out.value, out.runningMean, out.runningVariance, ...Object.values(p)]);
  });

  test.each([false, true])("stay numbers where a batch has one value a channel (composition %s)", (byHand) => {
    const { tf } = engine;
    const x = tf.tensor([3], [1, 1, 1, 1]);
    const [weight, bias, runningMean, runningVariance] = [2, 1, 10, 4].map((value) => tf.tensor1d([value]));
    const out = { ...batchNormTraining(byHand ? composed : engine, x, { weight, bias, runningMean, runningVariance }) };
    expect(out.runningMean.dataSync()).toMatchArray([9.3], { relative: 1e-6 });
    expect(out.runningVariance.dataSync()).toMatchArray([0.9 * 4], { relative: 1e-6 });
    expect(out.value.dataSync()).toMatchArray([1], { relative: 1e-6 });
    tf.dispose([x, weight, bias, runningMean, runningVariance, out.value, out.runningMean, out.runningVariance]);
  });
});
