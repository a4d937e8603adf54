import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** The same values in another shape; -1 stands for what is left. */
export function reshape(engine: Engine, x: Tensor, shape: number[]): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [x],
    () => tf.reshape(x, shape),
    (dy) => [tf.reshape(dy, x.shape)],
  );
}
