import type { Tensor } from "@tensorflow/tfjs-core";
import { SpecbookError } from "../core";
import type { Engine } from "../engine/engine";
import { abs, add, addMany, affine, exp, log, multiply, product, subtract, sum } from "../engine/ops";
import type { Architecture, Loss, StepExtras } from "./architecture";
import { checkInput, checkPairs, sideOf } from "./check";
import type { DualVaeModel, ResolvedDualVaeOptions } from "./dual-vae";
import { DUAL_PREFIX, dualSideOptions } from "./dual-vae-sides";
import type { Gaussian } from "./gaussian-encoder";
import type { Scope } from "./layers";
import { expectedValue, misfit } from "./likelihood";
import type { ParameterSpec } from "./parameter-spec";
import { contentOf } from "./pose";
import { poseSize } from "./pose-options";
import { poseKl, posteriorOf, rvaeArchitecture, rvaeDecoder, rvaeEncoder, rvaeSpecs } from "./rvae-network";
import { scopeUnder, specsUnder } from "./scope-under";
import { vaeArchitecture, vaeDecoder, vaeEncoder, vaeSpecs } from "./vae-network";
import { drawLatent, normalKl } from "./variational";
import { checkUnitRange } from "./variational-options";

type Options = ResolvedDualVaeOptions;

/** Keeps the cosine finite where a latent point is the origin. */
const LEAST_SQUARE = 1e-12;

/** How `fit`, `encode`, `decode` and `predict` run a dual VAE. @internal */
export const dualVaeArchitecture: Architecture<DualVaeModel> = {
  specs: ({ options }) => dualVaeSpecs(options),
  data: (model, samples) => {
    const { images, spectra } = checkPairs(model, samples);
    for (const { data } of [images, spectra]) checkUnitRange(model.kind, model.options, data);
    return [images, spectra];
  },
  fixedOrientation: ({ options }) =>
    options.rotation ? "it tells the orientation of an image from its content" : undefined,
  noise: ({ options: o }) => [
    { distribution: "normal", shape: [poseSize(o) + o.latent] },
    { distribution: "normal", shape: [o.latent] },
  ],
  encoderInput: ({ kind, options }, samples) =>
    checkInput(kind, "images", sideOf(kind, samples, "images"), options.image),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => [options.spectrum],
  outputSide: () => "spectra",
  encode: (scope, { options }, images) => contentOf(scope.engine, options, imageLatents(scope, options, images).mean),
  decode: (scope, { options }, latent) => spectraAt(scope, options, latent),
  reconstruct: (scope, { options: o }, images) => {
    checkLinked(o);
    return spectraAt(scope, o, contentOf(scope.engine, o, imageLatents(scope, o, images).mean));
  },
  posterior: (scope, { options }, images) => posteriorOf(scope.engine, options, imageLatents(scope, options, images)),
  draw: (scope, { options: o }, images, [noise]) => {
    checkLinked(o);
    const drawn = drawLatent(scope.engine, imageLatents(scope, o, images), noise);
    return spectraAt(scope, o, contentOf(scope.engine, o, drawn));
  },
  loss: (scope, { options }, data, extras) => dualLoss(scope, options, data, extras),
  width: ({ options }) => {
    const { image, spectrum } = dualSideOptions(options);
    return Math.max(
      rvaeArchitecture.width({ kind: "rvae", options: image, parameters: {} }),
      vaeArchitecture.width({ kind: "vae", options: spectrum, parameters: {} }),
    );
  },
};

/** All parameters: those of the rVAE, those of the VAE, and the matrix of a linear link, which starts as the identity. */
export function dualVaeSpecs(o: Options): ParameterSpec[] {
  const { image, spectrum } = dualSideOptions(o);
  const size = o.latent;
  const link: ParameterSpec = {
    name: `${DUAL_PREFIX.link}.weight`,
    shape: [size, size],
    trainable: true,
    initial: "identity",
    view: [size, size],
    order: [1, 0],
    engineShape: [size, size],
  };
  return [
    ...specsUnder(rvaeSpecs(image), DUAL_PREFIX.image),
    ...specsUnder(vaeSpecs(spectrum), DUAL_PREFIX.spectrum),
    ...(o.link === "linear" ? [link] : []),
  ];
}

