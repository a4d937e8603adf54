export type { Cube } from "./array-geometry";
export { type LowLoss, type LowLossOptions, type LowLossTruth, lowLoss } from "./low-loss";
export { type NanoparticleArray, type NanoparticleArrayTruth, nanoparticleArray } from "./nanoparticle-array";
export type { NanoparticleArrayOptions } from "./options";
export type { RegionMasks } from "./regions";
export { type ShiftedPeaks, type ShiftedPeaksOptions, shiftedPeaks } from "./shifted-peaks";
