import { SpecbookError } from "../core/errors";
import type { FloatArray, SampleScaling, Samples, Scaling } from "../data";

/** The images or the spectra of samples; throws a ShapeError where they have none. */
export function sideOf(samples: Samples, side: "images" | "spectra"): FloatArray {
  const found = (samples as { readonly images?: FloatArray; readonly spectra?: FloatArray })[side];
  return found ?? missing(samples, side);
}

/** The scaling of the images or the spectra of samples. */
export function sideScaling(samples: Samples, side: "images" | "spectra"): Scaling {
  return (samples.scaling as SampleScaling)[side] ?? missing(samples, side);
}

function missing({ kind }: Samples, side: "images" | "spectra"): never {
  throw new SpecbookError("ShapeError", `these samples have no ${side}`, {
    got: `samples of kind ${kind}`,
    needed: `samples with ${side}`,
    remedy: "make pairs with windows(image, spectra, { size })",
  });
}
