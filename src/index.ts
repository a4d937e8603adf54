/**
 * specbook: from a spectrum image and its HAADF image to latent maps and error maps.
 *
 * @packageDocumentation
 */
export { createRandom, isSpecbookError, SpecbookError, VERSION } from "./core";
export type { Axis, FloatArray, HistoryEntry, Image, Pairs, Scaling, SpectrumImage } from "./data";
export { axis, axisIndex, axisValues, image, spectrumImage } from "./data";
