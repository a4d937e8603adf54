import type { Tensor } from "@tensorflow/tfjs-core";
import type { Pace } from "../core/pace";
import type { FloatArray } from "../data";
import { loadEngine } from "../engine/load";
import { multiply, reshape, square, subtract, sum } from "../engine/ops";
import { architectureOf } from "./kinds";
import type { Model } from "./model";
import { inferenceScope, upload } from "./scope";

/** A search for the latent points, or the inputs, at which a model's output comes nearest to a target. */
export interface Descent {
  /** "latent": the decoder alone; "input": encoder and decoder. */
  readonly space: "latent" | "input";
  /** Where the searches begin, [n, ...]. */
  readonly start: FloatArray;
  /** The output wanted, flat, in scaled units. */
  readonly target: ArrayLike<number>;
  /** Weight of each value of the output; 0 leaves it out. */
  readonly weights: ArrayLike<number>;
  readonly steps: number;
  /** Length of the first steps, for each value of a point; falls to a tenth. */
  readonly rates: ArrayLike<number>;
  /** Least and largest value of each value of a point. */
  readonly bounds?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
  /** Weight of the mean squared way from the start. */
  readonly proximity: number;
  readonly pace: Pace;
}

/** Where the searches ended. */
export interface Descended {
  /** The best point of each search, [n, ...]. */
  readonly points: FloatArray;
  /** Its loss: weighted mean squared difference of output and target, and the proximity term. */
  readonly losses: Float64Array;
  /** Smallest loss of all searches after each step, the first before any. */
  readonly trace: Float64Array;
}

/** Follows the gradient of the model (eval mode) from several starts at once by Adam. */
export async function descend(model: Model, descent: Descent): Promise<Descended> {
  const { start, target, weights, steps, rates, bounds, proximity, pace } = descent;
  const engine = await loadEngine();
  const { tf } = engine;
  const architecture = architectureOf(model);
  const specs = architecture.specs(model);
  const tensors = upload(engine, specs, model);
  const scope = inferenceScope(engine, specs, tensors);
  const [count] = start.shape;
  const size = start.data.length / count;
  const total = Array.from(weights).reduce((a, b) => a + b, 0);
  const roots = tf.tensor2d(
    Float32Array.from(weights, (w) => Math.sqrt(w / total)),
    [1, weights.length],
  );
  const wanted = tf.tensor2d(Float32Array.from(target), [1, target.length]);

  const misfits = (output: Tensor): Tensor => {
    const flat = reshape(engine, output, [count, target.length]);
    return square(engine, multiply(engine, subtract(engine, flat, wanted), roots));
  };
  const evaluate = (values: Float32Array) => {
    const x = tf.tensor(values, [...start.shape]);
    let each: Tensor | undefined;
    const { value, grad } = tf.valueAndGrad((point: Tensor) => {
      const latent = descent.space === "latent" ? point : architecture.encode(scope, model, point);
      const squares = misfits(architecture.decode(scope, model, latent));
      each = tf.keep(tf.sum(squares, 1));
      return sum(engine, squares);
    })(x);
    const losses = Float64Array.from((each as Tensor).dataSync());
    const gradient = Float64Array.from(grad.dataSync());
    tf.dispose([x, value, grad, each as Tensor]);
    for (let i = 0; i < gradient.length; i++) {
      const away = values[i] - start.data[i];
      losses[Math.floor(i / size)] += (proximity * away ** 2) / size;
      gradient[i] += (2 * proximity * away) / size;
    }
    return { losses, gradient };
  };

  const values = start.data.slice();
  const best = start.data.slice();
  const losses = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const trace = new Float64Array(steps + 1);
  const moments = { first: new Float64Array(values.length), second: new Float64Array(values.length) };
  try {
    for (let step = 0; step <= steps; step++) {
      const { losses: now, gradient } = evaluate(values);
      for (let i = 0; i < count; i++) {
        if (!(now[i] < losses[i])) continue;
        losses[i] = now[i];
        best.set(values.subarray(i * size, (i + 1) * size), i * size);
      }
      trace[step] = losses.reduce((a, b) => Math.min(a, b));
      adamStep(values, gradient, moments, step, (i) => rates[i % size] * (1 - (0.9 * step) / Math.max(1, steps)));
      if (bounds !== undefined) {
        for (let i = 0; i < values.length; i++) {
          values[i] = Math.min(bounds.high[i % size], Math.max(bounds.low[i % size], values[i]));
        }
      }
      await pace.step();
    }
  } finally {
    tf.dispose([...tensors, roots, wanted]);
  }
  return { points: { data: best, shape: start.shape }, losses, trace };
}

/** One step of Adam (Kingma & Ba 2015, arXiv:1412.6980) in plain numbers; `step` counts from 0. */
function adamStep(
  values: Float32Array,
  gradient: Float64Array,
  { first, second }: { first: Float64Array; second: Float64Array },
  step: number,
  rate: (i: number) => number,
): void {
  for (let i = 0; i < values.length; i++) {
    first[i] += 0.1 * (gradient[i] - first[i]);
    second[i] += 0.001 * (gradient[i] ** 2 - second[i]);
    const mean = first[i] / (1 - 0.9 ** (step + 1));
    const spread = Math.sqrt(second[i] / (1 - 0.999 ** (step + 1)));
    values[i] -= (rate(i) * mean) / (spread + 1e-12);
  }
}
