import type { Model } from "./model";
import { outputSide } from "./output-side";

/** The kinds whose encoder reads another side than the one that their output is compared with. */
const CROSSING: Readonly<Record<string, "images" | "spectra">> = {
  im2spec: "images",
  spec2im: "spectra",
  ved: "images",
  "dual-vae": "images",
};

/** Which side of the samples a model's encoder reads. */
export function inputSide(model: Model): "images" | "spectra" {
  if (model.kind === "classifier") return model.options.side; // its output is no side
  return CROSSING[model.kind] ?? outputSide(model);
}
