import type { FloatArray, Samples } from "../data";
import type { DualVaeModel } from "./dual-vae";
import { checkLinked } from "./dual-vae-network";
import { dualSides } from "./dual-vae-sides";
import { decode, encode, type PredictOptions, predict } from "./predict";

/** Options of `predictAcross`. */
export interface PredictAcrossOptions extends PredictOptions {
  /** What is predicted: the spectra of images, or the images of spectra. */
  readonly to: "images" | "spectra";
}

/**
 * What a dual VAE makes of one side of the samples on the other side, through the shared latent space, in the scaling of
 * the pairs: spectra [n, channels] from images, as `predict` does, or images [n, height, width, channels] from spectra,
 * at angle 0 and shift 0, which no spectrum tells.
 *
 * @throws OptionError for a model without a link; ShapeError, DataError, CancelledError
 * @example
 * const images = await predictAcross(model, test, { to: "images" });
 */
export async function predictAcross(
  model: DualVaeModel,
  samples: Samples | FloatArray,
  { to, ...options }: PredictAcrossOptions,
): Promise<FloatArray> {
  if (to === "spectra") return predict(model, samples, options);
  const { image, spectrum } = dualSides(model);
  checkLinked(model.options);
  return decode(image, await encode(spectrum, samples, options), options);
}
