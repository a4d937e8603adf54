import { expect } from "vitest";
import { type ModelBase, parameterCount } from "../../../src/models/model";
import { digest, entry, type Fixture } from "./parity-fixture";
import type { StepsRun } from "./parity-run";

/** Largest difference allowed, relative to the largest value: float32 on both sides leaves 1e-6 to 2e-5 (dev_f64). */
export const RELATIVE = 1e-4;

/** What rounding leaves: absolute where the value is zero in theory, unless it says relative. */
export interface Floors {
  /** Of a gradient (dev_f64_abs of the fixtures). */
  readonly gradient: number;
  /** Of a gradient of the network of real size, where more terms are added up. */
  readonly realGradient: number;
  /** Relative, of the sum of squares of a weight of that network after a step, and twice this of a gradient. */
  readonly realSquares: number;
  /** Relative, of the losses of 5 steps of the network of real size (index.json allows 1e-3). */
  readonly realLosses: number;
  /** Of a weight after Adam steps: Adam divides by the gradient's own size, so rounding shows at the rate's scale. */
  readonly adam: number;
}

/** The model has the fixture's parameters, by name, number and shape. */
export function expectParameters(name: string, model: ModelBase): void {
  const { params, keys } = entry(name);
  expect(parameterCount(model)).toBe(params);
  for (const [key, p] of Object.entries(model.parameters)) {
    expect(p.shape, key).toEqual(keys[`${p.trainable ? "param" : "buffer"}/${key}`][0]);
  }
  const theirs = Object.keys(keys).filter((key) => /^(param|buffer)\//.test(key));
  expect(Object.keys(model.parameters)).toHaveLength(theirs.length);
}

/** Every gradient is the fixture's: number by number, or by the digest that is kept of a real network. */
export function expectGradients<M>(
  f: Fixture<M>,
  gradients: ReadonlyMap<string, Float32Array>,
  floors: Floors,
  real: boolean,
): void {
  expect(gradients.size).toBeGreaterThan(0);
  for (const [key, gradient] of gradients) {
    if (!real) {
      const expected = f.arrays.get(`grad/${key}`)!;
      expect(gradient, key).toMatchArray(expected, { relative: RELATIVE, absolute: floors.gradient });
      continue;
    }
    const expected = f.arrays.get(`gradsum/${key}`)!;
    const got = digest(gradient);
    expect(got.slice(2), key).toMatchArray(expected.slice(2), { relative: RELATIVE, absolute: floors.realGradient });
    const squares = { relative: 2 * floors.realSquares, absolute: 1e-9 };
    expect(got.slice(1, 2), key).toMatchArray(expected.slice(1, 2), squares);
  }
}

/** The losses of 5 Adam steps and all parameters after them are those of a small fixture. */
export function expectSteps<M>(f: Fixture<M>, { losses, after }: StepsRun, floors: Floors): void {
  expect(losses).toMatchArray(f.arrays.get("loss_steps")!, { relative: RELATIVE });
  for (const [step, parameters] of after) {
    for (const [key, values] of parameters) {
      const ill = f.ill[`adam${step}/${key}`] ?? [];
      const well = (_: unknown, i: number) => !(ill as number[]).includes(i);
      const expected = f.arrays.get(`adam${step}/${key}`)!.filter(well);
      const tolerance = { relative: RELATIVE, absolute: floors.adam };
      expect(values.filter(well), `${key} after ${step}`).toMatchArray(expected, tolerance);
    }
  }
}

/** The losses of 5 Adam steps and the digests of the weights after `steps` of them are those of a real fixture. */
export function expectRealSteps<M>(
  f: Fixture<M>,
  { losses, after }: StepsRun,
  floors: Floors,
  steps: readonly number[],
): void {
  expect(losses).toMatchArray(f.arrays.get("loss_steps")!, { relative: floors.realLosses });
  for (const step of steps) {
    for (const [key, values] of after.get(step)!) {
      // Entries whose gradient is zero in theory move by up to the rate in a direction set by rounding: named in the index.
      if (`adam${step}/${key}` in f.ill) continue;
      const expected = f.arrays.get(`adam${step}sum/${key}`)!;
      const got = digest(values);
      const tolerance = { relative: RELATIVE, absolute: floors.adam };
      expect(got.slice(2), `${key} after ${step}`).toMatchArray(expected.slice(2), tolerance);
      expect(got.slice(1, 2), key).toMatchArray(expected.slice(1, 2), { relative: floors.realSquares });
    }
  }
}
