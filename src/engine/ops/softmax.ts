import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** e^x_k / sum over j of e^x_j along the last axis: probabilities of classes from scores, without overflow. */
export function softmax(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [x],
    (save) => {
      const y = tf.softmax(x);
      save([y]);
      return y;
    },
    (dy, [y]) => {
      const weighted = tf.mul(dy, y);
      return [tf.sub(weighted, tf.mul(y, tf.sum(weighted, -1, true)))];
    },
  );
}
