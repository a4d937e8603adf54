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
  /** What was encoded: image windows or spectra. */
  readonly side?: "images" | "spectra";
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
  /** What a sample is: an image window (with its spectrum, for pairs), or the spectrum of a pixel alone. */
  readonly samples?: "windows" | "spectra";
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

/** What back-projections to images and to spectra share. */
export interface BackProjectionBase {
  readonly kind: "back-projection";
  readonly grid: { readonly x: Float64Array; readonly y: Float64Array };
  readonly latents: readonly [number, number];
  /** Rms spread of the averaged samples about their mean, [grid y, grid x], in the units of the data. */
  readonly dispersion: FloatArray;
  /** Mean latent distance of the averaged samples from the grid point, [grid y, grid x]. */
  readonly distance: FloatArray;
  /** Samples averaged per point. */
  readonly nearest: number;
}

/** Means of the real images whose latents lie nearest to the points of a grid. */
export interface BackProjection extends BackProjectionBase {
  readonly side: "images";
  /** [grid y, grid x, height, width, channels] */
  readonly images: FloatArray;
}

/** Means of the real spectra whose latents lie nearest to the points of a grid. */
export interface SpectrumBackProjection extends BackProjectionBase {
  readonly side: "spectra";
  /** [grid y, grid x, channels] */
  readonly spectra: FloatArray;
  readonly energy: Axis;
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
  /** Standard deviation of what is predicted; over draws of a variational model or over several models. */
  readonly deviation?: FloatArray;
  /** Standard deviation of the noise that the models take the data to have, beside `deviation`; where they know it. */
  readonly noise?: number;
  readonly energy: Axis;
  /** Of the data predicted: source, quantity, units, ... */
  readonly metadata?: Readonly<Record<string, unknown>>;
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

/** The in-plane angle of each sample under a model with rotation, as a map. */
export interface AngleMap {
  readonly kind: "angle-map";
  /** Radians, counter-clockwise, from -pi / symmetry (excluded) to pi / symmetry; NaN where there is no sample. */
  readonly map: Image;
  /** Standard deviation of the angle in radians. */
  readonly deviation: Image;
  /** How often an object looks the same in one turn. */
  readonly symmetry: number;
  /** Mean direction of all samples in radians, and its length from 0 (all directions) to 1 (one direction). */
  readonly mean: number;
  readonly alignment: number;
}

/** How far the content of each sample is moved under a model with shift, as maps. */
export interface ShiftMap {
  readonly kind: "shift-map";
  /** Of image windows: downwards and to the right, in units of the scan's axes. Of spectra: along the energy axis. */
  readonly components: readonly Image[];
  /** "rows" and "columns", or "energy". */
  readonly names: readonly string[];
  readonly units: string;
}

/** How sure a variational model is of each latent, as maps, and how much each latent says. */
export interface LatentSpread {
  readonly kind: "latent-spread";
  /** Standard deviation of each latent, an image each; the prior's is 1. */
  readonly deviations: readonly Image[];
  /** KL divergence of each latent from the standard normal prior in nats, an image each. */
  readonly divergences: readonly Image[];
  /** Mean KL divergence of each latent over the samples, in nats: near 0 for a latent that is not used. */
  readonly kl: Float64Array;
  /** Mean standard deviation of each latent. */
  readonly deviation: Float64Array;
  /** Standard deviation of the latent's mean over the samples. */
  readonly signal: Float64Array;
  readonly samples: number;
}

/** What a model gives back of samples, as maps of the scan. */
export interface Reconstruction {
  readonly kind: "reconstruction";
  /** "spectra": one map, the mean over the energies. "images": a map of each channel, at the centre of each window. */
  readonly side: "images" | "spectra";
  /** In the units of the data; NaN where there is no sample. */
  readonly measured: readonly Image[];
  readonly predicted: readonly Image[];
  /** Mean squared error of each whole spectrum or window, in scaled units. */
  readonly error: Image;
  /** Its mean over the samples. */
  readonly mse: number;
  /** Kind of the model. */
  readonly model: string;
}
