import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { createEagerStep, createTracedStep, type Program, type TrainingStep } from "../engine/training";
import type { Architecture } from "./architecture";
import type { ModelBase } from "./model";
import { download, inferenceScope, trainingScope, upload } from "./scope";

/** Steps a model's parameters on the engine; the model itself changes only by `writeTo`. */
export interface Trainer {
  readonly traced: boolean;
  /** One step on one batch; returns its loss before the step. */
  step(inputs: readonly Tensor[], learningRate: number): number;
  /** The loss of a batch in eval mode at the present parameters. */
  evaluate(inputs: readonly Tensor[]): number;
  /** The present parameters, in PyTorch's layout and the order of the architecture's specs. */
  values(): Float32Array[];
  dispose(): void;
}

/**
 * Makes the trainer of a model. `samples` are batches of every size that will come, for the traced step; none makes the
 * step eager.
 */
export function createTrainer<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  model: M,
  samples?: readonly (readonly Tensor[])[],
): Trainer {
  const { tf } = engine;
  const specs = architecture.specs(model);
  const trained = specs.filter((s) => s.trainable);
  const fixed = specs.filter((s) => !s.trainable);

  const program: Program = (trainable, state, inputs) => {
    const scope = trainingScope(engine, [...trained, ...fixed], [...trainable, ...state]);
    const loss = architecture.loss(scope, model, inputs);
    return { loss, state: fixed.map((s, i) => scope.updates.get(s.name) ?? tf.keep(tf.clone(state[i]))) };
  };

  const initial = { trainable: upload(engine, trained, model), state: upload(engine, fixed, model) };
  const { native } = engine;
  let step: TrainingStep;
  try {
    step =
      native === undefined || samples === undefined
        ? createEagerStep(engine, program, initial)
        : createTracedStep({ ...engine, native }, program, initial, samples);
  } finally {
    tf.dispose([...initial.trainable, ...initial.state]);
  }

  const withTensors = <T>(work: (tensors: readonly Tensor[]) => T): T => {
    const { trainable, state } = step.read();
    const tensors = [...trainable, ...state];
    try {
      return work(tensors);
    } finally {
      tf.dispose(tensors);
    }
  };
  const order = new Map([...trained, ...fixed].map((s, i) => [s.name, i]));
  return {
    traced: step.traced,
    step: (inputs, learningRate) => step.run(inputs, learningRate),
    evaluate: (inputs) =>
      withTensors((tensors) => {
        const scope = inferenceScope(engine, [...trained, ...fixed], tensors);
        const loss = tf.tidy(() => architecture.loss(scope, model, inputs));
        const value = loss.dataSync()[0];
        loss.dispose();
        return value;
      }),
    values: () =>
      withTensors((tensors) => {
        const values = download(engine, [...trained, ...fixed], tensors);
        return specs.map((s) => values[order.get(s.name) as number]);
      }),
    dispose: () => step.dispose(),
  };
}
