import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { createEagerStep, createTracedStep, type Program, type StepLoss, type TrainingStep } from "../engine/training";
import type { Architecture, StepExtras } from "./architecture";
import type { Scope } from "./layers";
import type { ModelBase } from "./model";
import { download, inferenceScope, trainingScope, upload } from "./scope";

/** Steps a model's parameters on the engine; the model itself changes only by `writeTo`. */
export interface Trainer {
  readonly traced: boolean;
  /** Names of the loss terms; empty before the first step, and where the loss has one term only. */
  readonly termNames: readonly string[];
  /** One step on one batch (`StepInputs`); returns its loss before the step. */
  step(inputs: readonly Tensor[], learningRate: number): StepLoss;
  /** The loss of a batch in eval mode at the present parameters. */
  evaluate(inputs: readonly Tensor[]): StepLoss;
  /** The present parameters, in PyTorch's layout and the order of the architecture's specs. */
  values(): Float32Array[];
  dispose(): void;
}

/**
 * Makes the trainer of a model. Inputs of a step are the batch of the architecture's `data`, then its noise, then the
 * scalars of its schedule. `samples` are such inputs of every batch size that will come, for the traced step; none makes
 * the step eager.
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

  const scalars = architecture.schedule?.(model, 0).length ?? 0;
  const draws = architecture.noise?.(model).length ?? 0;
  let termNames: readonly string[] = [];
  const lossOf = (scope: Scope, inputs: readonly Tensor[]) => {
    const data = inputs.length - draws - scalars;
    const extras: StepExtras = { noise: inputs.slice(data, data + draws), schedule: inputs.slice(data + draws) };
    const { total, terms = {} } = architecture.loss(scope, model, inputs.slice(0, data), extras);
    termNames = Object.keys(terms);
    return { total, terms: Object.values(terms) };
  };

  const program: Program = (trainable, state, inputs) => {
    const scope = trainingScope(engine, [...trained, ...fixed], [...trainable, ...state]);
    const { total, terms } = lossOf(scope, inputs);
    return {
      loss: total,
      terms: terms.map((term) => tf.keep(tf.clone(term))),
      state: fixed.map((s, i) => scope.updates.get(s.name) ?? tf.keep(tf.clone(state[i]))),
    };
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
    get termNames() {
      return termNames;
    },
    step: (inputs, learningRate) => step.run(inputs, learningRate),
    evaluate: (inputs) =>
      withTensors((tensors) => {
        const scope = inferenceScope(engine, [...trained, ...fixed], tensors);
        const losses = tf.tidy(() => {
          const { total, terms } = lossOf(scope, inputs);
          return [total, ...terms];
        });
        const [loss, ...terms] = losses.map((t) => t.dataSync()[0]);
        tf.dispose(losses);
        return { loss, terms };
      }),
    values: () =>
      withTensors((tensors) => {
        const values = download(engine, [...trained, ...fixed], tensors);
        return specs.map((s) => values[order.get(s.name) as number]);
      }),
    dispose: () => step.dispose(),
  };
}
