import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import type { Scope } from "./layers";
import type { ModelBase } from "./model";
import { fromEngine, type ParameterSpec, toEngine } from "./parameter-spec";

/** The parameters of a model as engine tensors, in the order of `specs`. */
export function upload(engine: Engine, specs: readonly ParameterSpec[], model: ModelBase): Tensor[] {
  return specs.map((spec) => toEngine(engine, spec, model.parameters[spec.name].data));
}

/** Copies engine tensors (in the order of `specs`) to arrays in PyTorch's layout. */
export function download(engine: Engine, specs: readonly ParameterSpec[], tensors: readonly Tensor[]): Float32Array[] {
  return specs.map((spec, i) => fromEngine(engine, spec, tensors[i]));
}

/** Puts values (in the order of `specs`) into a model, in place. */
export function write(specs: readonly ParameterSpec[], values: readonly Float32Array[], model: ModelBase): void {
  for (const [i, spec] of specs.entries()) model.parameters[spec.name].data.set(values[i]);
}

/** A forward pass in eval mode over these tensors. */
export function inferenceScope(engine: Engine, specs: readonly ParameterSpec[], tensors: readonly Tensor[]): Scope {
  const byName = new Map(specs.map((spec, i) => [spec.name, tensors[i]]));
  return {
    engine,
    training: false,
    get: (name) => lookUp(byName, name),
    update: () => {},
  };
}

/** A forward pass in training mode; `updates()` gives the new values of the parameters that are not trained, by name. */
export function trainingScope(
  engine: Engine,
  specs: readonly ParameterSpec[],
  tensors: readonly Tensor[],
): Scope & { readonly updates: ReadonlyMap<string, Tensor> } {
  const byName = new Map(specs.map((spec, i) => [spec.name, tensors[i]]));
  const updates = new Map<string, Tensor>();
  return {
    engine,
    training: true,
    get: (name) => lookUp(byName, name),
    update: (name, value) => void updates.set(name, value),
    updates,
  };
}

function lookUp(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new RangeError(`the model has no parameter "${name}"`);
  return tensor;
}
