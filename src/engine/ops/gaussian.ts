import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** mean + e^logDeviation * noise, all of one shape; no gradient flows into the noise. */
export function gaussianSample(engine: Engine, mean: Tensor, logDeviation: Tensor, noise: Tensor): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [mean, logDeviation],
    (save) => {
      const spread = tf.mul(tf.exp(logDeviation), noise);
      save([spread]);
      return tf.add(mean, spread);
    },
    (dy, [spread]) => [tf.clone(dy), tf.mul(dy, spread)],
  );
}

/**
 * KL divergence of normal distributions from the standard normal, (mean^2 + e^(2 s) - 1) / 2 - s with the log deviation
 * s, summed over the values of a sample, mean over the samples (the first axis); a scalar.
 */
export function gaussianKl(engine: Engine, mean: Tensor, logDeviation: Tensor): Tensor {
  const { tf } = engine;
  const n = mean.shape[0];
  return withGradient(
    engine,
    [mean, logDeviation],
    (save) => {
      const twice = tf.add(logDeviation, logDeviation);
      const variance = tf.exp(twice);
      save([mean, variance]);
      const total = tf.sum(tf.sub(tf.add(tf.square(mean), variance), twice));
      return tf.sub(tf.mul(total, 0.5 / n), (0.5 * mean.size) / n);
    },
    (dy, [mu, variance]) => {
      const scale = tf.mul(dy, 1 / n);
      return [tf.mul(mu, scale), tf.mul(tf.sub(variance, 1), scale)];
    },
  );
}
