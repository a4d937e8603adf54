import type { Tensor } from "@tensorflow/tfjs-core";
import { affine, columns, exp, sigmoid } from "../engine/ops";
import type { Architecture } from "./architecture";
import { checkInput, sideOf } from "./check";
import { denseStack, denseStackSpecs } from "./dense";
import { type Gaussian, gaussianEncoder, gaussianEncoderSpecs } from "./gaussian-encoder";
import { gridDecoderSpecs } from "./grid-decoder";
import { capacitySchedule, withKl } from "./kl-weight";
import { linear, linearToMapSpecs, type Scope } from "./layers";
import { expectedValue, misfit } from "./likelihood";
import { sampleShape, sampleSize } from "./one-side";
import { flatSamples, shapedSamples } from "./one-side-tensors";
import type { ParameterSpec } from "./parameter-spec";
import { shiftedDecoder } from "./shifted-decoder";
import type { ResolvedVaeOptions, VaeModel } from "./vae";
import { drawLatent, normalKl } from "./variational";
import { checkUnitRange } from "./variational-options";

const ENCODER = "encoder_net";
const DECODER = "decoder_net";

/** How `fit`, `encode`, `decode`, `predict` and `posterior` run a VAE. @internal */
export const vaeArchitecture: Architecture<VaeModel> = {
  specs: ({ options }) => vaeSpecs(options),
  data: (model, samples) => {
    const input = vaeArchitecture.encoderInput(model, samples);
    checkUnitRange(model.kind, model.options, input.data);
    return [input];
  },
  noise: ({ options }) => [{ distribution: "normal", shape: [latents(options)] }],
  schedule: ({ options }, step) => capacitySchedule(options, step),
  encoderInput: ({ kind, options }, samples) =>
    checkInput(kind, options.side, sideOf(kind, samples, options.side), sampleShape(options)),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => sampleShape(options),
  outputSide: ({ options }) => options.side,
  encode: (scope, { options }, x) => content(scope, options, vaeEncoder(scope, options, x).mean),
  decode: (scope, { options }, latent) => shaped(scope, options, generate(scope, options, latent)),
  reconstruct: (scope, { options }, x) =>
    shaped(scope, options, vaeDecoder(scope, options, vaeEncoder(scope, options, x).mean)),
  posterior: (scope, { options }, x) => {
    const { mean, logDeviation } = vaeEncoder(scope, options, x);
    const deviation = exp(scope.engine, logDeviation);
    const found = { mean: content(scope, options, mean), deviation: content(scope, options, deviation) };
    if (!options.shift) return found;
    return { ...found, shift: moved(scope, options, mean), shiftDeviation: moved(scope, options, deviation) };
  },
  draw: (scope, { options }, x, [noise]) =>
    shaped(scope, options, vaeDecoder(scope, options, drawLatent(scope.engine, vaeEncoder(scope, options, x), noise))),
  loss: (scope, { options }, [x], { noise, schedule }) => {
    const { engine } = scope;
    const target = flatSamples(engine, options, x);
    const q = vaeEncoder(scope, options, target);
    const output = vaeDecoder(scope, options, drawLatent(engine, q, noise[0]));
    const { value, deviation } = misfit(engine, options, output, target);
    const kl = normalKl(engine, q);
    const terms = { reconstruction: value, kl, ...(deviation === undefined ? {} : { deviation }) };
    return { total: withKl(engine, options, value, kl, schedule), terms };
  },
  width: ({ options: o }) => Math.max(sampleSize(o), o.shift ? sampleSize(o) * o.hidden : o.hidden),
};

/** All parameters, under the names of AtomAI's VAE; with a shift, of its rVAE's decoder. */
export function vaeSpecs(o: ResolvedVaeOptions): ParameterSpec[] {
  const { layers, hidden, latent } = o;
  const size = sampleSize(o);
  const channels = o.side === "images" ? sampleShape(o)[2] : 1;
  return [
    ...gaussianEncoderSpecs(ENCODER, { input: size, layers, hidden, output: latents(o) }),
    ...(o.shift
      ? gridDecoderSpecs(DECODER, { coordinates: 1, latent, layers, hidden, output: 1 })
      : [
          ...denseStackSpecs(`${DECODER}.decoder`, layers, hidden, latent),
          // AtomAI decodes the channels of an image one after the other.
          ...linearToMapSpecs(`${DECODER}.out`, channels, size / channels, hidden),
        ]),
  ];
}

/** Latents of the encoder: the shift, where there is one, comes first. */
function latents({ latent, shift }: ResolvedVaeOptions): number {
  return latent + (shift ? 1 : 0);
}

/** Distribution of the latents of samples, flat or in their shape. */
export function vaeEncoder(scope: Scope, o: ResolvedVaeOptions, x: Tensor): Gaussian {
  return gaussianEncoder(scope, ENCODER, o.layers, flatSamples(scope.engine, o, x));
}

/** [n, latents] -> what the last layer gives, [n, values]. */
export function vaeDecoder(scope: Scope, o: ResolvedVaeOptions, all: Tensor): Tensor {
  return generate(scope, o, content(scope, o, all), o.shift ? moved(scope, o, all) : undefined);
}

/** Content [n, latent] and, where there is one, shift [n, 1] -> what the last layer gives, [n, values]. */
function generate(scope: Scope, o: ResolvedVaeOptions, z: Tensor, shift?: Tensor): Tensor {
  const { engine } = scope;
  const output = o.shift
    ? shiftedDecoder(scope, DECODER, { spectrum: sampleSize(o), layers: o.layers }, shift, z)
    : linear(scope, `${DECODER}.out`, denseStack(scope, `${DECODER}.decoder`, o.layers, z));
  return o.sigmoid && o.likelihood === "gaussian" ? sigmoid(engine, output) : output;
}

/** The expected data, in the shape of a sample. */
function shaped({ engine }: Scope, o: ResolvedVaeOptions, output: Tensor): Tensor {
  return shapedSamples(engine, o, expectedValue(engine, o, output));
}

/** The columns of the content. */
function content({ engine }: Scope, o: ResolvedVaeOptions, all: Tensor): Tensor {
  return o.shift ? columns(engine, all, 1, o.latent) : all;
}

/** The shift of a latent, in units of half the spectrum's length. */
function moved({ engine }: Scope, o: ResolvedVaeOptions, all: Tensor): Tensor {
  return affine(engine, columns(engine, all, 0, 1), o.shiftPrior);
}
