import type { Pace } from "../core/pace";
import type { Engine } from "../engine/engine";
import { rowBlocks, symmetricEigen, transpose } from "../engine/linear-algebra";
import { centredMoments } from "./centred-moments";
import { isHeld, type SpectraMatrix } from "./scan-matrix";
import { heldMatrix, streamedBlocks } from "./source-matrix";

/** The variances along all principal components. */
export interface Variances {
  /** Falling, min(pixels, channels) of them. */
  readonly values: Float64Array;
  /** Spectrum of unit length of a component. */
  readonly spectrum: (component: number) => Float64Array;
  /** Mean spectrum, or zeros where it was not taken out. */
  readonly mean: Float64Array;
  /** What sums of squares were divided by. */
  readonly degrees: number;
}

/** All eigenvalues of the covariance of the channels, in one pass; or of the pixels where these are fewer. */
export async function allVariances(
  engine: Engine,
  matrix: SpectraMatrix,
  { centred, pace }: { centred: boolean; pace: Pace },
): Promise<Variances> {
  const { pixels, channels } = matrix;
  const degrees = centred ? pixels - 1 : pixels;
  return channels > pixels ? byPixels() : byChannels();

  async function byChannels(): Promise<Variances> {
    const held = isHeld(matrix) ? rowBlocks(engine, matrix.data, pixels, channels) : undefined;
    try {
      const { mean, products = new Float64Array() } = await centredMoments(held ?? streamedBlocks(engine, matrix), {
        products: true,
        pace,
      });
      if (!centred) {
        for (let i = 0; i < products.length; i++) {
          products[i] += pixels * mean[Math.floor(i / channels)] * mean[i % channels];
        }
        mean.fill(0);
      }
      const { values, vectors } = symmetricEigen(engine, products, channels);
      const spectrum = (component: number) => vectors.slice(component * channels, (component + 1) * channels);
      return { values: toVariances(values), spectrum, mean, degrees };
    } finally {
      held?.dispose();
    }
  }

  async function byPixels(): Promise<Variances> {
    const { data } = isHeld(matrix) ? matrix : await heldMatrix(matrix);
    const mean = centred ? meanOf(data, channels) : new Float64Array(channels);
    const turned = Float32Array.from(
      transpose(
        data.map((value, i) => value - mean[i % channels]),
        pixels,
        channels,
      ),
    );
    const x = rowBlocks(engine, turned, channels, pixels);
    try {
      const { values, vectors } = symmetricEigen(engine, x.gram(), pixels);
      const spectrum = (component: number) => {
        const scores = vectors.subarray(component * pixels, (component + 1) * pixels);
        return unit(Float64Array.from({ length: channels }, (_, c) => along(turned, c * pixels, scores)));
      };
      return { values: toVariances(values), spectrum, mean, degrees };
    } finally {
      x.dispose();
    }
  }

  function toVariances(values: Float64Array): Float64Array {
    return values.map((value) => Math.max(0, value) / degrees);
  }
}

function meanOf(data: Float32Array, channels: number): Float64Array {
  const mean = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) mean[i % channels] += data[i];
  return mean.map((sum) => (sum * channels) / data.length);
}

function along(values: Float32Array, start: number, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < other.length; i++) sum += values[start + i] * other[i];
  return sum;
}

function unit(values: Float64Array): Float64Array {
  const length = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)) || 1;
  return values.map((v) => v / length);
}
