import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { attributes } from "./native-attribute";
import { withGradient } from "./with-gradient";

/** x where x > 0, `slope * x` elsewhere (and slope is the derivative at 0, as in PyTorch). */
export function leakyRelu(engine: Engine, x: Tensor, slope: number): Tensor {
  const { tf, native } = engine;
  if (native === undefined) {
    return withGradient(
      engine,
      [x],
      (save) => {
        save([x]);
        return tf.leakyRelu(x, slope);
      },
      (dy, [input]) => [tf.where(tf.greater(input, 0), dy, tf.mul(dy, slope))],
    );
  }
  const make = attributes(native);
  const common = () => [make.type(), make.float("alpha", slope)];
  return withGradient(
    engine,
    [x],
    (save) => {
      const y = native.executeSingleOutput("LeakyRelu", common(), [x]);
      // The result has the sign of the input. With it, a traced graph can fuse convolution, bias and activation.
      save([y]);
      return y;
    },
    (dy, [y]) => [native.executeSingleOutput("LeakyReluGrad", common(), [dy, y])],
  );
}
