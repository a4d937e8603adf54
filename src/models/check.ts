import { SpecbookError } from "../core";
import type { FloatArray, Pairs } from "../data";
import type { Im2specModel, Im2specOptions } from "./im2spec";

/** Throws unless the options describe a network that can be built. */
export function checkSizes(o: Readonly<Required<Im2specOptions>>): void {
  const counts: [string, number][] = [
    ["image height", o.image[0]],
    ["image width", o.image[1]],
    ["image channels", o.image[2]],
    ["spectrum", o.spectrum],
    ["latent", o.latent],
    ["encoderLayers", o.encoderLayers],
    ["decoderLayers", o.decoderLayers],
    ["encoderFilters", o.encoderFilters],
    ["decoderFilters", o.decoderFilters],
    ["downsampling", o.downsampling],
  ];
  const wrong = counts.find(([, value]) => !Number.isInteger(value) || value < 1);
  if (wrong !== undefined) {
    throw new SpecbookError("OptionError", `im2spec cannot be built with this ${wrong[0]}`, {
      got: `${wrong[0]} ${wrong[1]}`,
      needed: "a whole number of at least 1",
      remedy: "take the sizes from the data: im2spec({ ...shapes(pairs), latent: 2 })",
    });
  }
  if (o.upsampling && o.spectrum % 4 !== 0) {
    throw new SpecbookError("OptionError", "upsampling does not fit this spectrum", {
      got: `${o.spectrum} spectral channels`,
      needed: "a multiple of 4, because the decoder doubles a quarter of the channels twice",
      remedy: `crop the spectra to ${o.spectrum - (o.spectrum % 4)} channels, or set upsampling: false`,
    });
  }
  if (o.downsampling > Math.min(o.image[0], o.image[1])) {
    throw new SpecbookError("OptionError", "downsampling leaves nothing of the window", {
      got: `downsampling ${o.downsampling} of a ${o.image[0]} x ${o.image[1]} window`,
      needed: "a factor no larger than the window",
      remedy: "set downsampling: 1, or cut larger windows",
    });
  }
}

/** Throws unless the pairs have the model's sizes. */
export function checkPairs({ options }: Im2specModel, { images, spectra }: Pairs): void {
  checkInput("images", images, options.image);
  checkInput("spectra", spectra, [options.spectrum]);
  if (images.shape[0] !== spectra.shape[0]) {
    throw new SpecbookError("ShapeError", "images and spectra of the pairs do not belong together", {
      got: `${images.shape[0]} images and ${spectra.shape[0]} spectra`,
      needed: "one spectrum for each image",
      remedy: "make the pairs with windows(image, spectra, { size })",
    });
  }
}

/** Throws unless an array is [n, ...sample] with finite values; returns it. */
export function checkInput(what: string, array: FloatArray, sample: readonly number[]): FloatArray {
  const [n, ...got] = array.shape;
  const size = array.shape.reduce((a, b) => a * b, 1);
  if (got.length !== sample.length || got.some((s, i) => s !== sample[i]) || size !== array.data.length || n < 1) {
    throw new SpecbookError("ShapeError", `these ${what} do not fit the model`, {
      got: `shape [${array.shape.join(", ")}] with ${array.data.length} values`,
      needed: `[n, ${sample.join(", ")}] with n at least 1`,
      remedy:
        "make the model from the data: im2spec({ ...shapes(pairs), latent: 2 }), or cut windows of the model's size",
    });
  }
  const bad = array.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const perSample = array.data.length / n;
    throw new SpecbookError("DataError", `the ${what} hold values that are not numbers`, {
      got: `${array.data[bad]} in sample ${Math.floor(bad / perSample)}, at value ${bad % perSample} of ${perSample}`,
      needed: "finite values only",
      remedy: "find them in the data the pairs were cut from and mask, crop or replace them before windows(...)",
    });
  }
  return array;
}
