import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { add, affine, columns, log, multiply, reshape, sideBySide, softmax, sum } from "../engine/ops";
import type { Architecture } from "./architecture";
import { checkInput, sideOf } from "./check";
import { denseStack } from "./dense";
import type { Gaussian } from "./gaussian-encoder";
import type { JrvaeModel, ResolvedJrvaeOptions } from "./jrvae";
import { linear, type Scope } from "./layers";
import { expectedValue, misfit } from "./likelihood";
import { contentOf, type Pose, poseOf } from "./pose";
import { poseSize } from "./pose-options";
import { drawPosed, poseKl, posteriorOf, rvaeSpecs } from "./rvae-network";
import { capacityAt, drawLatent, heldAtCapacity } from "./variational";
import { checkUnitRange } from "./variational-options";

const ENCODER = "encoder_net";
/** AtomAI's: keeps the logarithm of a probability finite. */
const LEAST_PROBABILITY = 1e-12;

/** What the encoder says of images: pose and content, and the probabilities [n, all classes]. */
export interface JointPosterior extends Gaussian {
  readonly probabilities: Tensor;
}

/** How `fit`, `encode`, `decode`, `predict` and `posterior` run a jrVAE. @internal */
export const jrvaeArchitecture: Architecture<JrvaeModel> = {
  specs: ({ options }) => rvaeSpecs(options, options.classes),
  data: (model, samples) => {
    const input = jrvaeArchitecture.encoderInput(model, samples);
    checkUnitRange(model.kind, model.options, input.data);
    return [input];
  },
  noise: ({ options: o }) => [
    { distribution: "normal", shape: [poseSize(o) + o.latent] },
    { distribution: "gumbel", shape: [allClasses(o)] },
  ],
  schedule: ({ options: o }, step) => {
    const { capacity, classCapacity } = o;
    const most = o.classes.reduce((nats, count) => nats + Math.log(count), 0);
    return [
      capacityAt(step, capacity.largest, capacity.steps),
      Math.min(capacityAt(step, classCapacity.largest, classCapacity.steps), most),
    ];
  },
  encoderInput: ({ kind, options }, samples) =>
    checkInput(kind, "images", sideOf(kind, samples, "images"), options.image),
  latentShape: ({ options: o }) => [o.latent + allClasses(o)],
  outputShape: ({ options }) => options.image,
  outputSide: () => "images",
  fixedOrientation: () => "it tells the orientation of an image from its content",
  encode: (scope, { options: o }, x) => contentOf(scope.engine, o, jrvaeEncoder(scope, o, x).mean),
  decode: (scope, { options }, latent) => expectedValue(scope.engine, options, drawPosed(scope, options, {}, latent)),
  reconstruct: (scope, { options: o }, x) => {
    const { mean, probabilities } = jrvaeEncoder(scope, o, x);
    return expectedValue(scope.engine, o, jrvaeDecoder(scope, o, mean, likeliest(scope.engine, o, probabilities)));
  },
  posterior: (scope, { options }, x) => {
    const q = jrvaeEncoder(scope, options, x);
    return { ...posteriorOf(scope.engine, options, q), classes: q.probabilities };
  },
  draw: (scope, { options: o }, x, noise) => {
    const { engine } = scope;
    const q = jrvaeEncoder(scope, o, x);
    const classes = drawClasses(engine, o, q.probabilities, noise[1]);
    return expectedValue(engine, o, jrvaeDecoder(scope, o, drawLatent(engine, q, noise[0]), classes));
  },
  loss: (scope, { options: o }, [x], { noise, schedule }) => {
    const { engine } = scope;
    const q = jrvaeEncoder(scope, o, x);
    const classes = drawClasses(engine, o, q.probabilities, noise[1]);
    const output = jrvaeDecoder(scope, o, drawLatent(engine, q, noise[0]), classes);
    const { value, deviation } = misfit(engine, o, output, x);
    const { total: kl, terms } = poseKl(engine, o, q);
    const klClasses = classKl(engine, o, q.probabilities);
    const held = [
      heldAtCapacity(engine, kl, schedule[0], o.capacity.gamma),
      heldAtCapacity(engine, klClasses, schedule[1], o.classCapacity.gamma),
    ];
    return {
      total: add(engine, add(engine, value, held[0]), held[1]),
      terms: { reconstruction: value, ...terms, klClasses, ...(deviation === undefined ? {} : { deviation }) },
    };
  },
  width: ({ options: { image, hidden } }) => image[0] * image[1] * hidden,
};

