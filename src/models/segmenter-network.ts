import type { Tensor } from "@tensorflow/tfjs-core";
import { SpecbookError } from "../core";
import { diceLoss, leakyRelu, maxPool, sideBySide, softmax, softmaxCrossEntropy, upsampleTwice } from "../engine/ops";
import type { Architecture } from "./architecture";
import { checkInput, sideOf } from "./check";
import { oneHot } from "./class-options";
import { batchNorm, batchNormSpecs, convolutionSpecs, convolve, type Scope } from "./layers";
import { noSide } from "./no-side";
import type { ParameterSpec } from "./parameter-spec";
import type { SegmenterModel } from "./segmenter";

type Options = SegmenterModel["options"];

/** PyTorch's default slope of the leaky ReLU below zero. */
const SLOPE = 0.01;

/** How `fit`, `encode`, `predict` and `classify` run a segmenter. @internal */
export const segmenterArchitecture: Architecture<SegmenterModel> = {
  specs: ({ options }) => segmenterSpecs(options),
  data: (model, samples) => [
    segmenterArchitecture.encoderInput(model, samples),
    oneHot(model.kind, samples, model.options.classes, model.options.image.slice(0, 2)),
  ],
  encoderInput: ({ kind, options }, samples) =>
    checkInput(kind, "images", sideOf(kind, samples, "images"), options.image),
  latentShape: ({ options: o }) => {
    const { length } = o.layers;
    return [o.image[0] / 2 ** (length - 1), o.image[1] / 2 ** (length - 1), o.filters * 2 ** (length - 1)];
  },
  outputShape: ({ options }) => [...options.image.slice(0, 2), options.classes.length],
  outputSide: ({ kind }) => noSide(kind),
  encode: (scope, { options }, x) => down(scope, options, x).at(-1) as Tensor,
  decode: () => {
    throw new SpecbookError("OptionError", "a segmenter cannot decode by itself", {
      got: "points of its bottleneck",
      needed: "the window too: the way up uses what the way down saw at each size",
      remedy: "predict(model, windows) gives the probabilities of the windows",
    });
  },
  reconstruct: (scope, { options }, x) => softmax(scope.engine, scores(scope, options, x)),
  loss: (scope, { options }, [x, target]) => {
    const { engine } = scope;
    const found = scores(scope, options, x);
    return {
      total:
        options.loss === "dice"
          ? diceLoss(engine, softmax(engine, found), target, options.weights)
          : softmaxCrossEntropy(engine, found, target, options.weights),
    };
  },
  width: ({ options: o }) => o.image[0] * o.image[1] * Math.max(2 * o.filters, o.image[2]),
};

/** All parameters, in the order and under the names of AtomAI's Unet (where that has four blocks). */
export function segmenterSpecs(o: Options): ParameterSpec[] {
  const [, , channels] = o.image;
  const { length } = o.layers;
  const way = o.layers.map((count, i) => {
    const input = i === 0 ? channels : filtersOf(o, i - 1);
    return blockSpecs(downName(i, length), count, filtersOf(o, i), input, o.batchNorm);
  });
  const back = stepsUp(o).map(({ level, upsampling, block }) => [
    ...convolutionSpecs(upsampling, filtersOf(o, level), filtersOf(o, level + 1), [1, 1]),
    ...blockSpecs(block, o.layers[level], filtersOf(o, level), 2 * filtersOf(o, level), o.batchNorm),
  ]);
  const out = o.output === "sigmoid" ? 1 : o.classes.length;
  return [...way.flat(), ...back.flat(), ...convolutionSpecs("px", out, o.filters, [1, 1])];
}

/** The output of each block on the way down; the last is the bottleneck's. */
function down(scope: Scope, o: Options, input: Tensor): Tensor[] {
  const outputs: Tensor[] = [];
  for (const [i, count] of o.layers.entries()) {
    const x = i === 0 ? input : maxPool(scope.engine, outputs[i - 1], 2);
    outputs.push(block(scope, downName(i, o.layers.length), count, x, o.batchNorm));
  }
  return outputs;
}

/** [n, height, width, channels] -> [n, height, width, classes], before the softmax */
function scores(scope: Scope, o: Options, input: Tensor): Tensor {
  const { engine } = scope;
  const outputs = down(scope, o, input);
  let x = outputs[outputs.length - 1];
  for (const { level, upsampling, block: name } of stepsUp(o)) {
    // A convolution of one tap gives the same before the doubling, and a quarter of the pixels is a quarter of the work.
    const larger = upsampleTwice(engine, convolve(scope, upsampling, x, [1, 1]), true);
    x = block(scope, name, o.layers[level], sideBySide(engine, [outputs[level], larger]), o.batchNorm);
  }
  const found = convolve(scope, "px", x, [1, 1]);
  // The softmax of (0, x) is the sigmoid of x for the second class, and what is left for the first.
  return o.output === "sigmoid" ? sideBySide(engine, [engine.tf.zeros(found.shape), found]) : found;
}

interface StepUp {
  readonly level: number;
  readonly upsampling: string;
  readonly block: string;
}

/** The steps from the bottleneck to full size. */
function stepsUp({ layers }: Options): StepUp[] {
  const steps = layers.length - 1;
  return Array.from({ length: steps }, (_, i) => ({
    level: steps - 1 - i,
    upsampling: `upsample_block${i + 1}.conv`,
    block: `c${steps + 1 + i}.block`,
  }));
}

function downName(level: number, blocks: number): string {
  return level === blocks - 1 ? "bn.block" : `c${level + 1}.block`;
}

function filtersOf({ filters }: Options, level: number): number {
  return filters * 2 ** level;
}

function blockSpecs(name: string, count: number, out: number, input: number, withBatchNorm: boolean): ParameterSpec[] {
  const stride = withBatchNorm ? 3 : 2;
  return Array.from({ length: count }, (_, i) => [
    ...convolutionSpecs(`${name}.${i * stride}`, out, i === 0 ? input : out, [3, 3]),
    ...(withBatchNorm ? batchNormSpecs(`${name}.${i * stride + 2}`, out) : []),
  ]).flat();
}

/** Convolutions with leaky ReLU and batch norm after it. */
function block(scope: Scope, name: string, count: number, input: Tensor, withBatchNorm: boolean): Tensor {
  const stride = withBatchNorm ? 3 : 2;
  let x = input;
  for (let i = 0; i < count; i++) {
    x = leakyRelu(scope.engine, convolve(scope, `${name}.${i * stride}`, x, [1, 1]), SLOPE);
    if (withBatchNorm) x = batchNorm(scope, `${name}.${i * stride + 2}`, x);
  }
  return x;
}
