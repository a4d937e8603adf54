import type { Tensor } from "@tensorflow/tfjs-core";
import { createRandom } from "../../../src/core";
import type { Engine } from "../../../src/engine/engine";
import type { Architecture } from "../../../src/models/architecture";
import type { ModelBase } from "../../../src/models/model";
import { lossAndGradients } from "./parity-run";

/** Inputs of one step: the data given, and noise and schedule as the architecture asks for. */
export function drawnInputs<M extends ModelBase>(
  { tf }: Engine,
  architecture: Architecture<M>,
  model: M,
  data: readonly { readonly data: Float32Array; readonly shape: readonly number[] }[],
  step = 3,
): { data: Tensor[]; noise: Tensor[]; schedule: Tensor[] } {
  const random = createRandom(5);
  const n = data[0].shape[0];
  return {
    data: data.map((d) => tf.tensor(d.data, [...d.shape])),
    noise: (architecture.noise?.(model) ?? []).map(({ shape }) => {
      const size = shape.reduce((a, b) => a * b, n);
      return tf.tensor(
        Float32Array.from({ length: size }, () => random.normal()),
        [n, ...shape],
      );
    }),
    schedule: (architecture.schedule?.(model, step) ?? []).map((value) => tf.scalar(value)),
  };
}

/**
 * The slope of a model's loss along a random direction of each parameter: by its gradient, and by central differences.
 */
export function lossSlopes<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  model: M,
  data: Parameters<typeof drawnInputs>[3],
  step = 1e-2,
): { name: string; analytic: number; numeric: number; scale: number }[] {
  const inputs = drawnInputs(engine, architecture, model, data);
  const { gradients } = lossAndGradients(engine, architecture, model, inputs);
  const random = createRandom(9);
  const slopes = [...gradients].map(([name, gradient]) => {
    const own = model.parameters[name].data;
    const before = own.slice();
    // A direction of length 1 with the signs of the gradient: no cancellation, the rounding of the loss weighs least.
    const raw = gradient.map((g) => Math.sign(g) * (0.5 + random.uniform()));
    const length = Math.hypot(...raw);
    const direction = raw.map((v) => v / (length === 0 ? 1 : length));
    const at = (by: number) => {
      own.set(before.map((v, i) => v + by * direction[i]));
      return lossAndGradients(engine, architecture, model, inputs).loss;
    };
    const numeric = (at(step) - at(-step)) / (2 * step);
    own.set(before);
    const analytic = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
    return { name, analytic, numeric, scale: Math.abs(analytic) };
  });
  engine.tf.dispose([...inputs.data, ...inputs.noise, ...inputs.schedule]);
  return slopes;
}
