import type { ImageWindows, Pairs, PixelSpectra, Samples } from "../data";

/** The size of image windows, as models take it. */
export interface ImageShape {
  /** [height, width, channels] of an image window. */
  readonly image: readonly [number, number, number];
}

/** The size of spectra, as models take it. */
export interface SpectrumShape {
  /** Spectral channels. */
  readonly spectrum: number;
}

/** The sizes of both sides of pairs. */
export interface PairShapes extends ImageShape, SpectrumShape {}

/**
 * The sizes of samples, to be spread into a model's options: `image`, `spectrum`, or both.
 *
 * @example
 * const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
 */
export function shapes(samples: Pairs): PairShapes;
export function shapes(samples: ImageWindows): ImageShape;
export function shapes(samples: PixelSpectra): SpectrumShape;
export function shapes(samples: Samples): Partial<PairShapes>;
export function shapes(samples: Samples): Partial<PairShapes> {
  return {
    ...("images" in samples ? { image: imageShape(samples.images.shape) } : {}),
    ...("spectra" in samples ? { spectrum: samples.spectra.shape[1] } : {}),
  };
}

function imageShape([, height, width, channels]: readonly number[]): readonly [number, number, number] {
  return [height, width, channels];
}
