export { fit } from "./fit";
export { type Im2specModel, type Im2specOptions, im2spec } from "./im2spec";
export { type Model, type ModelBase, type Parameter, parameterCount } from "./model";
export { outputSide } from "./output-side";
export { type Posterior, posterior } from "./posterior";
export { decode, encode, type PredictOptions, predict } from "./predict";
export { setTrainingDisplay, type TrainingDisplay } from "./progress";
export { type Spec2imModel, type Spec2imOptions, spec2im } from "./spec2im";
export type { EpochRecord, FitOptions, TrainingProgress, TrainingResult } from "./training";
