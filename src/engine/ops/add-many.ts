import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { attributes } from "./native-attribute";
import { withGradient } from "./with-gradient";

/** The sum of tensors of one shape, in one pass over memory. */
export function addMany(engine: Engine, tensors: Tensor[]): Tensor {
  const { tf, native } = engine;
  const sum = () => {
    if (native === undefined) return tf.addN(tensors);
    const make = attributes(native);
    return native.executeSingleOutput("AddN", [make.type(), make.int("N", tensors.length)], tensors);
  };
  return withGradient(engine, tensors, sum, (dy) => tensors.map(() => tf.clone(dy)));
}
