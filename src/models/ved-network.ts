import type { Tensor } from "@tensorflow/tfjs-core";
import { columns, leakyRelu, log, maxPool, reshape, sigmoid, softplus, upsampleTwice } from "../engine/ops";
import type { Architecture, Loss, StepExtras } from "./architecture";
import { checkInput, checkPairs, sideOf } from "./check";
import type { Gaussian } from "./gaussian-encoder";
import { capacitySchedule, withKl } from "./kl-weight";
import { convolutionSpecs, convolve, linear, linearFromMapSpecs, linearToMapSpecs, type Scope } from "./layers";
import { misfit } from "./likelihood";
import type { ParameterSpec } from "./parameter-spec";
import { drawLatent, normalKl, sampledKl } from "./variational";
import { checkUnitRange } from "./variational-options";
import type { ResolvedVedOptions as Options, VedModel } from "./ved";

/** Slope of the leaky ReLU below zero in pyroVED, PyTorch's default. */
const SLOPE = 0.01;

/** How `fit`, `encode`, `decode` and `predict` run a VED. @internal */
export const vedArchitecture: Architecture<VedModel> = {
  specs: (model) => vedSpecs(model.options),
  data: (model, samples) => {
    const { images, spectra } = checkPairs(model, samples);
    checkUnitRange(model.kind, model.options, spectra.data);
    return [images, spectra];
  },
  noise: ({ options }) => [{ distribution: "normal", shape: [options.latent] }],
  encoderInput: (model, samples) =>
    checkInput(model.kind, "images", sideOf(model.kind, samples, "images"), model.options.image),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => [options.spectrum],
  outputSide: () => "spectra",
  encode: (scope, { options }, images) => encodeImages(scope, options, images).mean,
  decode: (scope, { options }, latent) => decodeLatent(scope, options, latent),
  posterior: (scope, { options }, images) => {
    const { mean, deviation } = encodeImages(scope, options, images);
    return { mean, deviation };
  },
  draw: (scope, { options }, images, [noise]) =>
    decodeLatent(scope, options, drawLatent(scope.engine, encodeImages(scope, options, images), noise)),
  schedule: ({ options }, step) => capacitySchedule(options, step),
  loss: (scope, { options }, data, extras) => vedLoss(scope, options, data, extras),
  width: ({ options }) => widestLayer(options),
};

/** All parameters of a VED, in the order and under the names of pyroVED's state dictionary. */
export function vedSpecs(o: Options): ParameterSpec[] {
  const encoder = layersOf(o.encoderFilters, o.image[2], "between blocks");
  const decoder = layersOf(o.decoderFilters, o.decoderFilters[0][0], "after each block");
  const last = o.decoderFilters[o.decoderFilters.length - 1];
  return [
    ...encoder.convolutions.flatMap(({ index, out, input }) =>
      convolutionSpecs(`${ENCODER}.${index}`, out, input, [3, 3]),
    ),
    ...linearFromMapSpecs(FEATURES_TO_LATENT, 2 * o.latent, encoder.filters, pooledPixels(o)),
    ...linearToMapSpecs(LATENT_TO_FEATURES, o.decoderFilters[0][0], decodedLengths(o)[0], o.latent),
    ...decoder.convolutions.flatMap(({ index, out, input, resamples }) => [
      ...convolutionSpecs(`${DECODER}.${index}`, out, input, [3]),
      ...(resamples === undefined ? [] : convolutionSpecs(`${DECODER}.${resamples}.conv`, out, out, [1])),
    ]),
    ...convolutionSpecs(`${DECODER}.${decoder.next}`, 1, last[last.length - 1], [1]),
  ];
}

/** Mean and spread of the latents of images [n, height, width, channels]. */
export function encodeImages(scope: Scope, o: Options, images: Tensor): Gaussian & { readonly deviation: Tensor } {
  const { engine } = scope;
  const { convolutions } = layersOf(o.encoderFilters, o.image[2], "between blocks");
  let x = images;
  for (const { index, resamples } of convolutions) {
    x = leakyRelu(engine, convolve(scope, `${ENCODER}.${index}`, x, [1, 1]), SLOPE);
    if (resamples !== undefined) x = maxPool(engine, x, 2);
  }
  const both = linear(scope, FEATURES_TO_LATENT, reshape(engine, x, [x.shape[0], -1]));
  const deviation = softplus(engine, columns(engine, both, o.latent, o.latent));
  return { mean: columns(engine, both, 0, o.latent), deviation, logDeviation: log(engine, deviation) };
}

