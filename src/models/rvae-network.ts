import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { columns, exp, latentKl, reshape, sigmoid, sum } from "../engine/ops";
import type { Architecture, PosteriorTensors } from "./architecture";
import { checkInput, sideOf } from "./check";
import { denseSpecs } from "./dense";
import { type Gaussian, gaussianEncoder, gaussianEncoderSpecs } from "./gaussian-encoder";
import { gridDecoderSpecs } from "./grid-decoder";
import { capacitySchedule, withKl } from "./kl-weight";
import type { Scope } from "./layers";
import { expectedValue, misfit } from "./likelihood";
import type { ParameterSpec } from "./parameter-spec";
import { contentOf, latentPriors, type Pose, poseOf } from "./pose";
import { poseSize, type ResolvedPose } from "./pose-options";
import { type PosedDecoderOptions, posedDecoder } from "./posed-decoder";
import type { ResolvedRvaeOptions, RvaeModel } from "./rvae";
import { drawLatent } from "./variational";
import { checkUnitRange } from "./variational-options";

const ENCODER = "encoder_net";
const DECODER = "decoder_net";

/** How `fit`, `encode`, `decode`, `predict` and `posterior` run an rVAE. @internal */
export const rvaeArchitecture: Architecture<RvaeModel> = {
  specs: ({ options }) => rvaeSpecs(options),
  data: (model, samples) => {
    const input = rvaeArchitecture.encoderInput(model, samples);
    checkUnitRange(model.kind, model.options, input.data);
    return [input];
  },
  noise: ({ options: o }) => [{ distribution: "normal", shape: [poseSize(o) + o.latent] }],
  schedule: ({ options }, step) => capacitySchedule(options, step),
  encoderInput: ({ kind, options }, samples) =>
    checkInput(kind, "images", sideOf(kind, samples, "images"), options.image),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => options.image,
  outputSide: () => "images",
  fixedOrientation: () => "it tells the orientation of an image from its content",
  encode: (scope, { options }, x) => contentOf(scope.engine, options, rvaeEncoder(scope, options, x).mean),
  decode: (scope, { options }, latent) => expectedValue(scope.engine, options, drawPosed(scope, options, {}, latent)),
  reconstruct: (scope, { options: o }, x) => {
    const { mean } = rvaeEncoder(scope, o, x);
    return expectedValue(scope.engine, o, rvaeDecoder(scope, o, mean));
  },
  posterior: (scope, { options }, x) => posteriorOf(scope.engine, options, rvaeEncoder(scope, options, x)),
  draw: (scope, { options: o }, x, [noise]) =>
    expectedValue(scope.engine, o, rvaeDecoder(scope, o, drawLatent(scope.engine, rvaeEncoder(scope, o, x), noise))),
  loss: (scope, { options: o }, [x], { noise, schedule }) => {
    const { engine } = scope;
    const q = rvaeEncoder(scope, o, x);
    const { value, deviation } = misfit(engine, o, rvaeDecoder(scope, o, drawLatent(engine, q, noise[0])), x);
    const { total, terms } = poseKl(engine, o, q);
    return {
      total: withKl(engine, o, value, total, schedule),
      terms: { reconstruction: value, ...terms, ...(deviation === undefined ? {} : { deviation }) },
    };
  },
  width: ({ options: { image, hidden } }) => image[0] * image[1] * hidden,
};

/** Parameters under the names of AtomAI's rVAE and, with the sizes of discrete latents, of its jrVAE. */
export function rvaeSpecs(
  o: ResolvedPose & Pick<ResolvedRvaeOptions, "image" | "layers" | "hidden" | "latent">,
  classes: readonly number[] = [],
): ParameterSpec[] {
  const { image, layers, hidden } = o;
  const [height, width, channels] = image;
  const latent = classes.reduce((sum, count) => sum + count, o.latent);
  const output = poseSize(o) + o.latent;
  return [
    ...gaussianEncoderSpecs(ENCODER, { input: height * width * channels, layers, hidden, output }),
    ...classes.flatMap((count, i) => denseSpecs(`${ENCODER}.fc13.${i}`, count, hidden)),
    ...gridDecoderSpecs(DECODER, { coordinates: 2, latent, layers, hidden, output: channels }),
  ];
}

