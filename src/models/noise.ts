import type { Tensor } from "@tensorflow/tfjs-core";
import { createRandom, type Random } from "../core";
import type { Engine } from "../engine/engine";
import type { NoiseSpec } from "./architecture";

/** Draws the random numbers of steps: the same seed, purpose and step give the same numbers on every engine. */
export interface NoiseSource {
  /** One tensor [count, ...shape] for each spec; the caller disposes of them. */
  draw(step: number, count: number): Tensor[];
}

/**
 * A source for these specs. Each step has a generator of its own, so that a run that goes on from a checkpoint draws
 * what it would have drawn.
 */
export function createNoiseSource(
  { tf }: Engine,
  specs: readonly NoiseSpec[],
  seed: number,
  purpose: string,
): NoiseSource {
  const random = createRandom(seed).fork(purpose);
  return {
    draw: (step, count) => {
      if (specs.length === 0) return [];
      const own = random.fork(`step ${step}`);
      return specs.map(({ distribution, shape }) => {
        const values = new Float32Array(count * shape.reduce((a, b) => a * b, 1));
        for (let i = 0; i < values.length; i++) values[i] = DRAW[distribution](own);
        return tf.tensor(values, [count, ...shape]);
      });
    },
  };
}

const DRAW: Readonly<Record<NoiseSpec["distribution"], (random: Random) => number>> = {
  normal: (random) => random.normal(),
  uniform: (random) => random.uniform(),
  // 1e-20 keeps the logarithm finite where the uniform number is 0.
  gumbel: (random) => -Math.log(-Math.log(random.uniform() + 1e-20) + 1e-20),
};
