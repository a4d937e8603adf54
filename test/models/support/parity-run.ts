import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { Engine } from "../../../src/engine/engine";
import type { Architecture } from "../../../src/models/architecture";
import type { Scope } from "../../../src/models/layers";
import type { ModelBase } from "../../../src/models/model";
import { fromEngine } from "../../../src/models/parameter-spec";
import { inferenceScope, trainingScope, upload } from "../../../src/models/scope";
import { createTrainer } from "../../../src/models/trainer";
import type { Fixture } from "./parity-fixture";

/** Losses before each of 5 Adam steps and after the last, and the parameters by name after steps 1 and 5. */
export interface StepsRun {
  readonly losses: number[];
  readonly after: ReadonlyMap<number, ReadonlyMap<string, Float32Array>>;
}

/** The inputs of one step: the batch, its noise, the scalars of its schedule at `step`. The caller disposes of them. */
export function stepInputs<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  { model, arrays, batch }: Fixture<M>,
  shapes: readonly (readonly number[])[],
  step = 0,
): { data: Tensor[]; noise: Tensor[]; schedule: Tensor[] } {
  const { tf } = engine;
  const tensor = (key: string, shape: readonly number[]) =>
    tf.tensor(Float32Array.from(arrays.get(key)!), [batch, ...shape]);
  return {
    data: shapes.map((shape, i) => tensor(["in/x", "in/y"][i], shape)),
    noise: (architecture.noise?.(model) ?? []).map(({ shape }) => tensor("in/eps", shape)),
    schedule: (architecture.schedule?.(model, step) ?? []).map((value) => tf.scalar(value)),
  };
}

/** Runs `compute` on a model in eval or training mode, and reads what it gives. */
export function forwardPass<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  model: M,
  training: boolean,
  compute: (scope: Scope) => Record<string, Tensor>,
): Record<string, Float32Array> {
  const { tf } = engine;
  const specs = architecture.specs(model);
  const tensors = upload(engine, specs, model);
  const scope = (training ? trainingScope : inferenceScope)(engine, specs, tensors);
  const outputs = tf.tidy(() => compute(scope));
  const values = Object.entries(outputs).map(([key, t]) => [key, t.dataSync() as Float32Array] as const);
  tf.dispose([...tensors, ...Object.values(outputs)]);
  if ("updates" in scope) tf.dispose([...(scope.updates as Map<string, Tensor>).values()]);
  return Object.fromEntries(values);
}

/** The loss of one batch in training mode, its terms, and the gradient of every trained parameter. */
export function lossAndGradients<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  model: M,
  { data, noise, schedule }: ReturnType<typeof stepInputs>,
): { loss: number; terms: Record<string, number>; gradients: Map<string, Float32Array> } {
  const { tf } = engine;
  const specs = architecture.specs(model);
  const trained = specs.filter((s) => s.trainable);
  const fixed = specs.filter((s) => !s.trainable);
  const tensors = upload(engine, trained, model);
  const state = upload(engine, fixed, model);
  let updates: ReadonlyMap<string, Tensor> = new Map();
  let found: [string, Tensor][] = [];
  const { value, grads } = tf.valueAndGrads((...parameters) => {
    const scope = trainingScope(engine, [...trained, ...fixed], [...parameters, ...state]);
    updates = scope.updates as ReadonlyMap<string, Tensor>;
    const { total, terms = {} } = architecture.loss(scope, model, data, { noise, schedule });
    found = Object.entries(terms).map(([name, term]) => [name, tf.keep(tf.clone(term))]);
    return total;
  })(tensors);
  const gradients = new Map(trained.map((spec, i) => [spec.name, fromEngine(engine, spec, grads[i])]));
  const loss = value.dataSync()[0];
  const terms = Object.fromEntries(found.map(([name, term]) => [name, term.dataSync()[0]]));
  tf.dispose([value, ...grads, ...tensors, ...state, ...updates.values(), ...found.map(([, term]) => term)]);
  return { loss, terms, gradients };
}

/** Five Adam steps on the same batch. */
export function fiveSteps<M extends ModelBase>(
  engine: Engine,
  architecture: Architecture<M>,
  f: Fixture<M>,
  inputs: readonly Tensor[],
  traced: boolean,
): StepsRun {
  const trainer = createTrainer(engine, architecture, f.model, traced ? [inputs] : undefined);
  expect(trainer.traced).toBe(traced && engine.native !== undefined);
  const losses: number[] = [];
  const after = new Map<number, Map<string, Float32Array>>();
  for (let step = 1; step <= 5; step++) {
    losses.push(trainer.step(inputs, f.lr).loss);
    if (step === 1 || step === 5) {
      const names = architecture.specs(f.model).map((s) => s.name);
      after.set(step, new Map(trainer.values().map((v, i) => [names[i], v])));
    }
  }
  losses.push(trainer.step(inputs, 0).loss);
  trainer.dispose();
  return { losses, after };
}
