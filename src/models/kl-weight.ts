import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine";
import { add, affine } from "../engine/ops";
import { capacityAt, heldAtCapacity } from "./variational";
import type { KlOptions } from "./variational-options";

/** The numbers that a step is fed: the capacity, where there is one. */
export function capacitySchedule({ capacity }: KlOptions, step: number): number[] {
  return capacity === undefined ? [] : [capacityAt(step, capacity.largest, capacity.steps)];
}

/** misfit + weighted KL; `schedule` holds the numbers of `capacitySchedule`. */
export function withKl(engine: Engine, o: KlOptions, misfit: Tensor, kl: Tensor, schedule: readonly Tensor[]): Tensor {
  const { beta = 1, capacity } = o;
  if (capacity !== undefined) return add(engine, misfit, heldAtCapacity(engine, kl, schedule[0], capacity.gamma));
  return add(engine, misfit, beta === 1 ? kl : affine(engine, kl, beta));
}
