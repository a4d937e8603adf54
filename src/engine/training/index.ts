export { createEagerStep } from "./eager-step";
export type { Program, ProgramTensors, StepLoss, StepState, TrainingStep } from "./program";
export { createTracedStep } from "./traced-step";
