import type { Tensor } from "@tensorflow/tfjs-core";
import { tanh } from "../engine/ops";
import { linear, type Scope } from "./layers";
import type { ParameterSpec } from "./parameter-spec";

/** Weight [out, in] and bias of a linear layer, uniform within 1 / sqrt(in) as PyTorch's defaults. */
export function denseSpecs(
  name: string,
  out: number,
  input: number,
  options: { bias?: boolean } = {},
): ParameterSpec[] {
  const { bias = true } = options;
  const initial = { bound: 1 / Math.sqrt(input) };
  const weight: ParameterSpec = {
    name: `${name}.weight`,
    shape: [out, input],
    trainable: true,
    initial,
    view: [out, input],
    order: [1, 0],
    engineShape: [input, out],
  };
  if (!bias) return [weight];
  const offset: ParameterSpec = {
    name: `${name}.bias`,
    shape: [out],
    trainable: true,
    initial,
    view: [out],
    order: [0],
    engineShape: [out],
  };
  return [weight, offset];
}

/** Parameters of `denseStack`. */
export function denseStackSpecs(prefix: string, layers: number, hidden: number, input: number): ParameterSpec[] {
  return Array.from({ length: layers }, (_, layer) =>
    denseSpecs(`${prefix}.${2 * layer}`, hidden, layer === 0 ? input : hidden),
  ).flat();
}

/** `layers` times a linear layer and tanh, [n, in] -> [n, hidden]; numbered as in a PyTorch Sequential. */
export function denseStack(scope: Scope, prefix: string, layers: number, x: Tensor): Tensor {
  let y = x;
  for (let layer = 0; layer < layers; layer++) y = tanh(scope.engine, linear(scope, `${prefix}.${2 * layer}`, y));
  return y;
}
