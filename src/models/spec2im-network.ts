import type { Tensor } from "@tensorflow/tfjs-core";
import { meanSquaredError, reshape } from "../engine/ops";
import type { Architecture } from "./architecture";
import { checkInput, checkPairs, sideOf } from "./check";
import {
  convolutionalSpecs,
  decodeConvolutional,
  encodeConvolutional,
  imageSide,
  spectrumSide,
  widestLayer,
} from "./convolutional-network";
import type { Scope } from "./layers";
import type { ParameterSpec } from "./parameter-spec";
import type { Spec2imModel, Spec2imOptions } from "./spec2im";

/** How `fit`, `encode`, `decode` and `predict` run a spec2im model. @internal */
export const spec2imArchitecture: Architecture<Spec2imModel> = {
  specs: (model) => spec2imSpecs(model.options),
  data: (model, samples) => {
    const { images, spectra } = checkPairs(model, samples);
    return [spectra, images];
  },
  encoderInput: (model, samples) =>
    checkInput(model.kind, "spectra", sideOf(model.kind, samples, "spectra"), [model.options.spectrum]),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => options.image,
  encode,
  decode,
  outputSide: () => "images",
  fixedOrientation: () => "it predicts images, and a spectrum does not know how its image is turned",
  loss: (scope, model, [spectra, images]) => ({
    total: meanSquaredError(scope.engine, decode(scope, model, encode(scope, model, spectra)), images),
  }),
  width: ({ options: o }) => widestLayer(o, spectrumSide(o.spectrum), imageSide(o.image)),
};

/** All parameters of a spec2im network, in the order and under the names of AtomAI's state dictionary. */
export function spec2imSpecs(o: Readonly<Required<Spec2imOptions>>): ParameterSpec[] {
  return convolutionalSpecs(o, spectrumSide(o.spectrum), imageSide(o.image));
}

/** [n, spectral channels] -> [n, latent] */
function encode(scope: Scope, { options }: Spec2imModel, spectra: Tensor): Tensor {
  return encodeConvolutional(scope, options, reshape(scope.engine, spectra, [-1, 1, options.spectrum, 1]));
}

/** [n, latent] -> [n, height, width, 1] */
function decode(scope: Scope, { options }: Spec2imModel, latent: Tensor): Tensor {
  return decodeConvolutional(scope, options, imageSide(options.image), latent);
}
