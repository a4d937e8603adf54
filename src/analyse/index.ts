export { type ErrorOptions, errors, errorsOf } from "./error-analysis";
export { type ErrorStatistics, errorStatistics } from "./error-statistics";
export { latent, latentMaps } from "./latent";
export type { LatentGridOptions } from "./latent-grid";
export { type PredictionPlace, predictions } from "./predictions";
export { type BackProjectionOptions, backProjection, forwardProjection } from "./projection";
export type { BackProjection, ErrorAnalysis, ForwardProjection, LatentCoordinates, Predictions } from "./results";
