import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** Mean over all elements of (prediction - target)^2, a scalar; no gradient flows into the target. */
export function meanSquaredError(engine: Engine, prediction: Tensor, target: Tensor): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [prediction],
    (save) => {
      const difference = tf.sub(prediction, target);
      save([difference]);
      return tf.mean(tf.square(difference));
    },
    (dy, [difference]) => [tf.mul(difference, tf.mul(dy, 2 / difference.size))],
  );
}
