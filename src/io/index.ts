export { type NumericArray, readNpy } from "./npy";
export { readNpz } from "./npz";
export type { NumberArray } from "./number-types";
