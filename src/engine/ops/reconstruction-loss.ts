import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { attributes } from "./native-attribute";
import { withGradient } from "./with-gradient";

/**
 * Half the squared error, summed over the values of a sample, mean over the samples (the first axis): the negative log
 * likelihood of a normal distribution of deviation 1, up to a constant. No gradient flows into the target.
 */
export function halfSquaredError(engine: Engine, prediction: Tensor, target: Tensor): Tensor {
  const { tf, native } = engine;
  const n = prediction.shape[0];
  const halfSum = (difference: Tensor) =>
    native === undefined
      ? tf.mul(tf.sum(tf.square(difference)), 0.5)
      : native.executeSingleOutput("L2Loss", [attributes(native).type()], [difference]);
  return withGradient(
    engine,
    [prediction],
    (save) => {
      const difference = tf.sub(prediction, target);
      save([difference]);
      return tf.mul(halfSum(difference), 1 / n);
    },
    (dy, [difference]) => [tf.mul(difference, tf.mul(dy, 1 / n))],
  );
}

/**
 * Binary cross-entropy of logits against targets from 0 to 1, summed over the values of a sample, mean over the samples:
 * the negative log likelihood of a Bernoulli distribution. No gradient flows into the target.
 */
export function binaryCrossEntropy(engine: Engine, logits: Tensor, target: Tensor): Tensor {
  const { tf } = engine;
  const n = logits.shape[0];
  return withGradient(
    engine,
    [logits],
    (save) => {
      save([logits, target]);
      return tf.mul(tf.sum(tf.sub(tf.softplus(logits), tf.mul(logits, target))), 1 / n);
    },
    (dy, [x, t]) => [tf.mul(tf.sub(tf.sigmoid(x), t), tf.mul(dy, 1 / n))],
  );
}
