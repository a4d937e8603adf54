export { createEagerStep } from "./eager-step";
export type { Program, ProgramTensors, StepLoss, TrainingStep } from "./program";
export { createTracedStep } from "./traced-step";
