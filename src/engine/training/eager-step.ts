import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { ADAM, correctedAdam } from "./adam";
import type { Program, ProgramTensors, TrainingStep } from "./program";

/**
 * A training step that runs each operation by itself, on any engine. All trainable parameters go through Adam as one
 * flat vector: with many small ones the number of operations, not their size, sets the time.
 */
export function createEagerStep(engine: Engine, program: Program, initial: ProgramTensors): TrainingStep {
  const { tf } = engine;
  const shapes = initial.trainable.map((t) => t.shape);
  const sizes = initial.trainable.map((t) => t.size);
  const flatten = (tensors: readonly Tensor[]) => tf.concat(tensors.map((t) => tf.reshape(t, [t.size])));
  const unflatten = (flat: Tensor) =>
    tf.split(flat, sizes).map((part: Tensor, i: number) => tf.keep(tf.reshape(part, shapes[i])));

  let trainable: Tensor[] = initial.trainable.map((t) => tf.clone(t));
  let state: Tensor[] = initial.state.map((t) => tf.clone(t));
  let mean = tf.tidy(() => tf.keep(tf.zerosLike(flatten(trainable))));
  let square = tf.tidy(() => tf.keep(tf.zerosLike(flatten(trainable))));
  let count = 0;

  const update = (gradients: readonly Tensor[], learningRate: number) => {
    const { rate, epsilon } = correctedAdam(++count, learningRate);
    const old = [mean, square, ...trainable];
    tf.tidy(() => {
      const gradient = flatten(gradients);
      mean = tf.keep(tf.add(tf.mul(mean, ADAM.beta1), tf.mul(gradient, 1 - ADAM.beta1)));
      square = tf.keep(tf.add(tf.mul(square, ADAM.beta2), tf.mul(tf.square(gradient), 1 - ADAM.beta2)));
      const change = tf.div(tf.mul(mean, rate), tf.add(tf.sqrt(square), epsilon));
      trainable = unflatten(tf.sub(flatten(trainable), change));
    });
    tf.dispose(old);
  };

  return {
    traced: false,
    run: (inputs, learningRate) => {
      let next: readonly Tensor[] = [];
      let parts: readonly Tensor[] = [];
      const lossOf = (...parameters: Tensor[]) => {
        const result = program(parameters, state, inputs);
        next = result.state;
        parts = result.terms ?? [];
        return result.loss;
      };
      const { value, grads } = tf.valueAndGrads(lossOf)(trainable);
      const loss = value.dataSync()[0];
      const terms = parts.map((term) => term.dataSync()[0]);
      update(grads, learningRate);
      tf.dispose([value, ...grads, ...state, ...parts]);
      state = [...next];
      return { loss, terms };
    },
    read: () => ({ trainable: trainable.map((t) => tf.clone(t)), state: state.map((t) => tf.clone(t)) }),
    readState: () => ({
      trainable: trainable.map((t) => tf.clone(t)),
      state: state.map((t) => tf.clone(t)),
      means: tf.tidy(() => unflatten(mean)),
      squares: tf.tidy(() => unflatten(square)),
      count,
    }),
    restore: (from) => {
      tf.dispose([mean, square, ...trainable, ...state]);
      trainable = from.trainable.map((t) => tf.clone(t));
      state = from.state.map((t) => tf.clone(t));
      mean = tf.tidy(() => tf.keep(flatten(from.means)));
      square = tf.tidy(() => tf.keep(flatten(from.squares)));
      count = from.count;
    },
    dispose: () => tf.dispose([mean, square, ...trainable, ...state]),
  };
}
