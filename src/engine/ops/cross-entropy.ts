import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/**
 * Cross-entropy of scores [..., classes] with one-hot targets, each target weighted by its class: the sum of
 * -weight * log(softmax) over the sum of the weights, as PyTorch's CrossEntropyLoss. No gradient flows into the target.
 */
export function softmaxCrossEntropy(
  engine: Engine,
  scores: Tensor,
  target: Tensor,
  weights: readonly number[] = new Array(scores.shape[scores.shape.length - 1]).fill(1),
): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [scores],
    (save) => {
      const weighted = tf.mul(target, tf.tensor1d([...weights]));
      const total = tf.sum(weighted);
      const centred = tf.sub(scores, tf.max(scores, -1, true));
      const logarithms = tf.sub(centred, tf.log(tf.sum(tf.exp(centred), -1, true)));
      save([logarithms, weighted, total]);
      return tf.neg(tf.div(tf.sum(tf.mul(weighted, logarithms)), total));
    },
    (dy, [logarithms, weighted, total]) => {
      const slope = tf.sub(tf.mul(tf.exp(logarithms), tf.sum(weighted, -1, true)), weighted);
      return [tf.mul(slope, tf.div(dy, total))];
    },
  );
}

/** Keeps the Dice coefficient of an absent class defined. */
const ABSENT = 1e-7;

/**
 * 1 - Dice: over all samples and pixels, twice what probabilities [..., classes] and one-hot targets share, over the sum
 * of both, for each class; then the mean over the classes, weighted (Milletari et al. 2016, arXiv:1606.04797, without
 * squares, as AtomAI has it; for three classes and more AtomAI 0.8.1 leaves the width out of these sums, this does not). No gradient flows into the target.
 */
export function diceLoss(
  engine: Engine,
  probability: Tensor,
  target: Tensor,
  weights: readonly number[] = new Array(probability.shape[probability.shape.length - 1]).fill(1),
): Tensor {
  const { tf } = engine;
  const all = weights.reduce((a, b) => a + b, 0);
  const samples = probability.shape.slice(0, -1).map((_, axis) => axis);
  return withGradient(
    engine,
    [probability],
    (save) => {
      const share = tf.tensor1d(weights.map((weight) => (2 * weight) / all));
      const shared = tf.sum(tf.mul(probability, target), samples);
      const both = tf.add(tf.sum(tf.add(probability, target), samples), ABSENT);
      save([tf.div(share, both), tf.div(shared, both), target]);
      return tf.sub(1, tf.sum(tf.mul(share, tf.div(shared, both))));
    },
    (dy, [perBoth, ratio, t]) => [tf.mul(dy, tf.mul(perBoth, tf.sub(ratio, t)))],
  );
}
