export type { Cube } from "./array-geometry";
export type { EdgeName } from "./core-loss-edges";
export { type LowLoss, type LowLossOptions, type LowLossTruth, lowLoss } from "./low-loss";
export { type NanoparticleArray, type NanoparticleArrayTruth, nanoparticleArray } from "./nanoparticle-array";
export type { Nanowire, NanowiresOptions } from "./nanowire-options";
export { type NanowireMode, type Nanowires, type NanowiresTruth, nanowires } from "./nanowires";
export type { NanoparticleArrayOptions } from "./options";
export type { AtomicColumn } from "./perovskite-columns";
export {
  type PerovskiteInterface,
  type PerovskiteInterfaceOptions,
  type PerovskiteInterfaceTruth,
  perovskiteInterface,
} from "./perovskite-interface";
export type { RegionMasks } from "./regions";
export { type ShiftedPeaks, type ShiftedPeaksOptions, shiftedPeaks } from "./shifted-peaks";
