import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** Sum over the given axes (all without any), which go. */
export function sum(engine: Engine, x: Tensor, axes: readonly number[] = x.shape.map((_, i) => i)): Tensor {
  const { tf } = engine;
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return withGradient(
    engine,
    [x],
    () => tf.sum(x, [...axes]),
    (dy) => [
      tf.tile(
        tf.reshape(dy, kept),
        x.shape.map((size, i) => (axes.includes(i) ? size : 1)),
      ),
    ],
  );
}