/** [n, latent] -> [n, spectral channels], of a sigmoid output its argument. */
export function decodeRaw(scope: Scope, o: Options, latent: Tensor): Tensor {
  const { engine } = scope;
  const [n] = latent.shape;
  const { convolutions, next } = layersOf(o.decoderFilters, o.decoderFilters[0][0], "after each block");
  const lengths = decodedLengths(o);
  let length = lengths[0];
  let block = 0;
  let x = reshape(engine, linear(scope, LATENT_TO_FEATURES, latent), [n, 1, length, o.decoderFilters[0][0]]);
  for (const { index, out, resamples } of convolutions) {
    x = leakyRelu(engine, convolve(scope, `${DECODER}.${index}`, x, [1, 1]), SLOPE);
    if (resamples === undefined) continue;
    // pyroVED doubles first; a convolution of one tap gives the same either way, and half as many points are half the work.
    x = upsampleTwice(engine, convolve(scope, `${DECODER}.${resamples}.conv`, x, [1, 1]), false);
    const wanted = lengths[++block];
    if (wanted < 2 * length) {
      x = reshape(engine, columns(engine, reshape(engine, x, [n, -1]), 0, wanted * out), [n, 1, wanted, out]);
    }
    length = wanted;
  }
  return reshape(engine, convolve(scope, `${DECODER}.${next}`, x, [1, 1]), [n, o.spectrum]);
}

function decodeLatent(scope: Scope, o: Options, latent: Tensor): Tensor {
  const raw = decodeRaw(scope, o, latent);
  return o.sigmoid || o.likelihood === "bernoulli" ? sigmoid(scope.engine, raw) : raw;
}

function vedLoss(scope: Scope, o: Options, [images, spectra]: readonly Tensor[], extras: StepExtras): Loss {
  const { engine } = scope;
  const [noise] = extras.noise;
  const found = encodeImages(scope, o, images);
  const latent = drawLatent(engine, found, noise);
  const output = (o.likelihood === "bernoulli" ? decodeRaw : decodeLatent)(scope, o, latent);
  const { value, deviation } = misfit(engine, o, output, spectra);
  const kl = o.kl === "sampled" ? sampledKl(engine, found, latent, noise) : normalKl(engine, found);
  const terms = { reconstruction: value, kl, ...(deviation === undefined ? {} : { deviation }) };
  return { total: withKl(engine, o, value, kl, extras.schedule), terms };
}

const ENCODER = "encoder_z.feature_extractor.layers";
const FEATURES_TO_LATENT = "encoder_z.features2latent.fc_latent";
const LATENT_TO_FEATURES = "decoder.latent2features.fc";
const DECODER = "decoder.upsampler.layers";

interface NumberedConvolution {
  /** Its number in pyroVED's list of layers, where each activation, pooling and doubling counts too. */
  readonly index: number;
  readonly out: number;
  readonly input: number;
  /** The number of the pooling or doubling that follows it. */
  readonly resamples?: number;
}

function layersOf(blocks: Options["encoderFilters"], first: number, resampled: "between blocks" | "after each block") {
  const convolutions: NumberedConvolution[] = [];
  let [next, input] = [0, first];
  for (const [b, filters] of blocks.entries()) {
    for (const [i, out] of filters.entries()) {
      const ends = i === filters.length - 1 && (resampled === "after each block" || b < blocks.length - 1);
      convolutions.push({ index: next, out, input, ...(ends ? { resamples: next + 2 } : {}) });
      next += ends ? 3 : 2;
      input = out;
    }
  }
  return { convolutions, next, filters: input };
}

function pooledPixels({ image: [height, width], encoderFilters }: Options): number {
  const factor = 2 ** (encoderFilters.length - 1);
  return Math.floor(height / factor) * Math.floor(width / factor);
}

/** Channels before each block of the decoder and at its end: halves of the spectrum, rounded up. */
function decodedLengths({ spectrum, decoderFilters }: Options): number[] {
  return Array.from({ length: decoderFilters.length + 1 }, (_, b) =>
    Math.ceil(spectrum / 2 ** (decoderFilters.length - b)),
  );
}

function widestLayer(o: Options): number {
  const [height, width, channels] = o.image;
  const encoded = o.encoderFilters.map((filters, b) => (height * width * Math.max(channels, ...filters)) / 4 ** b);
  const lengths = decodedLengths(o);
  const decoded = o.decoderFilters.map((filters, b) => Math.max(...filters) * lengths[b + 1]);
  return Math.max(...encoded, ...decoded);
}
