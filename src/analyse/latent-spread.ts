import type { Samples } from "../data";
import type { Posterior } from "../models";
import { checkSameCount, onScan } from "./on-scan";
import type { LatentSpread } from "./results";

/**
 * How sure a variational model is of each latent at each sample, and how much each latent says: the standard deviation
 * of its posterior, and its KL divergence from the standard normal prior, (mean^2 + sd^2 - 1) / 2 - log sd, in nats. A
 * latent that is not used has a deviation of 1 and a divergence of 0 everywhere.
 *
 * @param posterior of the samples: posterior(model, samples)
 * @throws ShapeError for the posterior of other samples
 * @example
 * plot.latentSpread(latentSpread(await posterior(model, windows), windows))
 */
export function latentSpread(posterior: Posterior, samples: Samples): LatentSpread {
  const [count, size] = posterior.mean.shape;
  checkSameCount(count, samples);
  const of = ({ data }: Posterior["mean"], j: number) =>
    Float64Array.from({ length: count }, (_, i) => data[i * size + j]);
  const latents = Array.from({ length: size }, (_, j) => {
    const [means, deviations] = [of(posterior.mean, j), of(posterior.deviation, j)];
    return { means, deviations, kl: means.map((mean, i) => normalDivergence(mean, deviations[i])) };
  });
  return Object.freeze({
    kind: "latent-spread",
    deviations: Object.freeze(
      latents.map(({ deviations }, j) => onScan(deviations, samples, `Spread of latent ${j + 1}`, "latentSpread")),
    ),
    divergences: Object.freeze(
      latents.map(({ kl }, j) => onScan(kl, samples, `KL divergence of latent ${j + 1}`, "latentSpread")),
    ),
    kl: Float64Array.from(latents, ({ kl }) => average(kl)),
    deviation: Float64Array.from(latents, ({ deviations }) => average(deviations)),
    signal: Float64Array.from(latents, ({ means }) => {
      const middle = average(means);
      return Math.sqrt(average(means.map((mean) => (mean - middle) ** 2)));
    }),
    samples: count,
  });
}

/** KL divergence of a normal distribution from the standard one, in nats. */
function normalDivergence(mean: number, deviation: number): number {
  return 0.5 * (mean * mean + deviation * deviation - 1) - Math.log(deviation);
}

function average(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
