import type { Tensor } from "@tensorflow/tfjs-core";
import { checkMemory, createRandom } from "../core";
import type { Engine } from "../engine/engine";
import type { Parameter } from "./model";

/** How a parameter is made, and how PyTorch's layout becomes the engine's (channels last). */
export interface ParameterSpec {
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  readonly trainable: boolean;
  /** First values: a constant, uniform in [-bound, bound), or 1 on the diagonal of a square matrix and 0 elsewhere. */
  readonly initial: number | "identity" | { readonly bound: number };
  /** Engine tensor = reshape(transpose(reshape(data, view), order), engineShape). */
  readonly view: readonly number[];
  readonly order: readonly number[];
  readonly engineShape: readonly number[];
}

/** First values of all parameters; each draws from its own generator, so that none depends on the others. */
export function initialParameters(specs: readonly ParameterSpec[], seed: number): Record<string, Parameter> {
  const values = specs.reduce((sum, { shape }) => sum + countOf(shape), 0);
  checkMemory(4 * values, `a model of ${values} values`, "use fewer filters, a smaller window or fewer channels");
  const random = createRandom(seed);
  const make = ({ name, shape, trainable, initial }: ParameterSpec): [string, Parameter] => {
    const data = new Float32Array(countOf(shape));
    if (typeof initial === "number") data.fill(initial);
    else if (initial === "identity") for (let i = 0; i < shape[0]; i++) data[i * (shape[0] + 1)] = 1;
    else {
      const own = random.fork(name);
      for (let i = 0; i < data.length; i++) data[i] = own.between(-initial.bound, initial.bound);
    }
    return [name, Object.freeze({ data, shape: Object.freeze([...shape]), trainable })];
  };
  return Object.fromEntries(specs.map(make));
}

/** Number of values of a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** The engine's tensor of a parameter. */
export function toEngine({ tf }: Engine, spec: ParameterSpec, data: Float32Array): Tensor {
  // A copy: the engine uploads late, and `fit` writes into `data` in place.
  return tf.tidy(() =>
    tf.reshape(tf.transpose(tf.tensor(data.slice(), [...spec.view]), [...spec.order]), [...spec.engineShape]),
  );
}

/** The values of an engine tensor in PyTorch's layout. */
export function fromEngine({ tf }: Engine, spec: ParameterSpec, tensor: Tensor): Float32Array {
  const permuted = spec.order.map((axis) => spec.view[axis]);
  const inverse = spec.order.map((_, axis) => spec.order.indexOf(axis));
  const values = tf.tidy(() => tf.transpose(tf.reshape(tensor, permuted), inverse));
  const data = values.dataSync() as Float32Array; // float32 in, float32 out
  values.dispose();
  return data;
}