/** Distribution of the latents of images: pose, then content. */
export function imageLatents(scope: Scope, o: Options, images: Tensor): Gaussian {
  return rvaeEncoder(scopeUnder(scope, DUAL_PREFIX.image), dualSideOptions(o).image, images);
}

/** Distribution of the latents of spectra, in the space of the images' content. */
export function spectrumLatents(scope: Scope, o: Options, spectra: Tensor): Gaussian {
  const { mean, logDeviation } = vaeEncoder(
    scopeUnder(scope, DUAL_PREFIX.spectrum),
    dualSideOptions(o).spectrum,
    spectra,
  );
  if (o.link !== "linear") return { mean, logDeviation };
  return { mean: product(scope.engine, mean, scope.get(`${DUAL_PREFIX.link}.weight`)), logDeviation };
}

function spectraAt(scope: Scope, o: Options, latent: Tensor): Tensor {
  const { spectrum } = dualSideOptions(o);
  return expectedValue(scope.engine, spectrum, vaeDecoder(scopeUnder(scope, DUAL_PREFIX.spectrum), spectrum, latent));
}

function dualLoss(scope: Scope, o: Options, [images, spectra]: readonly Tensor[], { noise }: StepExtras): Loss {
  const { engine } = scope;
  const side = dualSideOptions(o);
  const q1 = imageLatents(scope, o, images);
  const q2 = spectrumLatents(scope, o, spectra);
  const all = drawLatent(engine, q1, noise[0]);
  const z2 = drawLatent(engine, q2, noise[1]);
  const image = misfit(engine, side.image, rvaeDecoder(scopeUnder(scope, DUAL_PREFIX.image), side.image, all), images);
  const decoded = vaeDecoder(scopeUnder(scope, DUAL_PREFIX.spectrum), side.spectrum, z2);
  const spectrum = misfit(engine, side.spectrum, decoded, spectra);
  const kl = add(engine, poseKl(engine, side.image, q1).total, normalKl(engine, q2));
  const terms = { images: image.value, spectra: spectrum.value, kl };
  const unlinked = addMany(engine, [image.value, spectrum.value, affine(engine, kl, o.beta)]);
  if (o.link === "none") return { total: unlinked, terms };
  const z1 = contentOf(engine, o, all);
  const link = o.link === "linear" ? meanDistance(engine, z1, z2) : meanAngle(engine, z1, z2);
  return { total: add(engine, unlinked, affine(engine, link, o.gamma)), terms: { ...terms, link } };
}

/** mean|a - b| over all values; a scalar. */
function meanDistance(engine: Engine, a: Tensor, b: Tensor): Tensor {
  return affine(engine, sum(engine, abs(engine, subtract(engine, a, b))), 1 / a.size);
}

/** 1 - cosine between the rows of a and b, mean over the rows; a scalar. */
function meanAngle(engine: Engine, a: Tensor, b: Tensor): Tensor {
  const dot = (x: Tensor, y: Tensor) => sum(engine, multiply(engine, x, y), [1]);
  const squares = affine(engine, multiply(engine, dot(a, a), dot(b, b)), 1, LEAST_SQUARE);
  const inverse = exp(engine, affine(engine, log(engine, squares), -0.5));
  return affine(engine, sum(engine, multiply(engine, dot(a, b), inverse)), -1 / a.shape[0], 1);
}

/** Throws where nothing links the two latent spaces. */
export function checkLinked({ link }: Options): void {
  if (link !== "none") return;
  throw new SpecbookError("OptionError", "two separate VAEs do not predict spectra from images", {
    got: 'a dual VAE with link: "none"',
    needed: "latent spaces that are linked",
    remedy: 'use each side by itself with dualSides(model), or train with link: "linear"',
  });
}
