import type { Tensor } from "@tensorflow/tfjs-core";
import { leakyRelu, maxPool, reshape, softmax, softmaxCrossEntropy } from "../engine/ops";
import type { Architecture } from "./architecture";
import { checkInput, sideOf } from "./check";
import { oneHot } from "./class-options";
import type { ClassifierModel, ResolvedClassifierOptions as Options } from "./classifier";
import { denseSpecs } from "./dense";
import {
  batchNorm,
  batchNormSpecs,
  convolutionSpecs,
  convolve,
  linear,
  linearFromMapSpecs,
  type Scope,
} from "./layers";
import { noSide } from "./no-side";
import { sampleShape, sampleSize } from "./one-side";
import type { ParameterSpec } from "./parameter-spec";

/** PyTorch's default slope of the leaky ReLU below zero. */
const SLOPE = 0.01;

/** How `fit`, `encode`, `predict` and `classify` run a classifier. @internal */
export const classifierArchitecture: Architecture<ClassifierModel> = {
  specs: ({ options }) => classifierSpecs(options),
  data: (model, samples) => [
    classifierArchitecture.encoderInput(model, samples),
    oneHot(model.kind, samples, model.options.classes, []),
  ],
  encoderInput: ({ kind, options }, samples) =>
    checkInput(kind, options.side, sideOf(kind, samples, options.side), sampleShape(options)),
  latentShape: ({ options }) => [options.hidden],
  outputShape: ({ options }) => [options.classes.length],
  outputSide: ({ kind }) => noSide(kind),
  encode: (scope, { options }, x) => features(scope, options, x),
  decode: (scope, _model, latent) => softmax(scope.engine, scores(scope, latent)),
  loss: (scope, { options }, [x, target]) => ({
    total: softmaxCrossEntropy(scope.engine, scores(scope, features(scope, options, x)), target, options.weights),
  }),
  width: ({ options: o }) => sampleSize(o) * Math.max(1, o.filters),
};

/** All parameters, named as in a PyTorch module with the Sequentials `features` and `head`. */
export function classifierSpecs(o: Options): ParameterSpec[] {
  const { height, width, filters } = pooledMap(o);
  const convolutions = Array.from({ length: o.layers }, (_, layer) => {
    const out = o.filters * 2 ** layer;
    const input = layer === 0 ? depth(o) : out / 2;
    return [
      ...convolutionSpecs(`features.${layer * stride(o)}`, out, input, o.side === "images" ? [3, 3] : [3]),
      ...(o.batchNorm ? batchNormSpecs(`features.${layer * stride(o) + 2}`, out) : []),
    ];
  });
  return [
    ...convolutions.flat(),
    ...linearFromMapSpecs("head.0", o.hidden, filters, height * width),
    ...denseSpecs("head.2", o.classes.length, o.hidden),
  ];
}

/** The map that is left after the last halving. */
export function pooledMap(o: Options): { readonly height: number; readonly width: number; readonly filters: number } {
  const halved = (size: number) => Math.floor(size / 2 ** o.layers);
  const filters = o.filters * 2 ** (o.layers - 1);
  if (o.image === undefined || o.side === "spectra") return { height: 1, width: halved(o.spectrum as number), filters };
  return { height: halved(o.image[0]), width: halved(o.image[1]), filters };
}

/** [n, ...sample] -> [n, hidden] */
function features(scope: Scope, o: Options, input: Tensor): Tensor {
  const { engine } = scope;
  let x = o.side === "images" ? input : reshape(engine, input, [-1, 1, o.spectrum as number, 1]);
  for (let layer = 0; layer < o.layers; layer++) {
    x = leakyRelu(engine, convolve(scope, `features.${layer * stride(o)}`, x, [1, 1]), SLOPE);
    if (o.batchNorm) x = batchNorm(scope, `features.${layer * stride(o) + 2}`, x);
    x = maxPool(engine, x, 2);
  }
  return leakyRelu(engine, linear(scope, "head.0", reshape(engine, x, [x.shape[0], -1])), SLOPE);
}

/** [n, hidden] -> [n, classes], before the softmax */
function scores(scope: Scope, latent: Tensor): Tensor {
  return linear(scope, "head.2", latent);
}

/** Convolution, activation, batch norm and pooling are numbered one after the other. */
function stride({ batchNorm: withBatchNorm }: Options): number {
  return withBatchNorm ? 4 : 3;
}

function depth({ side, image }: Options): number {
  return side === "images" && image !== undefined ? image[2] : 1;
}