/** Distribution of all latents of images: pose, then content. */
export function rvaeEncoder(scope: Scope, { layers }: ResolvedRvaeOptions, x: Tensor): Gaussian {
  return gaussianEncoder(scope, ENCODER, layers, reshape(scope.engine, x, [x.shape[0], -1]));
}

/** All latents [n, pose and content] -> output of the decoder [n, height, width, channels]. */
export function rvaeDecoder(scope: Scope, o: ResolvedRvaeOptions, all: Tensor): Tensor {
  return drawPosed(scope, o, poseOf(scope.engine, o, all), contentOf(scope.engine, o, all));
}

/** Images of a content [n, latents] at a pose, before the last function of a Bernoulli likelihood. */
export function drawPosed(
  scope: Scope,
  o: PosedDecoderOptions & Pick<ResolvedRvaeOptions, "sigmoid" | "likelihood">,
  pose: Pose,
  content: Tensor,
): Tensor {
  const output = posedDecoder(scope, DECODER, o, pose, content);
  return o.sigmoid && o.likelihood === "gaussian" ? sigmoid(scope.engine, output) : output;
}

/** Mean and deviation of content, angle and shift (rows down, columns to the right) of samples. */
export function posteriorOf(engine: Engine, o: ResolvedPose, { mean, logDeviation }: Gaussian): PosteriorTensors {
  const deviation = exp(engine, logDeviation);
  const at = poseOf(engine, o, mean);
  const spread = poseOf(engine, o, deviation);
  return {
    mean: contentOf(engine, o, mean),
    deviation: contentOf(engine, o, deviation),
    ...(o.rotation ? { angle: at.angle, angleDeviation: spread.angle } : {}),
    ...(o.shift ? movedBy(engine, at, spread) : {}),
  };
}

/**
 * How far a pose moves what is drawn, and the spread of that. The decoder is asked at turned and moved coordinates, g R +
 * s, so that what it draws at 0 is seen at g = -s R^T; the second coordinate runs from right to left.
 */
function movedBy(
  { tf }: Engine,
  { angle, shift }: Pose,
  spread: Pose,
): Pick<PosteriorTensors, "shift" | "shiftDeviation"> {
  const [first, second] = tf.split(shift as Tensor, 2, 1); // of a model with shift
  const [firstSpread, secondSpread] = tf.split(spread.shift as Tensor, 2, 1);
  const turn = angle ?? tf.zerosLike(first);
  const [cosine, sine] = [tf.cos(turn), tf.sin(turn)];
  const down = tf.neg(tf.add(tf.mul(first, cosine), tf.mul(second, sine)));
  const right = tf.sub(tf.mul(second, cosine), tf.mul(first, sine));
  const length = (a: Tensor, b: Tensor) => tf.sqrt(tf.add(tf.square(a), tf.square(b)));
  const downSpread = length(tf.mul(firstSpread, cosine), tf.mul(secondSpread, sine));
  const rightSpread = length(tf.mul(secondSpread, cosine), tf.mul(firstSpread, sine));
  return { shift: tf.concat([down, right], 1), shiftDeviation: tf.concat([downSpread, rightSpread], 1) };
}

/** KL divergence of all latents from their priors, and its parts. */
export function poseKl(
  engine: Engine,
  o: ResolvedPose & { readonly latent: number },
  { mean, logDeviation }: Gaussian,
): { readonly total: Tensor; readonly terms: Readonly<Record<string, Tensor>> } {
  const each = latentKl(engine, mean, logDeviation, latentPriors(o, o.latent));
  const row = reshape(engine, each, [1, each.size]);
  const part = (first: number, count: number) => sum(engine, columns(engine, row, first, count));
  const first = o.rotation ? 1 : 0;
  return {
    total: sum(engine, each),
    terms: {
      ...(o.rotation ? { klAngle: part(0, 1) } : {}),
      ...(o.shift ? { klShift: part(first, 2) } : {}),
      klContent: part(poseSize(o), o.latent),
    },
  };
}
