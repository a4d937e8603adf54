import type { Axis } from "./axis";
import type { HistoryEntry } from "./history";
import type { FloatArray, Pairs, Scaling } from "./pairs";

/** Image windows of a scan without spectra: what an image VAE or rVAE trains on. */
export interface ImageWindows {
  readonly kind: "image-windows";
  /** [n, height, width, image channels] */
  readonly images: FloatArray;
  /** n (row, column) pairs of scan pixels, the windows' centres. */
  readonly positions: Int32Array;
  /** [rows, columns] of the scan the windows were cut from. */
  readonly scan: readonly [number, number];
  readonly scaling: { readonly images: Scaling };
  readonly axes: { readonly y: Axis; readonly x: Axis };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** The spectra of scan pixels without images: what a spectrum VAE, autoencoder or classifier trains on. */
export interface PixelSpectra {
  readonly kind: "pixel-spectra";
  /** [n, spectral channels] */
  readonly spectra: FloatArray;
  /** n (row, column) pairs of scan pixels. */
  readonly positions: Int32Array;
  /** [rows, columns] of the scan. */
  readonly scan: readonly [number, number];
  readonly scaling: { readonly spectra: Scaling };
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** What models train on: pairs of windows and spectra, or one of the two sides alone. */
export type Samples = Pairs | ImageWindows | PixelSpectra;

/** Scaling of the sides that a set of samples has. */
export type SampleScaling = { readonly images?: Scaling; readonly spectra?: Scaling };

/** Axes of a set of samples. */
export type SampleAxes = { readonly y: Axis; readonly x: Axis; readonly energy?: Axis };
