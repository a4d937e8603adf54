import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine, NativeBackend } from "../engine";
import { attributes } from "./native-attribute";
import { withGradient } from "./with-gradient";

/** The parameters and running statistics of a batch norm, each [channels]. */
export interface BatchNormTensors {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly runningMean: Tensor;
  readonly runningVariance: Tensor;
}

/** `epsilon` is added to the variance; `momentum` is the share of the batch in the new running statistics. */
export interface BatchNormOptions {
  readonly epsilon: number;
  readonly momentum: number;
}

/** PyTorch's defaults. */
export const TORCH_BATCH_NORM: BatchNormOptions = { epsilon: 1e-5, momentum: 0.1 };

/** What batch norm gives in training mode. The running statistics are kept (`tf.keep`): the caller disposes of them. */
export interface BatchNormOutputs {
  readonly value: Tensor;
  readonly runningMean: Tensor;
  readonly runningVariance: Tensor;
}

/**
 * Batch norm over all but the last axis of `x` by running statistics, as in PyTorch's eval mode. Its gradient goes to
 * `x` alone.
 */
export function batchNormInference(engine: Engine, x: Tensor, p: BatchNormTensors, options = TORCH_BATCH_NORM): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [x],
    (save) => {
      const scale = tf.mul(p.weight, tf.rsqrt(tf.add(p.runningVariance, options.epsilon)));
      save([scale]);
      return tf.add(tf.mul(x, scale), tf.sub(p.bias, tf.mul(p.runningMean, scale)));
    },
    (dy, [scale]) => [tf.mul(dy, scale)],
  );
}

/**
 * Batch norm over all but the last axis of `x` [n, height, width, channels] by the batch's own statistics, as in
 * PyTorch's training mode: the biased variance normalises, the unbiased one goes into the running variance
 * (Ioffe & Szegedy 2015, arXiv:1502.03167). No gradient flows into the running statistics.
 */
export function batchNormTraining(
  engine: Engine,
  x: Tensor,
  p: BatchNormTensors,
  options: BatchNormOptions = TORCH_BATCH_NORM,
): BatchNormOutputs {
  return engine.native === undefined
    ? composedTraining(engine, x, p, options)
    : nativeTraining(engine, engine.native, x, p, options);
}

function nativeTraining(
  engine: Engine,
  native: NativeBackend,
  x: Tensor,
  p: BatchNormTensors,
  { epsilon, momentum }: BatchNormOptions,
): BatchNormOutputs {
  const make = attributes(native);
  const common = () => [
    make.type(),
    make.type("U"),
    make.float("epsilon", epsilon),
    make.string("data_format", "NHWC"),
    make.bool("is_training", true),
  ];
  let running: Tensor[] = [];
  const value = withGradient(
    engine,
    [x, p.weight, p.bias],
    (save) => {
      const [y, mean, variance, ...reserved] = native.executeMultipleOutputs(
        "FusedBatchNormV3",
        [...common(), make.float("exponential_avg_factor", momentum)],
        [x, p.weight, p.bias, p.runningMean, p.runningVariance],
        6,
      );
      running = [engine.tf.keep(mean), engine.tf.keep(variance)];
      save([x, p.weight, ...reserved]);
      return y;
    },
    (dy, saved) => native.executeMultipleOutputs("FusedBatchNormGradV3", common(), [dy, ...saved], 5).slice(0, 3),
  );
  return { value, runningMean: running[0], runningVariance: running[1] };
}

function composedTraining(
  engine: Engine,
  x: Tensor,
  p: BatchNormTensors,
  { epsilon, momentum }: BatchNormOptions,
): BatchNormOutputs {
  const { tf } = engine;
  const channels = x.shape[x.shape.length - 1];
  const count = x.size / channels;
  const rows = (t: Tensor) => tf.reshape(t, [count, channels]);
  const blend = (old: Tensor, fresh: Tensor) => tf.keep(tf.add(tf.mul(old, 1 - momentum), tf.mul(fresh, momentum)));
  let running: Tensor[] = [];
  const value = withGradient(
    engine,
    [x, p.weight, p.bias],
    (save) => {
      const mean = tf.mean(rows(x), 0);
      const centred = tf.sub(rows(x), mean);
      const variance = tf.mean(tf.square(centred), 0);
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      const normalised = tf.mul(centred, inverse);
      running = [
        blend(p.runningMean, mean),
        blend(p.runningVariance, tf.mul(variance, count / Math.max(1, count - 1))),
      ];
      save([normalised, inverse, p.weight]);
      return tf.reshape(tf.add(tf.mul(normalised, p.weight), p.bias), x.shape);
    },
    (dy, [normalised, inverse, weight]) => {
      const flat = rows(dy);
      const dBias = tf.sum(flat, 0);
      const dWeight = tf.sum(tf.mul(flat, normalised), 0);
      const inner = tf.sub(flat, tf.add(tf.div(dBias, count), tf.mul(normalised, tf.div(dWeight, count))));
      return [tf.reshape(tf.mul(inner, tf.mul(weight, inverse)), x.shape), dWeight, dBias];
    },
  );
  return { value, runningMean: running[0], runningVariance: running[1] };
}
