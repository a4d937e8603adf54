import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { attributes } from "./native-attribute";
import { withGradient } from "./with-gradient";

/** Adds `bias` [channels] along the last axis of `x`. */
export function biasAdd(engine: Engine, x: Tensor, bias: Tensor): Tensor {
  const { tf, native } = engine;
  if (native === undefined) {
    return withGradient(
      engine,
      [x, bias],
      () => tf.add(x, bias),
      (dy) => [tf.clone(dy), tf.sum(tf.reshape(dy, [-1, bias.size]), 0)],
    );
  }
  const make = attributes(native);
  const common = () => [make.type(), make.string("data_format", "NHWC")];
  return withGradient(
    engine,
    [x, bias],
    () => native.executeSingleOutput("BiasAdd", common(), [x, bias]),
    (dy) => [tf.clone(dy), native.executeSingleOutput("BiasAddGrad", common(), [dy])],
  );
}
