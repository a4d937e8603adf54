export { type Region, regionPixels } from "./region";
export { type RegionSpectrum, regionSpectrum } from "./region-spectrum";
export { type ScaleOption, unscale } from "./scaling";
export { type PairShapes, select, shapes } from "./select";
export { type SplitOptions, split } from "./split";
export { type WindowOptions, windows } from "./windows";
