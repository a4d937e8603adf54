import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { affine, binaryCrossEntropy, exp, halfSquaredError, log, sigmoid } from "../engine/ops";
import type { LikelihoodOptions } from "./variational-options";

/** Variance below which "optimal" does not go: noiseless data would make the loss fall without end. */
const LEAST_VARIANCE = 1e-6;

/** A negative log likelihood, and the deviation it used where it found one. */
export interface Misfit {
  readonly value: Tensor;
  readonly deviation?: Tensor;
}

/**
 * Negative log likelihood of a batch, summed over the D values of a sample, mean over the samples. Gaussian:
 * SSE / (2 deviation^2) + D ln(deviation), so that deviation 1 is AtomAI's half squared error (the constant
 * D ln(2 pi) / 2 is left out); Bernoulli: cross-entropy of logits. `output` is what the decoder's last layer gives; no
 * gradient flows into the target.
 */
export function misfit(engine: Engine, o: Required<LikelihoodOptions>, output: Tensor, target: Tensor): Misfit {
  if (o.likelihood === "bernoulli") return { value: binaryCrossEntropy(engine, output, target) };
  const half = halfSquaredError(engine, output, target);
  const size = target.size / (target.shape[0] as number);
  if (o.deviation !== "optimal") {
    if (o.deviation === 1) return { value: half };
    return { value: affine(engine, half, 1 / o.deviation ** 2, size * Math.log(o.deviation)) };
  }
  const logVariance = log(engine, affine(engine, half, 2 / size, LEAST_VARIANCE));
  return {
    value: affine(engine, logVariance, size / 2, size / 2),
    deviation: exp(engine, affine(engine, logVariance, 0.5)),
  };
}

/** The expected data at an output of the decoder's last layer. */
export function expectedValue(engine: Engine, o: Required<LikelihoodOptions>, output: Tensor): Tensor {
  return o.likelihood === "bernoulli" ? sigmoid(engine, output) : output;
}
