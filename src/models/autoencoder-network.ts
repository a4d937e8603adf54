import type { Tensor } from "@tensorflow/tfjs-core";
import { meanSquaredError, sigmoid } from "../engine/ops";
import type { Architecture, NoiseSpec, StepExtras } from "./architecture";
import type { AutoencoderModel, ResolvedAutoencoderOptions } from "./autoencoder";
import { checkInput, sideOf } from "./check";
import { denseSpecs, denseStack, denseStackSpecs } from "./dense";
import { linear, type Scope } from "./layers";
import { sampleShape, sampleSize } from "./one-side";
import { flatSamples, shapedSamples } from "./one-side-tensors";
import type { ParameterSpec } from "./parameter-spec";

const ENCODER = "encoder_net";
const DECODER = "decoder_net";

/** How `fit`, `encode`, `decode` and `predict` run an autoencoder. @internal */
export const autoencoderArchitecture: Architecture<AutoencoderModel> = {
  specs: ({ options }) => autoencoderSpecs(options),
  data: (model, samples) => [autoencoderArchitecture.encoderInput(model, samples)],
  noise: ({ options }) => damage(options),
  encoderInput: ({ kind, options }, samples) =>
    checkInput(kind, options.side, sideOf(kind, samples, options.side), sampleShape(options)),
  latentShape: ({ options }) => [options.latent],
  outputShape: ({ options }) => sampleShape(options),
  outputSide: ({ options }) => options.side,
  encode: (scope, { options }, x) => encode(scope, options, flatSamples(scope.engine, options, x)),
  decode: (scope, { options }, latent) => shapedSamples(scope.engine, options, decode(scope, options, latent)),
  loss: (scope, { options }, [x], { noise }) => {
    const target = flatSamples(scope.engine, options, x);
    const latent = encode(scope, options, damaged(scope, options, target, noise));
    return { total: meanSquaredError(scope.engine, decode(scope, options, latent), target) };
  },
  width: ({ options }) => Math.max(sampleSize(options), options.hidden),
};

/** All parameters of an autoencoder, named after those of AtomAI's VAE. */
export function autoencoderSpecs(o: ResolvedAutoencoderOptions): ParameterSpec[] {
  const { layers, hidden, latent } = o;
  const size = sampleSize(o);
  return [
    ...denseStackSpecs(`${ENCODER}.dense`, layers, hidden, size),
    ...denseSpecs(`${ENCODER}.out`, latent, hidden),
    ...denseStackSpecs(`${DECODER}.decoder`, layers, hidden, latent),
    ...denseSpecs(`${DECODER}.out`, size, hidden),
  ];
}

/** [n, values] -> [n, latent] */
function encode(scope: Scope, { layers }: ResolvedAutoencoderOptions, x: Tensor): Tensor {
  return linear(scope, `${ENCODER}.out`, denseStack(scope, `${ENCODER}.dense`, layers, x));
}

/** [n, latent] -> [n, values] */
function decode(scope: Scope, o: ResolvedAutoencoderOptions, latent: Tensor): Tensor {
  const output = linear(scope, `${DECODER}.out`, denseStack(scope, `${DECODER}.decoder`, o.layers, latent));
  return o.sigmoid ? sigmoid(scope.engine, output) : output;
}

/** Random numbers of the damage that is asked for. */
function damage({ corruption, ...o }: ResolvedAutoencoderOptions): NoiseSpec[] {
  const shape = [sampleSize(o)];
  return [
    ...(corruption.deviation > 0 ? [{ distribution: "normal", shape } as const] : []),
    ...(corruption.masked > 0 ? [{ distribution: "uniform", shape } as const] : []),
  ];
}

/** The input with noise added and values set to 0. No gradient flows through: it is data. */
function damaged(
  { engine: { tf } }: Scope,
  { corruption: { deviation, masked } }: ResolvedAutoencoderOptions,
  x: Tensor,
  noise: StepExtras["noise"],
): Tensor {
  const noisy = deviation > 0 ? tf.add(x, tf.mul(noise[0], deviation)) : x;
  if (masked === 0) return noisy;
  return tf.mul(noisy, tf.cast(tf.greaterEqual(noise[noise.length - 1], masked), "float32"));
}
