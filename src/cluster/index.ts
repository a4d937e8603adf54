export { type DbscanOptions, dbscan } from "./dbscan";
export { type DensityOptions, density } from "./density";
export { type DensityPeak, densityPeaks } from "./density-peaks";
export { type GaussianMixtureOptions, gaussianMixture } from "./gaussian-mixture";
export {
  type GaussianProcess,
  type GaussianProcessOptions,
  gaussianProcess,
  type ProcessPrediction,
  predictAt,
} from "./gaussian-process";
export { type KMeansOptions, kMeans } from "./k-means";
export type { KernelName } from "./kernels";
export {
  classifyByNeighbours,
  type NeighbourOptions,
  type NeighbourVoteOptions,
  nearestNeighbours,
} from "./nearest-neighbours";
export type { ObservationsInput } from "./observations";
export type { Clustering, Density, Embedding, Merges, Neighbours, Silhouette } from "./results";
export { type SilhouetteOptions, silhouette } from "./silhouette";
export { type UmapOptions, umap } from "./umap";
export { type WardClustering, type WardOptions, ward } from "./ward";
