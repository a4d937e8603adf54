import type { GradSaveFunc, Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";

/**
 * Runs `forward` as one operation whose gradient is `gradient(dy, saved)`: one tensor per input, in their order.
 * What the gradient needs must go through `save`. A gradient handed back twice must be cloned, or the tape disposes of a
 * tensor in use.
 */
export function withGradient(
  engine: Engine,
  inputs: Tensor[],
  forward: (save: (tensors: Tensor[]) => void) => Tensor,
  gradient: (dy: Tensor, saved: Tensor[]) => Tensor[],
): Tensor {
  const operation = engine.tf.customGrad((...given) => {
    const save = given[given.length - 1] as GradSaveFunc; // tfjs appends it to the inputs
    return { value: forward((tensors) => save(tensors)), gradFunc: gradient };
  });
  return operation(...inputs);
}
