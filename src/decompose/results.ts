import type { Axis, FloatArray, HistoryEntry } from "../data";

/** Non-negative factors of a spectrum image: `spectra ~ sum over k of maps[k] * endmembers[k]`. */
export interface NmfResult {
  readonly kind: "nmf";
  /** Abundance maps, [components, rows, columns]; each map's largest value is 1. */
  readonly maps: FloatArray;
  /** Endmember spectra in the units of the data, [components, channels]. */
  readonly endmembers: FloatArray;
  /** Relative Frobenius error |X - WH| / |X| at the end. */
  readonly error: number;
  /** The same after each checked sweep, first to last. */
  readonly trace: readonly number[];
  readonly converged: boolean;
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>> & { readonly components: number; readonly seed: number };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
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
