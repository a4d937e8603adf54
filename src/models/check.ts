import { SpecbookError } from "../core";
import type { FloatArray, Pairs, Samples } from "../data";
import type { DualVaeModel } from "./dual-vae";
import type { Im2specModel, Im2specOptions } from "./im2spec";
import type { Model } from "./model";
import { madeFromData } from "./option-errors";
import type { Spec2imModel, Spec2imOptions } from "./spec2im";
import type { VedModel } from "./ved";

type Sizes = Readonly<Required<Im2specOptions | Spec2imOptions>>;

/** Throws unless the options describe an im2spec network that can be built. */
export function checkIm2specSizes(o: Sizes): void {
  checkCounts("im2spec", o);
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

/** Throws unless the options describe a spec2im network that can be built. */
export function checkSpec2imSizes(o: Sizes): void {
  checkCounts("spec2im", o);
  const [height, width, channels] = o.image;
  if (channels !== 1) {
    throw new SpecbookError("OptionError", "spec2im decodes images of one channel", {
      got: `windows of ${height} x ${width} with ${channels} channels`,
      needed: "image: [height, width, 1]",
      remedy: "cut the windows from a single image, such as the HAADF image or one abundance map",
    });
  }
  if (o.upsampling && (height % 4 !== 0 || width % 4 !== 0)) {
    throw new SpecbookError("OptionError", "upsampling does not fit these windows", {
      got: `windows of ${height} x ${width}`,
      needed: "multiples of 4, because the decoder doubles a quarter of the height and width twice",
      remedy: `cut windows of ${4 * Math.max(1, Math.round(height / 4))} pixels, or set upsampling: false`,
    });
  }
  if (o.downsampling > o.spectrum) {
    throw new SpecbookError("OptionError", "downsampling leaves nothing of the spectrum", {
      got: `downsampling ${o.downsampling} of ${o.spectrum} spectral channels`,
      needed: "a factor no larger than the number of channels",
      remedy: "set downsampling: 1, or keep more of the energy axis",
    });
  }
}

function checkCounts(kind: Model["kind"], o: Sizes): void {
  const counts: [string, number][] = [
    ["image height", o.image?.[0]],
    ["image width", o.image?.[1]],
    ["image channels", o.image?.[2]],
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
    throw new SpecbookError("OptionError", `${kind} cannot be built with this ${wrong[0]}`, {
      got: `${wrong[0]} ${wrong[1]}`,
      needed: "a whole number of at least 1",
      remedy: `take the sizes from the data: ${madeFromData(kind)}`,
    });
  }
}

/** Throws unless the samples are pairs of the model's sizes; returns them. */
export function checkPairs(
  { kind, options }: Pick<Im2specModel | Spec2imModel | VedModel | DualVaeModel, "kind" | "options">,
  samples: Samples | FloatArray,
): Pairs {
  checkIsData(kind, samples);
  if (!("kind" in samples) || samples.kind !== "pairs") {
    throw new SpecbookError("ShapeError", `${kind} trains on pairs of images and spectra`, {
      got: "kind" in samples ? `samples of kind ${samples.kind}` : "a bare array",
      needed: "pairs",
      remedy: "make them with windows(image, spectra, { size })",
    });
  }
  const { images, spectra } = samples;
  checkInput(kind, "images", images, options.image);
  checkInput(kind, "spectra", spectra, [options.spectrum]);
  if (images.shape[0] !== spectra.shape[0]) {
    throw new SpecbookError("ShapeError", "images and spectra of the pairs do not belong together", {
      got: `${images.shape[0]} images and ${spectra.shape[0]} spectra`,
      needed: "one spectrum for each image",
      remedy: "make the pairs with windows(image, spectra, { size })",
    });
  }
  return samples;
}

/** One side of samples, or the array itself; throws where the samples have no such side. */
export function sideOf(kind: Model["kind"], samples: Samples | FloatArray, side: "images" | "spectra"): FloatArray {
  checkIsData(kind, samples);
  if (!("kind" in samples)) return samples;
  if (side === "images" && "images" in samples) return samples.images;
  if (side === "spectra" && "spectra" in samples) return samples.spectra;
  throw new SpecbookError("ShapeError", `${kind} reads ${side}, and these samples have none`, {
    got: `samples of kind ${samples.kind}`,
    needed: `samples with ${side}`,
    remedy:
      side === "images"
        ? "cut them with imageWindows(image, { size }), or make pairs with windows(image, spectra, { size })"
        : "take them with pixelSpectra(spectra), or make pairs with windows(image, spectra, { size })",
  });
}

/** Throws unless samples, or what stands for them, are an object: a share such as 0.2 is what other libraries take. */
function checkIsData(kind: Model["kind"], samples: unknown): void {
  if (typeof samples === "object" && samples !== null) return;
  throw new SpecbookError("ShapeError", `${kind} needs samples`, {
    got: String(samples),
    needed: "pairs, images or spectra; for validation too",
    remedy: "const { train, test } = split(samples, { test: 0.2 }), then fit(model, train, { validation: test })",
  });
}

/** Throws unless an array is [n, ...sample] with finite values; returns it. */
export function checkInput(
  kind: Model["kind"],
  what: string,
  array: FloatArray,
  sample: readonly number[],
): FloatArray {
  const [n, ...got] = array.shape;
  const size = array.shape.reduce((a, b) => a * b, 1);
  if (got.length !== sample.length || got.some((s, i) => s !== sample[i]) || size !== array.data.length || n < 1) {
    throw new SpecbookError("ShapeError", `these ${what} do not fit the model`, {
      got: `shape [${array.shape.join(", ")}] with ${array.data.length} values`,
      needed: `[n, ${sample.join(", ")}] with n at least 1`,
      remedy:
        what === "latent points"
          ? "give the content latents of each point, and behind them, where the model has classes, 1 for one and 0 for the others"
          : `make the model from the data: ${madeFromData(kind)}, or cut windows of the model's size`,
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
