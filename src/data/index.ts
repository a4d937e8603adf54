export { type Axis, axis, axisIndex, axisValues } from "./axis";
export { addHistory, type HistoryEntry } from "./history";
export { type Image, image } from "./image";
export type { Labelled, Labels } from "./labels";
export type { FloatArray, Pairs, Scaling } from "./pairs";
export type { ImageWindows, PixelSpectra, SampleAxes, SampleScaling, Samples } from "./samples";
export { type SpectrumImage, spectrumImage } from "./spectrum-image";
export { rowsAtOnce, type SpectrumSource } from "./spectrum-source";
