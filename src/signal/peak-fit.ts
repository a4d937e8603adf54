import type { Axis, HistoryEntry, Image, SpectrumImage } from "../data";
import type { PeakShape } from "./peak-shapes";

/** One fitted peak: its parameters as maps of the scan. NaN where no fit was made, or where it failed. */
export interface FittedPeak {
  readonly name: string;
  readonly shape: PeakShape;
  /** In eV. */
  readonly centre: Image;
  /** Full width at half maximum in eV. */
  readonly width: Image;
  /** In the units of the data. */
  readonly height: Image;
  /** Height over energy, in the units of the data times eV. */
  readonly area: Image;
  /** Share of the Lorentzian; of "pseudo-voigt" only. */
  readonly mixing?: Image;
  /**
   * Standard deviations of the four, from the covariance of the fit (the noise estimated from its residuals). NaN for
   * what ended on a bound.
   */
  readonly deviations: {
    readonly centre: Image;
    readonly width: Image;
    readonly height: Image;
    readonly area: Image;
  };
}

/** Peaks fitted to the spectrum of each pixel. */
export interface PeakFit {
  readonly kind: "peak-fit";
  readonly peaks: readonly FittedPeak[];
  /** The background's value in the middle of the fitted energies, and its slope per eV; as many as were fitted. */
  readonly background: readonly Image[];
  /** The model in each pixel, over the fitted energies. */
  readonly fitted: SpectrumImage;
  /** Root of the mean squared residual of each pixel, in the units of the data. */
  readonly residual: Image;
  /** A mask: 1 where the fit did not converge. */
  readonly failed: Image;
  /** A mask: 1 where a parameter ended on one of its bounds (other than one that holds it). */
  readonly limited: Image;
  /** Means over the pixels that were fitted, [channels]: of the data, of the model, of each peak, of the background. */
  readonly mean: {
    readonly data: Float32Array;
    readonly fitted: Float32Array;
    readonly peaks: readonly Float32Array[];
    readonly background: Float32Array;
  };
  /** Pixels fitted, and how many of them failed. */
  readonly pixels: number;
  readonly failures: number;
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly options: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}
