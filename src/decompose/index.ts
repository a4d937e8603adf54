export { type ChooseOptions, type ChosenComponent, type ComponentChoice, chooseComponents } from "./choose-components";
export type { Decomposition } from "./decomposition";
export type { Contrast } from "./fast-ica";
export { type IcaOptions, type IcaProgress, ica } from "./ica";
export { mapImages } from "./map-images";
export {
  type ComponentMatch,
  type ComponentPair,
  type MatchOptions,
  matchComponents,
  type Similarity,
} from "./match-components";
export type { Missing } from "./missing";
export { nmf } from "./nmf";
export type { NmfLoss, NmfOptions, NmfProgress, NmfStart } from "./nmf-options";
export { type PcaOptions, pca } from "./pca";
export type { PenaltyOptions, PerFactor } from "./penalties";
export type { NoiseReference } from "./pixel-residuals";
export { type ResidualMap, type ResidualOptions, residualMap } from "./residual-map";
export type { IcaResult, NmfRestart, NmfResult, ObjectiveTrace, PcaResult } from "./results";
export type { SpectraInput } from "./scan-matrix";
export { type RankMethod, type ScreeOptions, type ScreeProgress, type ScreeResult, scree } from "./scree";
export { type StabilityOptions, type StabilityProgress, type StabilityResult, stability } from "./stability";
