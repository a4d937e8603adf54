import { checkMemory } from "../core/memory";
import { addHistory, type PixelSpectra, type SpectrumImage } from "../data";
import { checkSpectra } from "./check-spectra";
import { applyScaling, type ScaleOption, scalingOf } from "./scaling";

/** Options of `pixelSpectra`. */
export interface PixelSpectraOptions {
  /** How the spectra are scaled, all together. Default "min-max". */
  readonly scale?: ScaleOption;
}

/**
 * The spectrum of every scan pixel as a sample: what a spectrum VAE, autoencoder or classifier trains on.
 *
 * @returns spectra [rows * columns, channels], positions in row-major order
 * @throws DataError for values that are not finite, or all the same under min-max scaling
 * @example
 * const { train, test } = split(pixelSpectra(spectra), { by: "columns" });
 */
export function pixelSpectra(spectra: SpectrumImage, options: PixelSpectraOptions = {}): PixelSpectra {
  const [rows, columns, channels] = spectra.shape;
  const count = rows * columns;
  checkSpectra(spectra, "taking them as samples");
  checkMemory(
    4 * count * channels,
    `${count} spectra of ${channels} channels`,
    "bin the energy axis, or crop the scan",
  );
  const data = spectra.data.slice();
  const scaling = Object.freeze({ spectra: scalingOf("spectra", data, options.scale ?? "min-max") });
  applyScaling(data, scaling.spectra);
  return Object.freeze({
    kind: "pixel-spectra",
    spectra: Object.freeze({ data, shape: Object.freeze([count, channels]) }),
    positions: Int32Array.from({ length: 2 * count }, (_, k) => {
      const pixel = k >> 1;
      return k % 2 === 0 ? Math.floor(pixel / columns) : pixel % columns;
    }),
    scan: Object.freeze([rows, columns] as const),
    scaling,
    axes: spectra.axes,
    metadata: spectra.metadata,
    history: addHistory(spectra.history, "pixelSpectra", { scaling }),
  });
}