/** Distribution of pose and content, and class probabilities, of images. */
export function jrvaeEncoder(scope: Scope, { layers, classes }: ResolvedJrvaeOptions, x: Tensor): JointPosterior {
  const { engine } = scope;
  const features = denseStack(scope, `${ENCODER}.dense`, layers, reshape(engine, x, [x.shape[0], -1]));
  const probabilities = classes.map((_, i) => softmax(engine, linear(scope, `${ENCODER}.fc13.${i}`, features)));
  return {
    mean: linear(scope, `${ENCODER}.fc11`, features),
    logDeviation: linear(scope, `${ENCODER}.fc12`, features),
    probabilities: joined(engine, probabilities),
  };
}

/** Pose and content latents [n, all], classes [n, all classes] -> output of the decoder [n, height, width, channels]. */
export function jrvaeDecoder(scope: Scope, o: ResolvedJrvaeOptions, all: Tensor, classes: Tensor): Tensor {
  const { engine } = scope;
  const pose: Pose = poseOf(engine, o, all);
  return drawPosed(scope, o, pose, sideBySide(engine, [contentOf(engine, o, all), classes]));
}

/** A relaxed sample of each discrete latent: softmax((ln p + Gumbel noise) / temperature). */
export function drawClasses(engine: Engine, o: ResolvedJrvaeOptions, probabilities: Tensor, gumbel: Tensor): Tensor {
  const logarithms = log(engine, affine(engine, probabilities, 1, LEAST_PROBABILITY));
  const scores = affine(engine, add(engine, logarithms, gumbel), 1 / o.temperature);
  return eachLatent(engine, o, scores, (part) => softmax(engine, part));
}

/** KL divergence of the class probabilities from equal ones: sum of p ln(p * classes), mean over the samples. */
function classKl(engine: Engine, { classes }: ResolvedJrvaeOptions, probabilities: Tensor): Tensor {
  const n = probabilities.shape[0] as number;
  const logarithms = log(engine, affine(engine, probabilities, 1, LEAST_PROBABILITY));
  const mean = affine(engine, sum(engine, multiply(engine, probabilities, logarithms)), 1 / n);
  const equal = classes.reduce((nats, count) => nats + Math.log(1 / count + LEAST_PROBABILITY), 0);
  return affine(engine, mean, 1, -equal); // the probabilities of each latent add up to 1
}

/** 1 for the class of highest probability of each discrete latent, 0 for the others. */
function likeliest(engine: Engine, o: ResolvedJrvaeOptions, probabilities: Tensor): Tensor {
  const { tf } = engine;
  return eachLatent(engine, o, probabilities, (part) =>
    tf.cast(tf.oneHot(tf.argMax(part, 1), part.shape[1] as number), "float32"),
  );
}

/** Applies a function to the classes of each discrete latent. */
function eachLatent(engine: Engine, { classes }: ResolvedJrvaeOptions, all: Tensor, work: (part: Tensor) => Tensor) {
  let first = 0;
  const parts = classes.map((count) => {
    const part = work(classes.length === 1 ? all : columns(engine, all, first, count));
    first += count;
    return part;
  });
  return joined(engine, parts);
}

function joined(engine: Engine, parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0] : sideBySide(engine, parts);
}

function allClasses({ classes }: ResolvedJrvaeOptions): number {
  return classes.reduce((a, b) => a + b, 0);
}
