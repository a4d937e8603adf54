/**
 * specbook: from a spectrum image and its HAADF image to latent maps and error maps.
 *
 * ```ts
 * import { errors, fit, im2spec, plot, shapes, simulate, split, windows } from "specbook";
 *
 * const { image, spectra } = await simulate.nanoparticleArray({ seed: 3 }); // or: await load("scan.h5")
 * const pairs = windows(image, spectra, { size: 16 });
 * const { train, test } = split(pairs, { by: "columns", test: 0.3 });
 * const model = im2spec({ ...shapes(pairs), latent: 2, seed: 1 });
 * await fit(model, train, { validation: test, epochs: 60, seed: 1 });
 * plot.errorMap(await errors(model, pairs));
 * ```
 *
 * @packageDocumentation
 */
export {
  type BackProjection,
  type BackProjectionOptions,
  backProjection,
  type ErrorAnalysis,
  type ErrorOptions,
  type ErrorStatistics,
  errorStatistics,
  errors,
  type ForwardProjection,
  forwardProjection,
  type LatentCoordinates,
  type LatentGridOptions,
  latent,
  latentMaps,
  type PredictionPlace,
  type Predictions,
  predictions,
} from "./analyse";
export { createRandom, isSpecbookError, type Random, SpecbookError, VERSION } from "./core";
export type {
  Axis,
  FloatArray,
  HistoryEntry,
  Image,
  ImageWindows,
  Pairs,
  PixelSpectra,
  SampleAxes,
  SampleScaling,
  Samples,
  Scaling,
  SpectrumImage,
} from "./data";
export { axis, axisIndex, axisValues, image, spectrumImage } from "./data";
export * as datasets from "./datasets";
export {
  type NmfOptions,
  type NmfProgress,
  type NmfResult,
  type NmfStart,
  nmf,
  type PcaOptions,
  type PcaResult,
  pca,
  type SpectraInput,
} from "./decompose";
export {
  type ArraySignal,
  type AxisInfo,
  inspect,
  type LoadOptions,
  load,
  type NumberArray,
  type NumericArray,
  type ReadOptions,
  read,
  readNpy,
  readNpz,
  type Signal,
  type SignalInfo,
} from "./io";
export {
  decode,
  type EpochRecord,
  encode,
  type FitOptions,
  fit,
  type Im2specModel,
  type Im2specOptions,
  im2spec,
  type Model,
  type ModelBase,
  type Parameter,
  type Posterior,
  type PredictOptions,
  parameterCount,
  posterior,
  predict,
  type Spec2imModel,
  type Spec2imOptions,
  spec2im,
  type TrainingProgress,
  type TrainingResult,
} from "./models";
export { bundle, type Display, display, renderPng, renderSvg } from "./notebook";
export * as plot from "./plot";
export type { VegaLiteSpec } from "./plot/spec";
export {
  type PairShapes,
  type Region,
  type RegionSpectrum,
  regionSpectrum,
  type ScaleOption,
  type SplitOptions,
  select,
  shapes,
  split,
  unscale,
  type WindowOptions,
  windows,
} from "./signal";
export * as simulate from "./simulate";
