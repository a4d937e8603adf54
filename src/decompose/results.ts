import type { Axis, FloatArray, HistoryEntry } from "../data";

/** Non-negative factors of a spectrum image: `spectra ~ sum over k of maps[k] * endmembers[k]`. */
export interface NmfResult {
  readonly kind: "nmf";
  /** Abundance maps, [components, rows, columns]; each map's largest value is 1. NaN at pixels that were left out. */
  readonly maps: FloatArray;
  /** Endmember spectra in the units of the data, [components, channels]; NaN at channels that were left out. */
  readonly endmembers: FloatArray;
  /** Relative Frobenius error |X - WH| / |X| at the end. */
  readonly error: number;
  /** The same after each checked iteration, first to last. */
  readonly trace: readonly number[];
  /** What was minimised, at the same iterations. */
  readonly objective: ObjectiveTrace;
  readonly converged: boolean;
  /** Each of the random starts, where `restarts` asked for several; the result is the one of the lowest objective. */
  readonly restarts?: readonly NmfRestart[];
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>> & { readonly components: number; readonly seed: number };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** The course of an objective over the iterations. */
export interface ObjectiveTrace {
  /** e.g. "Kullback-Leibler divergence + sparsity". */
  readonly name: string;
  readonly iterations: readonly number[];
  /** Mean over the pixels and channels, in the units of the data (squared for least squares), penalties included. */
  readonly values: readonly number[];
}

/** How one random start ended. */
export interface NmfRestart {
  readonly seed: number;
  readonly error: number;
  /** Last value of the objective. */
  readonly objective: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Principal components of a spectrum image: `spectra ~ mean + sum over k of maps[k] * components[k]`. */
export interface PcaResult {
  readonly kind: "pca";
  /** Score maps, [components, rows, columns]. */
  readonly maps: FloatArray;
  /** Orthonormal spectra, [components, channels]; the sign makes the largest-magnitude channel positive. */
  readonly components: FloatArray;
  /** Mean spectrum, [channels]. */
  readonly mean: Float32Array;
  /** Variance along each component (n - 1 in the denominator). */
  readonly explainedVariance: Float64Array;
  /** Its share of the total variance. */
  readonly explainedVarianceRatio: Float64Array;
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>> & { readonly components: number };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** Independent components of a spectrum image: `spectra ~ mean + sum over k of maps[k] * components[k]`. */
export interface IcaResult {
  readonly kind: "ica";
  /** Maps, [components, rows, columns], each of mean 0 and standard deviation 1 over its pixels. */
  readonly maps: FloatArray;
  /** Spectra in the units of the data, [components, channels]; the sign makes the largest-magnitude channel positive. */
  readonly components: FloatArray;
  /** Mean spectrum, [channels]. */
  readonly mean: Float32Array;
  /** Share of the total variance that the components explain together: that of as many principal components. */
  readonly explainedVarianceRatio: number;
  readonly converged: boolean;
  /** How far the unmixing still turned in each iteration: the largest 1 - |cosine| between old and new directions. */
  readonly trace: readonly number[];
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>> & { readonly components: number; readonly seed: number };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}
