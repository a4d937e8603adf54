import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { createEagerStep, createTracedStep, type Program, type StepLoss, type TrainingStep } from "../engine/training";
import type { Architecture, StepExtras } from "./architecture";
import type { Scope } from "./layers";
import type { ModelBase } from "./model";
import { fromEngine, toEngine } from "./parameter-spec";
import type { Resumable } from "./resumable";
import type { SampleSource } from "./sample-source";
import { download, inferenceScope, trainingScope, upload } from "./scope";

/** Steps a model's parameters on the engine; the model itself changes only by `writeTo`. */
export interface Trainer extends Resumable {
  readonly traced: boolean;
  /** Names of the loss terms; empty before the first step, and where the loss has one term only. */
  readonly termNames: readonly string[];
  /** One step on one batch; returns its loss before the step. */
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
 * the step eager. With a `source` a step is fed what that gives, in place of the batch.
 */
export function createTrainer<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  model: M,
  samples?: readonly (readonly Tensor[])[],
  source?: SampleSource,
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
    const batch = source === undefined ? [] : source.gather(inputs);
    const { total, terms } = lossOf(scope, [...batch, ...inputs.slice(source?.fed ?? 0)]);
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
        : createTracedStep({ ...engine, native }, program, initial, samples, source?.tables);
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
  /** What a checkpoint holds, in the order of `StepState`. */
  const groups = [
    ["parameter", trained],
    ["parameter", fixed],
    ["mean", trained],
    ["square", trained],
  ] as const;
  const named = (tensors: readonly Tensor[], group: number): [string, Float32Array][] => {
    const [prefix, own] = groups[group];
    return own.map((s, i) => [`${prefix}.${s.name}`, fromEngine(engine, s, tensors[i])]);
  };
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
    save: () => {
      const { trainable, state, means, squares, count } = step.readState();
      const tensors = [trainable, state, means, squares];
      try {
        return { values: { count }, arrays: Object.fromEntries(tensors.flatMap(named)) };
      } finally {
        tf.dispose(tensors.flat());
      }
    },
    restore: ({ values, arrays }) => {
      const tensors = groups.map(([prefix, own]) => own.map((s) => toEngine(engine, s, arrays[`${prefix}.${s.name}`])));
      const [trainable, state, means, squares] = tensors;
      step.restore({ trainable, state, means, squares, count: values.count as number }); // what `save` wrote
      tf.dispose(tensors.flat());
    },
    dispose: () => step.dispose(),
  };
}
