import type { Posterior } from "./posterior";

/** How much of a sample one latent of a variational model carries. */
export interface LatentUse {
  /** KL divergence of its posterior from the standard normal, mean over the samples, in nats. */
  readonly kl: number;
  /** Variance of its posterior means over the samples; 1 where the prior is filled. */
  readonly activity: number;
}

/** A latent whose posterior means vary less is inactive (Burda, Grosse & Salakhutdinov 2016, arXiv:1509.00519). */
export const ACTIVE = 0.01;

/** KL divergence and activity of each latent. */
export function latentUse({ mean, deviation }: Pick<Posterior, "mean" | "deviation">): LatentUse[] {
  const [count, size] = mean.shape;
  return Array.from({ length: size }, (_, j) => {
    let sum = 0;
    let squares = 0;
    let kl = 0;
    for (let i = 0; i < count; i++) {
      const mu = mean.data[i * size + j];
      const sigma = deviation.data[i * size + j];
      sum += mu;
      squares += mu * mu;
      kl += 0.5 * (mu * mu + sigma * sigma - 1) - Math.log(sigma);
    }
    return Object.freeze({ kl: kl / count, activity: Math.max(0, squares / count - (sum / count) ** 2) });
  });
}
