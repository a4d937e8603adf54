export type { Augment } from "./augment";
export {
  type AutoencoderModel,
  type AutoencoderOptions,
  autoencoder,
  type Corruption,
  type ResolvedAutoencoderOptions,
} from "./autoencoder";
export type { Checkpoint } from "./checkpoint";
export { balancedWeights, type ClassOptions } from "./class-options";
export { type ClassifierModel, type ClassifierOptions, classifier, type ResolvedClassifierOptions } from "./classifier";
export { type Classification, classify } from "./classify";
export { type DualVaeModel, type DualVaeOptions, dualVae, type ResolvedDualVaeOptions } from "./dual-vae";
export { type DualSides, dualSides } from "./dual-vae-sides";
export type { EarlyStop } from "./early-stop";
export { type EnsembleOptions, ensemble, fitEnsemble } from "./ensemble";
export { loadEnsemble, saveEnsemble } from "./ensemble-file";
export { type ExportOptions, exportWeights, type ImportOptions, importWeights } from "./exchange";
export { fit } from "./fit";
export { type Im2specModel, type Im2specOptions, im2spec } from "./im2spec";
export { type JrvaeModel, type JrvaeOptions, jrvae, type ResolvedJrvaeOptions } from "./jrvae";
export { type LatentLayout, latentLayout } from "./latent-layout";
export type { Schedule, ScheduleKind } from "./learning-rate-schedule";
export { type Model, type ModelBase, type Parameter, parameterCount } from "./model";
export { loadModel, saveModel } from "./model-file";
export { type NetworkLayer, type NetworkLayers, networkLayers } from "./network-layers";
export type { OneSideOptions } from "./one-side";
export { outputSide } from "./output-side";
export type { PoseOptions } from "./pose-options";
export { type Posterior, posterior } from "./posterior";
export { decode, encode, type PredictOptions, predict } from "./predict";
export { type PredictAcrossOptions, predictAcross } from "./predict-across";
export {
  type PredictDistributionOptions,
  type PredictedDistribution,
  predictDistribution,
} from "./predict-distribution";
export { type DisplayedRun, type ProgressListener, setTrainingDisplay, type TrainingDisplay } from "./progress";
export { type ResolvedRvaeOptions, type RvaeModel, type RvaeOptions, rvae } from "./rvae";
export { type SegmenterModel, type SegmenterOptions, segmenter } from "./segmenter";
export { type Spec2imModel, type Spec2imOptions, spec2im } from "./spec2im";
export type { EpochRecord, FitOptions, TrainingEnd, TrainingProgress, TrainingResult } from "./training";
export { type ResolvedVaeOptions, type VaeModel, type VaeOptions, vae } from "./vae";
export type { Capacity, KlOptions, LikelihoodOptions } from "./variational-options";
export { type ResolvedVedOptions, type VedModel, type VedOptions, ved } from "./ved";
