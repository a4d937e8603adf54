import { architectureOf } from "./kinds";
import type { Model } from "./model";

/** Which side of the samples a model's output is compared with. */
export function outputSide(model: Model): "images" | "spectra" {
  return architectureOf(model).outputSide(model);
}
