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
import type { Im2specModel, Im2specOptions } from "./im2spec";
import type { Scope } from "./layers";
import type { ParameterSpec } from "./parameter-spec";

/** How `fit`, `encode`, `decode` and `predict` run an im2spec model. @internal */
export const im2specArchitecture: Architecture<Im2specModel> = {
  specs: (model) => im2specSpecs(model.options),
  data: (model, samples) => {
    const { images, spectra } = checkPairs(model, samples);
    return [images, spectra];
  },
  encoderInput: (model, samples) =>
    checkInput(model.kind, "images", sideOf(model.kind, samples, "images"), model.options.image),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => [options.spectrum],
  encode: (scope, { options }, images) => encodeConvolutional(scope, options, images),
  decode,
  outputSide: () => "spectra",
  loss: (scope, model, [images, spectra]) => ({
    total: meanSquaredError(
      scope.engine,
      decode(scope, model, encodeConvolutional(scope, model.options, images)),
      spectra,
    ),
  }),
  width: ({ options: o }) => widestLayer(o, imageSide(o.image), spectrumSide(o.spectrum)),
};

/** All parameters of an im2spec network, in the order and under the names of AtomAI's state dictionary. */
export function im2specSpecs(o: Readonly<Required<Im2specOptions>>): ParameterSpec[] {
  return convolutionalSpecs(o, imageSide(o.image), spectrumSide(o.spectrum));
}

/** [n, latent] -> [n, spectral channels] */
function decode(scope: Scope, { options: o }: Im2specModel, latent: Tensor): Tensor {
  const spectra = decodeConvolutional(scope, o, spectrumSide(o.spectrum), latent);
  return reshape(scope.engine, spectra, [latent.shape[0], o.spectrum]);
}
