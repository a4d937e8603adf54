export { bundle, chartBundle } from "./bundle";
export { type Display, display } from "./display";
export { isVegaLiteSpec, isVegaSpec, renderPng, renderSvg } from "./render";
