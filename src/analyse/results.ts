import type { Axis, FloatArray, Image } from "../data";

/** Where each sample of a set of pairs lies in the latent space of a model. */
export interface LatentCoordinates {
  readonly kind: "latent";
  /** [n, latent] */
  readonly values: FloatArray;
  /** n (row, column) pairs. */
  readonly positions: Int32Array;
  readonly scan: readonly [number, number];
  readonly axes: { readonly y: Axis; readonly x: Axis };
}

/** Error of a model's predictions, sample by sample and as a map. */
export interface ErrorAnalysis {
  readonly kind: "errors";
  /** sqrt(mean (p - t)^2 / mean (p + t)^2) of each sample: about half the relative rms error (beps_im2spec notebook). */
  readonly perSample: Float32Array;
  /** `perSample` at its scan pixel; NaN where there is no window. */
  readonly map: Image;
  /** Mean of `perSample`. */
  readonly mean: number;
  /** The same ratio taken over the whole set at once. */
  readonly overall: number;
  /** Mean squared error in scaled units. */
  readonly mse: number;
  /** What the ratio would be if only the noise were left; undefined where the noise is not known. */
  readonly noiseFloor?: number;
}

/** Spectra decoded on a regular grid of the latent plane (other latents at their mean). */
export interface ForwardProjection {
  readonly kind: "forward-projection";
  /** Grid values along the two latents drawn. */
  readonly grid: { readonly x: Float64Array; readonly y: Float64Array };
  /** Which latents run along x and y. */
  readonly latents: readonly [number, number];
  /** [grid y, grid x, channels]; y first as in a matrix. */
  readonly spectra: FloatArray;
  readonly energy: Axis;
}

/** Means of the real images whose latents lie nearest to the points of a grid. */
export interface BackProjection {
  readonly kind: "back-projection";
  readonly grid: { readonly x: Float64Array; readonly y: Float64Array };
  readonly latents: readonly [number, number];
  /** [grid y, grid x, height, width, channels] */
  readonly images: FloatArray;
  /** Rms spread of the averaged images about their mean, [grid y, grid x]. */
  readonly dispersion: FloatArray;
  /** Mean latent distance of the averaged samples from the grid point, [grid y, grid x]. */
  readonly distance: FloatArray;
  /** Samples averaged per point. */
  readonly nearest: number;
}

/** Measured and predicted spectra of chosen samples. */
export interface Predictions {
  readonly kind: "predictions";
  readonly labels: readonly string[];
  /** (row, column) of each. */
  readonly positions: Int32Array;
  /** [n, channels], in the units of the data before scaling. */
  readonly measured: FloatArray;
  readonly predicted: FloatArray;
  readonly energy: Axis;
}

/** What a model decodes on a regular grid of the plane of two latents, in the units of the data. */
export type Manifold = ImageManifold | SpectrumManifold;

/** What manifolds of images and of spectra share. */
export interface ManifoldBase {
  readonly kind: "manifold";
  /** Kind of the model. */
  readonly model: string;
  /** Values along the two latents of the plane. */
  readonly grid: { readonly x: Float64Array; readonly y: Float64Array };
  /** Which latents run along x and y, counted from 0. */
  readonly latents: readonly [number, number];
  /** How the grid was laid: over the samples' range, or over the quantiles of the prior. */
  readonly by: "range" | "quantiles";
  /** The latent point that the plane goes through. */
  readonly through: Float32Array;
  /** The class decoded, counted from 0; models with discrete classes only. */
  readonly class?: number;
  /** Seed of the model's training; undefined where it was not recorded. */
  readonly seed?: number;
}

/** A manifold of image windows. */
export interface ImageManifold extends ManifoldBase {
  readonly side: "images";
  /** [grid y, grid x, height, width, channels] */
  readonly images: FloatArray;
}

/** A manifold of spectra. */
export interface SpectrumManifold extends ManifoldBase {
  readonly side: "spectra";
  /** [grid y, grid x, channels] */
  readonly spectra: FloatArray;
  readonly energy: Axis;
}

/** A kernel density estimate on a regular grid of one dimension or two. */
export interface Density {
  readonly kind: "density";
  /** What runs along x and y. */
  readonly names: readonly string[];
  /** Grid values along x. */
  readonly x: Float64Array;
  /** Grid values along y; two dimensions only. */
  readonly y?: Float64Array;
  /** Density per unit of x (and of y): [x], or [y, x] row-major. Its integral is 1. */
  readonly values: Float64Array;
  /** Values it was estimated from, and values left out because they were not finite. */
  readonly count: number;
  readonly left: number;
  /** Width of the kernel over the spread of the values, and the rule that chose it. */
  readonly bandwidth: number;
  readonly rule: "scott" | "silverman" | "given";
}
