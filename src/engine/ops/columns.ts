import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { withGradient } from "./with-gradient";

/** Columns `first .. first + count - 1` of [n, columns]. */
export function columns(engine: Engine, x: Tensor, first: number, count: number): Tensor {
  const { tf } = engine;
  const [n, width] = x.shape;
  return withGradient(
    engine,
    [x],
    () => tf.slice(x, [0, first], [n, count]),
    (dy) => [
      tf.pad(dy, [
        [0, 0],
        [first, width - first - count],
      ]),
    ],
  );
}

/** Tensors side by side along their last axis; all other sizes agree. */
export function sideBySide(engine: Engine, parts: readonly Tensor[]): Tensor {
  const { tf } = engine;
  const axis = parts[0].shape.length - 1;
  const sizes = parts.map((part) => part.shape[axis]);
  return withGradient(
    engine,
    [...parts],
    () => tf.concat([...parts], axis),
    (dy) => tf.split(dy, sizes, axis),
  );
}
