import type { Pace } from "../core/pace";
import { createRandom, type Random } from "../core/random";
import type { Engine } from "../engine/engine";
import { type RowBlocks, rowBlocks } from "../engine/linear-algebra";
import { percentile } from "../signal/order-statistics";
import { largestEigenvalue } from "./largest-eigenvalue";

/** What `parallelAnalysis` compares. */
export interface ParallelInput {
  /** The data, centred or not: [channels, pixels], changed in place. */
  readonly turned: Float32Array;
  readonly channels: number;
  readonly pixels: number;
  /** Variances along the components, falling. */
  readonly variances: ArrayLike<number>;
  /** Spectrum of unit length of a component: [channels]. */
  readonly spectrum: (component: number) => Float64Array;
  /** What squared singular values are divided by to become variances. */
  readonly degrees: number;
}

/** Options of `parallelAnalysis`. */
export interface ParallelOptions {
  readonly permutations: number;
  readonly quantile: number;
  readonly seed: number;
  readonly pace: Pace;
  readonly onProgress?: (component: number, permutation: number) => void;
}

/** Largest variance that chance gives, for each component tested. */
export interface ParallelAnalysis {
  readonly rank: number;
  /** One more than the rank, unless all components passed. */
  readonly limits: readonly number[];
}

/**
 * Counts components that stand out of the same data with their order lost: the values of each channel are permuted over the
 * pixels on their own, which keeps every channel's distribution and breaks what ties channels together (J. L. Horn,
 * Psychometrika 30, 179 (1965), doi:10.1007/BF02289447, with permutations for his normal numbers). A component counts if its
 * variance is above the quantile of the largest variance of permuted data, from which the components before it have been
 * taken out; else a strong first one would hide the weak ones (E. Dobriban and A. B. Owen, J. Royal Statistical Society B
 * 81, 163 (2019), doi:10.1111/rssb.12301).
 */
export async function parallelAnalysis(
  engine: Engine,
  input: ParallelInput,
  options: ParallelOptions,
): Promise<ParallelAnalysis> {
  const { turned, channels, pixels, variances, spectrum, degrees } = input;
  const { permutations, quantile, seed, pace } = options;
  const random = createRandom(seed).fork("parallel-analysis");
  const limits: number[] = [];
  for (let component = 0; component < variances.length; component++) {
    const largest: number[] = [];
    for (let permutation = 0; permutation < permutations; permutation++) {
      const x = mixed(engine, turned, channels, pixels, random);
      largest.push(largestEigenvalue(x.gram(), x.columns) / degrees);
      x.dispose();
      options.onProgress?.(component, permutation);
      await pace.step();
    }
    limits.push(
      percentile(Float64Array.from(largest).sort(), 100 * quantile) * freedomLost(degrees, channels, component),
    );
    if (!(variances[component] > limits[component])) return { rank: component, limits };
    takeOut(turned, spectrum(component), channels, pixels);
  }
  return { rank: variances.length, limits };
}

/**
 * What makes up for the noise that the components taken out took along: the values that are left have (n - k)(p - k) / (n p)
 * of its variance, and their largest component is that of a matrix with k rows and columns less.
 */
function freedomLost(n: number, p: number, k: number): number {
  const sides = (Math.sqrt(n - k) + Math.sqrt(p - k)) / (Math.sqrt(n) + Math.sqrt(p));
  return (sides * sides * n * p) / ((n - k) * (p - k));
}

/** The data with the values of each channel in an order of its own, laid out with the shorter side as columns. */
function mixed(engine: Engine, turned: Float32Array, channels: number, pixels: number, random: Random): RowBlocks {
  const data = new Float32Array(turned.length);
  const [acrossPixels, acrossChannels] = channels > pixels ? [1, pixels] : [channels, 1];
  for (let c = 0; c < channels; c++) {
    const order = random.permutation(pixels);
    for (let p = 0; p < pixels; p++) data[p * acrossPixels + c * acrossChannels] = turned[c * pixels + order[p]];
  }
  return channels > pixels ? rowBlocks(engine, data, channels, pixels) : rowBlocks(engine, data, pixels, channels);
}

/** Removes the part of all spectra along one. */
function takeOut(turned: Float32Array, spectrum: Float64Array, channels: number, pixels: number): void {
  const scores = new Float64Array(pixels);
  for (let c = 0; c < channels; c++) {
    for (let p = 0; p < pixels; p++) scores[p] += spectrum[c] * turned[c * pixels + p];
  }
  for (let c = 0; c < channels; c++) {
    for (let p = 0; p < pixels; p++) turned[c * pixels + p] -= spectrum[c] * scores[p];
  }
}
