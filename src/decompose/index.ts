export { mapImages } from "./map-images";
export { type NmfOptions, type NmfProgress, type NmfStart, nmf } from "./nmf";
export { type PcaOptions, pca } from "./pca";
export type { NmfResult, PcaResult } from "./results";
export type { SpectraInput } from "./scan-matrix";
