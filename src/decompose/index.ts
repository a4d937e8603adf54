export { mapImages } from "./map-images";
export type { Missing } from "./missing";
export { nmf } from "./nmf";
export type { NmfLoss, NmfOptions, NmfProgress, NmfStart } from "./nmf-options";
export { type PcaOptions, pca } from "./pca";
export type { PenaltyOptions, PerFactor } from "./penalties";
export type { NmfRestart, NmfResult, ObjectiveTrace, PcaResult } from "./results";
export type { SpectraInput } from "./scan-matrix";
