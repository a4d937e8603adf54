import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** Matrix product [n, k] x [k, m]. On wasm its gradient transposes first: products with a transposed factor crawl there. */
export function product(engine: Engine, a: Tensor, b: Tensor): Tensor {
  const { tf, native } = engine;
  return withGradient(
    engine,
    [a, b],
    (save) => {
      save([a, b]);
      return tf.matMul(a, b);
    },
    (dy, [left, right]) =>
      native === undefined
        ? [tf.matMul(dy, tf.transpose(right)), tf.matMul(tf.transpose(left), dy)]
        : [tf.matMul(dy, right, false, true), tf.matMul(left, dy, true, false)],
  );
}
