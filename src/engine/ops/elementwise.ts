import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { attributes } from "./native-attribute";
import { withGradient } from "./with-gradient";

/** e^x */
export function exp(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return fromResult(
    engine,
    x,
    () => tf.exp(x),
    (dy, y) => tf.mul(dy, y),
  );
}

/** Hyperbolic tangent. */
export function tanh(engine: Engine, x: Tensor): Tensor {
  const { tf, native } = engine;
  return fromResult(
    engine,
    x,
    () => tf.tanh(x),
    (dy, y) =>
      native === undefined
        ? tf.mul(dy, tf.sub(1, tf.square(y)))
        : native.executeSingleOutput("TanhGrad", [attributes(native).type()], [y, dy]),
  );
}

/** 1 / (1 + e^-x) */
export function sigmoid(engine: Engine, x: Tensor): Tensor {
  const { tf, native } = engine;
  return fromResult(
    engine,
    x,
    () => tf.sigmoid(x),
    (dy, y) =>
      native === undefined
        ? tf.mul(dy, tf.mul(y, tf.sub(1, y)))
        : native.executeSingleOutput("SigmoidGrad", [attributes(native).type()], [y, dy]),
  );
}

/** ln(1 + e^x), without overflow. */
export function softplus(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return fromInput(
    engine,
    x,
    () => tf.softplus(x),
    (dy, input) => tf.mul(dy, tf.sigmoid(input)),
  );
}

/** Natural logarithm; the input must be positive. */
export function log(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return fromInput(
    engine,
    x,
    () => tf.log(x),
    (dy, input) => tf.div(dy, input),
  );
}

/** x^2 */
export function square(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return fromInput(
    engine,
    x,
    () => tf.square(x),
    (dy, input) => tf.mul(dy, tf.mul(input, 2)),
  );
}

/** |x|, with slope 0 at 0. */
export function abs(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return fromInput(
    engine,
    x,
    () => tf.abs(x),
    (dy, input) => tf.mul(dy, tf.sign(input)),
  );
}

/** Cosine; x in radians. */
export function cos(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return fromInput(
    engine,
    x,
    () => tf.cos(x),
    (dy, input) => tf.neg(tf.mul(dy, tf.sin(input))),
  );
}

/** Sine; x in radians. */
export function sin(engine: Engine, x: Tensor): Tensor {
  const { tf } = engine;
  return fromInput(
    engine,
    x,
    () => tf.sin(x),
    (dy, input) => tf.mul(dy, tf.cos(input)),
  );
}

/** An operation whose gradient is written in its result. */
function fromResult(
  engine: Engine,
  x: Tensor,
  forward: () => Tensor,
  gradient: (dy: Tensor, y: Tensor) => Tensor,
): Tensor {
  return withGradient(
    engine,
    [x],
    (save) => {
      const y = forward();
      save([y]);
      return y;
    },
    (dy, [y]) => [gradient(dy, y)],
  );
}

/** An operation whose gradient is written in its input. */
function fromInput(
  engine: Engine,
  x: Tensor,
  forward: () => Tensor,
  gradient: (dy: Tensor, input: Tensor) => Tensor,
): Tensor {
  return withGradient(
    engine,
    [x],
    (save) => {
      save([x]);
      return forward();
    },
    (dy, [input]) => [gradient(dy, input)],
  );
}
