export type { Baseline } from "./baselines/baseline";
export { type CollapseAnalysis, type CollapseOptions, collapse, type LatentReport } from "./collapse";
export { type ComparedModels, type CompareOptions, type Comparison, type ComparisonRow, compare } from "./comparison";
export { type Confusion, confusion } from "./confusion";
export type { DesignTarget } from "./design-target";
export { type DrawnPeak, type DrawnSpectrum, drawSpectrum } from "./draw-spectrum";
export { type ErrorOptions, errors, errorsOf } from "./error-analysis";
export {
  type CorrelatedErrors,
  type ErrorCorrelation,
  type ErrorCorrelationOptions,
  type ErrorCorrelationRow,
  type Estimate,
  errorCorrelation,
} from "./error-correlation";
export { type ErrorStatistics, errorStatistics } from "./error-statistics";
export { type ImagePredictions, type ImagesOfModel, imagePredictions } from "./image-predictions";
export {
  type DesignDistance,
  type InverseDesign,
  type InverseDesignOptions,
  inverseDesign,
} from "./inverse-design";
export { latent, latentMaps } from "./latent";
export type { GridSpacing, LatentGridOptions } from "./latent-grid";
export { latentSpread } from "./latent-spread";
export { classManifolds, type ManifoldOptions, manifold } from "./manifold";
export { type AngleMapOptions, angleMap, shiftMap } from "./pose";
export { type PredictionPlace, type PredictionsOptions, predictions } from "./predictions";
export { type BackProjectionOptions, backProjection, forwardProjection } from "./projection";
export { reconstruction } from "./reconstruction";
export type {
  AngleMap,
  BackProjection,
  BackProjectionBase,
  ErrorAnalysis,
  ForwardProjection,
  ImageManifold,
  LatentCoordinates,
  LatentSpread,
  Manifold,
  ManifoldBase,
  Predictions,
  Reconstruction,
  ShiftMap,
  SpectrumBackProjection,
  SpectrumManifold,
} from "./results";
export type { SplitRecord } from "./shared-pixels";
export { type Transfer, type TransferOptions, transfer } from "./transfer";
