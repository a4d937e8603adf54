import type { Pace } from "../core/pace";
import { filled } from "./missing";
import type { ScanMatrix } from "./scan-matrix";

/** Data whose missing values a model has filled in. */
export interface Imputed {
  readonly data: Float32Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/** The model's values at the pixels and channels of the data: [pixels, channels]. */
export type Fitted = (data: Float32Array) => Promise<(pixel: number, channel: number) => number>;

/** Filled values are settled when they move less than this, against the size of all data. */
const SETTLED = 1e-6;
const MOST = 500;

/**
 * Fills missing values by the model of the data that they themselves make up, again and again from the channel means on
 * until they settle: least squares over the measured values alone (H. A. L. Kiers, Psychometrika 62, 251 (1997),
 * doi:10.1007/BF02295279).
 */
export async function impute(matrix: ScanMatrix, fit: Fitted, pace: Pace): Promise<Imputed> {
  const { channels, observed } = matrix;
  const data = filled(matrix);
  if (observed === undefined) return { data, iterations: 0, converged: true };
  const places = Int32Array.from(observed.keys()).filter((i) => observed[i] === 0);
  const size = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0));
  for (let iterations = 1; iterations <= MOST; iterations++) {
    const value = await fit(data);
    let moved = 0;
    for (const i of places) {
      const old = data[i];
      data[i] = value(Math.floor(i / channels), i % channels);
      moved += (data[i] - old) ** 2;
    }
    await pace.step();
    if (Math.sqrt(moved) <= SETTLED * size) return { data, iterations, converged: true };
  }
  return { data, iterations: MOST, converged: false };
}
