export { lossCurve } from "./loss-curve";
export { type MapOptions, type MapsOptions, map, maps } from "./map";
export { type NmfPlotOptions, nmf } from "./nmf";
export { type OverviewOptions, overview } from "./overview";
export { type PcaPlotOptions, pca, scree } from "./pca";
export type { VegaLiteSpec } from "./spec";
export { type NamedRegion, type NamedSpectrum, type SpectraOptions, spectra } from "./spectra";
