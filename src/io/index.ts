export { type LoadOptions, load } from "./load";
export { type NumericArray, readNpy } from "./npy";
export { readNpz } from "./npz";
export type { NumberArray } from "./number-types";
export { type OpenOptions, open, type SpectrumFile } from "./open-spectra";
export type { SpectrumPart } from "./part";
export { inspect, read } from "./read";
export { readSafetensors, type Safetensors, type WritableTensor, writeSafetensors } from "./safetensors";
export type { ArraySignal, AxisInfo, RawLayout, ReadOptions, Signal, SignalInfo } from "./signals";
