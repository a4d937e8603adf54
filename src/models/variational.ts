import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { abs, affine, exp, gaussianKl, gaussianSample, square, subtract, sum } from "../engine/ops";
import type { Gaussian } from "./gaussian-encoder";

/** A sample of each distribution: mean + deviation * noise (Kingma & Welling 2014, arXiv:1312.6114). */
export function drawLatent(engine: Engine, { mean, logDeviation }: Gaussian, noise: Tensor): Tensor {
  return gaussianSample(engine, mean, logDeviation, noise);
}

/** KL divergence from the standard normal, summed over the latents, mean over the samples; a scalar. */
export function normalKl(engine: Engine, { mean, logDeviation }: Gaussian): Tensor {
  return gaussianKl(engine, mean, logDeviation);
}

/**
 * The estimate log q(z) - log p(z) of the KL divergence from the standard normal at the drawn points z = mean + deviation
 * * noise, summed over the latents, mean over the samples: without bias, and noisier than `normalKl`. A scalar.
 */
export function sampledKl(engine: Engine, { logDeviation }: Gaussian, latent: Tensor, noise: Tensor): Tensor {
  const n = noise.shape[0];
  const squares = subtract(engine, sum(engine, square(engine, latent)), sum(engine, square(engine, noise)));
  return subtract(engine, affine(engine, squares, 0.5 / n), affine(engine, sum(engine, logDeviation), 1 / n));
}

/**
 * AtomAI's KL term of the angle, mean over the samples: -log sd + log prior + sd^2 / (2 prior^2) - 0.5. The mean angle
 * costs nothing, so that all orientations are alike; `prior` is in radians.
 */
export function freeAngleKl(engine: Engine, logDeviation: Tensor, prior: number): Tensor {
  const [n, size] = logDeviation.shape;
  const variance = affine(engine, sum(engine, square(engine, exp(engine, logDeviation))), 0.5 / (n * prior ** 2));
  const logarithm = affine(engine, sum(engine, logDeviation), 1 / n);
  return affine(engine, subtract(engine, variance, logarithm), 1, size * (Math.log(prior) - 0.5));
}

/** gamma * |KL - capacity|: holds the KL at a capacity that grows (Burgess et al. 2018, arXiv:1804.03599). */
export function heldAtCapacity(engine: Engine, kl: Tensor, capacity: Tensor, gamma: number): Tensor {
  return affine(engine, abs(engine, subtract(engine, kl, capacity)), gamma);
}

/** The capacity of a step: grows linearly to `largest` within `steps`. */
export function capacityAt(step: number, largest: number, steps: number): number {
  return Math.min((largest * step) / steps, largest);
}
