import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine, NativeBackend } from "../engine";
import { attributes } from "./native-attribute";
import { withGradient } from "./with-gradient";

/**
 * Largest value of blocks of `factor` pixels along height and width of [n, height, width, channels] (along width alone
 * where the height is 1: a spectrum). What is left over at the end is dropped, as in PyTorch's max pooling; the gradient
 * goes to the first of equal values in row-major order.
 */
export function maxPool(engine: Engine, x: Tensor, factor: number): Tensor {
  const block = [x.shape[1] === 1 ? 1 : factor, factor] as const;
  return engine.native === undefined
    ? composedMaxPool(engine, x, block)
    : nativeMaxPool(engine, engine.native, x, block);
}

type Block = readonly [height: number, width: number];

function nativeMaxPool(engine: Engine, native: NativeBackend, x: Tensor, block: Block): Tensor {
  const make = attributes(native);
  const common = () => [
    make.type(),
    make.int("ksize", [1, ...block, 1]),
    make.int("strides", [1, ...block, 1]),
    make.string("padding", "VALID"),
    make.string("data_format", "NHWC"),
    make.int("explicit_paddings", []),
  ];
  return withGradient(
    engine,
    [x],
    (save) => {
      const y = native.executeSingleOutput("MaxPool", common(), [x]);
      save([x, y]);
      return y;
    },
    (dy, [input, y]) => [native.executeSingleOutput("MaxPoolGrad", common(), [input, y, dy])],
  );
}

function composedMaxPool(engine: Engine, x: Tensor, block: Block): Tensor {
  const { tf } = engine;
  return withGradient(
    engine,
    [x],
    (save) => {
      const y = places(engine, x, block).reduce((largest, place) => tf.maximum(largest, place));
      save([x, y]);
      return y;
    },
    (dy, [input, y]) => {
      let free: Tensor = tf.onesLike(y);
      const slopes = places(engine, input, block).map((place) => {
        const chosen = tf.mul(free, tf.cast(tf.equal(place, y), "float32"));
        free = tf.sub(free, chosen);
        return tf.mul(dy, chosen);
      });
      return [fromPlaces(engine, slopes, block, input.shape)];
    },
  );
}

/** For each place in a block the tensor [n, rows, columns, channels] of the values there. */
function places({ tf }: Engine, x: Tensor, [high, wide]: Block): Tensor[] {
  const [n, height, width, channels] = x.shape;
  const [rows, columns] = [Math.floor(height / high), Math.floor(width / wide)];
  const used = tf.slice(x, [0, 0, 0, 0], [n, rows * high, columns * wide, channels]);
  return tf
    .split(tf.reshape(used, [n * rows, high, columns * wide * channels]), high, 1)
    .flatMap((row: Tensor) =>
      tf
        .split(tf.reshape(row, [n * rows, columns, wide * channels]), wide, 2)
        .map((place: Tensor) => tf.reshape(place, [n, rows, columns, channels])),
    );
}

/** The inverse of `places`, with zeros in what was left over. */
function fromPlaces({ tf }: Engine, parts: readonly Tensor[], [high, wide]: Block, shape: readonly number[]): Tensor {
  const [, height, width, channels] = shape;
  const [n, rows, columns] = parts[0].shape;
  const lines = Array.from({ length: high }, (_, i) =>
    tf.reshape(tf.concat(parts.slice(i * wide, (i + 1) * wide), 3), [n * rows, 1, columns * wide * channels]),
  );
  return tf.pad(tf.reshape(tf.concat(lines, 1), [n, rows * high, columns * wide, channels]), [
    [0, 0],
    [0, height - rows * high],
    [0, width - columns * wide],
    [0, 0],
  ]);
}
