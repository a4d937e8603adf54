import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** What a latent is expected to be before the data are seen. */
export interface LatentPrior {
  /** Standard deviation; the mean is 0. */
  readonly deviation: number;
  /** False: any mean is as likely as any other, and costs nothing. */
  readonly centred: boolean;
}

/**
 * KL divergence of each latent of normal distributions [n, latents] from its prior, mean over the samples: [latents].
 * With deviation s and prior deviation p: ln(p / s) + (s^2 + mean^2) / (2 p^2) - 1/2, without the mean where the prior is
 * not centred.
 */
export function latentKl(engine: Engine, mean: Tensor, logDeviation: Tensor, priors: readonly LatentPrior[]): Tensor {
  const { tf } = engine;
  const n = mean.shape[0] as number;
  const precision = () => tf.tensor1d(priors.map((prior) => prior.deviation ** -2));
  const pull = () => tf.tensor1d(priors.map((prior) => (prior.centred ? prior.deviation ** -2 : 0)));
  return withGradient(
    engine,
    [mean, logDeviation],
    (save) => {
      const twice = tf.add(logDeviation, logDeviation);
      const variance = tf.mul(tf.exp(twice), precision());
      const pulled = tf.mul(mean, pull());
      save([variance, pulled]);
      const total = tf.sum(tf.sub(tf.add(tf.mul(mean, pulled), variance), twice), 0);
      return tf.add(tf.mul(total, 0.5 / n), tf.tensor1d(priors.map((prior) => Math.log(prior.deviation) - 0.5)));
    },
    (dy, [variance, pulled]) => {
      const scale = tf.mul(dy, 1 / n);
      return [tf.mul(pulled, scale), tf.mul(tf.sub(variance, 1), scale)];
    },
  );
}
