import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** a + b, with broadcasting. */
export function add(engine: Engine, a: Tensor, b: Tensor): Tensor {
  return withGradient(
    engine,
    [a, b],
    () => engine.tf.add(a, b),
    (dy) => [sumTo(engine, dy, a.shape), sumTo(engine, dy, b.shape)],
  );
}

/** a - b, with broadcasting. */
export function subtract(engine: Engine, a: Tensor, b: Tensor): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [a, b],
    () => tf.sub(a, b),
    (dy) => [sumTo(engine, dy, a.shape), tf.neg(sumTo(engine, dy, b.shape))],
  );
}

/** a * b, element by element, with broadcasting. */
export function multiply(engine: Engine, a: Tensor, b: Tensor): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [a, b],
    (save) => {
      save([a, b]);
      return tf.mul(a, b);
    },
    (dy, [left, right]) => [sumTo(engine, tf.mul(dy, right), left.shape), sumTo(engine, tf.mul(dy, left), right.shape)],
  );
}

/** x * factor + offset, with plain numbers. */
export function affine(engine: Engine, x: Tensor, factor: number, offset = 0): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [x],
    () => (offset === 0 ? tf.mul(x, factor) : tf.add(tf.mul(x, factor), offset)),
    (dy) => [tf.mul(dy, factor)],
  );
}

/** Sums a gradient over the axes along which an operand of this shape was broadcast. */
function sumTo({ tf }: Engine, dy: Tensor, shape: readonly number[]): Tensor {
  const extra = dy.shape.length - shape.length;
  const axes = dy.shape.flatMap((size, i) => (i < extra || (shape[i - extra] === 1 && size !== 1) ? [i] : []));
  // A gradient handed back twice must be two tensors, or the tape disposes of one in use.
  if (axes.length === 0) return tf.clone(dy);
  return tf.reshape(tf.sum(dy, axes), [...shape]);
}
