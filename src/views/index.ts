import { showTrainingInteractively } from "./training-panel";

export { type CustomWidgetOptions, widget } from "./custom-widget";
export { type ExploreOptions, type ExploreView, explore } from "./explore";
export { type ExploreLatentOptions, exploreLatent } from "./explore-latent";
export { LatentExplorer } from "./latent-explorer";
export type { WidgetState } from "./messages";
export { type ParameterFunction, type ParameterPanel, type ParameterRun, parameters } from "./parameter-panel";
export {
  type Choice,
  choice,
  type ParameterSpec,
  type ParameterValues,
  type Slider,
  type SliderOptions,
  slider,
} from "./parameter-spec";
export { type Answer, answerQuestions, type Questions } from "./questions";
export { showTrainingInteractively } from "./training-panel";
export {
  type AttachedFrontEnd,
  type ChangeListener,
  type MessageListener,
  type SendToFrontEnd,
  Widget,
  type WidgetOptions,
} from "./widget";

// As in notebook: a cell that trains shows its run without a call. This comes after, and so takes its place.
showTrainingInteractively();
