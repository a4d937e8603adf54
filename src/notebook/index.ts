import { showTraining } from "./training-panel";

export { bundle, chartBundle } from "./bundle";
export { type Display, display } from "./display";
export { isVegaLiteSpec, isVegaSpec, renderPng, renderSvg } from "./render";
export { type SaveFigureOptions, saveFigure } from "./save-figure";
export { showTraining, trainingPanel } from "./training-panel";

// The library that a cell imports must find its panel without a call: cells only see the kernel's host.
showTraining();
