export { createEagerStep } from "./eager-step";
export type { Program, ProgramTensors, TrainingStep } from "./program";
export { createTracedStep } from "./traced-step";
