import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** The axes of a tensor in another order: axis i of the result is axis `order[i]` of `x`. */
export function transpose(engine: Engine, x: Tensor, order: readonly number[]): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [x],
    () => tf.transpose(x, [...order]),
    (dy) => [
      tf.transpose(
        dy,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ],
  );
}
