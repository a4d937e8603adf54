import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine, NativeBackend } from "../engine";
import { attributes } from "./native-attribute";
import { product } from "./product";
import { withGradient } from "./with-gradient";

/**
 * Cross-correlation with zero padding that keeps the size ("same"), stride 1, and a dilation along each axis.
 *
 * `x` is [n, height, width, channels], `kernel` [kernel height, kernel width, channels, filters] with odd sizes; the
 * result is [n, height, width, filters]. A one-dimensional convolution is one with height 1 and kernel height 1.
 * tfjs has no gradient for dilated convolutions; this one has, on the native engine by TensorFlow's own kernels, and
 * elsewhere by a matrix product over shifted copies (wasm has no filter gradient at all).
 */
export function convolution(engine: Engine, x: Tensor, kernel: Tensor, dilation: readonly [number, number]): Tensor {
  return engine.native === undefined
    ? composedConvolution(engine, x, kernel, dilation)
    : nativeConvolution(engine, engine.native, x, kernel, dilation);
}

function nativeConvolution(
  engine: Engine,
  native: NativeBackend,
  x: Tensor,
  kernel: Tensor,
  dilation: readonly [number, number],
): Tensor {
  const { tf } = engine;
  const make = attributes(native);
  const common = () => [
    make.type(),
    make.int("strides", [1, 1, 1, 1]),
    make.string("padding", "SAME"),
    make.string("data_format", "NHWC"),
    make.bool("use_cudnn_on_gpu", true),
    make.int("dilations", [1, dilation[0], dilation[1], 1]),
    make.int("explicit_paddings", []),
  ];
  return withGradient(
    engine,
    [x, kernel],
    (save) => {
      save([x, kernel]);
      return native.executeSingleOutput("Conv2D", common(), [x, kernel]);
    },
    (dy, [input, weights]) => [
      native.executeSingleOutput("Conv2DBackpropInput", common(), [tf.tensor1d(input.shape, "int32"), weights, dy]),
      native.executeSingleOutput("Conv2DBackpropFilter", common(), [input, tf.tensor1d(weights.shape, "int32"), dy]),
    ],
  );
}

function composedConvolution(engine: Engine, x: Tensor, kernel: Tensor, dilation: readonly [number, number]): Tensor {
  const { tf } = engine;
  const [height, width, channels, filters] = kernel.shape;
  const correlate = (input: Tensor, weights: Tensor) => {
    const columns = shiftedCopies(engine, input, [height, width], dilation);
    const flat = product(engine, columns, tf.reshape(weights, [-1, weights.shape[3] as number]));
    return tf.reshape(flat, [...input.shape.slice(0, 3), weights.shape[3] as number]);
  };
  return withGradient(
    engine,
    [x, kernel],
    (save) => {
      save([x, kernel]);
      return correlate(x, kernel);
    },
    (dy, [input, weights]) => {
      // "Same" padding with odd kernels: the input gradient is the correlation with the kernel turned by 180 degrees.
      const turned = tf.transpose(tf.reverse(weights, [0, 1]), [0, 1, 3, 2]);
      const columns = shiftedCopies(engine, input, [height, width], dilation);
      const slope = tf.matMul(tf.transpose(columns), tf.reshape(dy, [-1, filters]));
      return [correlate(dy, turned), tf.reshape(slope, [height, width, channels, filters])];
    },
  );
}

/** [n * height * width, kernel height * kernel width * channels]: what each tap of the kernel sees. */
function shiftedCopies(
  { tf }: Engine,
  x: Tensor,
  kernel: readonly [number, number],
  dilation: readonly [number, number],
): Tensor {
  const [n, height, width, channels] = x.shape;
  const reach = [((kernel[0] - 1) / 2) * dilation[0], ((kernel[1] - 1) / 2) * dilation[1]];
  const padded = tf.pad(x, [
    [0, 0],
    [reach[0], reach[0]],
    [reach[1], reach[1]],
    [0, 0],
  ]);
  const taps: Tensor[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      taps.push(tf.slice(padded, [0, row * dilation[0], column * dilation[1], 0], [n, height, width, channels]));
    }
  }
  return tf.reshape(tf.concat(taps, 3), [n * height * width, taps.length * channels]);
}
