import type { Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { withKl } from "../../src/models/kl-weight";
import { expectedValue, misfit } from "../../src/models/likelihood";
import type { LikelihoodOptions } from "../../src/models/variational-options";

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine

/** Reads the scalars that `work` gives. */
function scalars(work: () => (Tensor | undefined)[]): (number | undefined)[] {
  const tensors = engine.tf.tidy(() => work().map((t) => t ?? engine.tf.scalar(Number.NaN)));
  const values = tensors.map((t) => t.dataSync()[0]);
  engine.tf.dispose(tensors);
  return values.map((v) => (Number.isNaN(v) ? undefined : v));
}

// Two samples of four values; squared errors 0.01 * (1 + 4 + 0 + 0) and 0.01 * (0 + 0 + 9 + 16), mean square 0.0375.
const TARGET = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const OUTPUT = [0.2, 0.4, 0.3, 0.4, 0.5, 0.6, 1.0, 0.4];
const of = (o: Required<LikelihoodOptions>, output = OUTPUT) =>
  scalars(() => {
    const { value, deviation } = misfit(engine, o, engine.tf.tensor(output, [2, 4]), engine.tf.tensor(TARGET, [2, 4]));
    return [value, deviation];
  });

describe("the misfit", () => {
  const close = { relative: 1e-5 }; // float32

  test("of a Gaussian likelihood is SSE / (2 s^2) + D ln s, mean over the samples", () => {
    const half = (0.5 * 0.3) / 2;
    const [one, none] = of({ likelihood: "gaussian", deviation: 1 });
    expect([one]).toMatchArray([half], close);
    expect(none).toBeUndefined();
    const [narrow] = of({ likelihood: "gaussian", deviation: 0.2 });
    expect([narrow]).toMatchArray([half / 0.04 + 4 * Math.log(0.2)], close);
  });

  test("at the optimal deviation is that at the root mean square, and lower than at any other", () => {
    const [value, deviation] = of({ likelihood: "gaussian", deviation: "optimal" });
    expect([deviation]).toMatchArray([Math.sqrt(0.0375)], { relative: 1e-4 }); // the least variance adds 1e-6
    const [same] = of({ likelihood: "gaussian", deviation: Math.sqrt(0.0375) });
    expect([value]).toMatchArray([same as number], { relative: 1e-4 });
    for (const factor of [0.8, 1.2]) {
      const [other] = of({ likelihood: "gaussian", deviation: factor * Math.sqrt(0.0375) });
      expect(other).toBeGreaterThan(value as number);
    }
  });

  test("never takes a deviation below 1e-3, however exact the output is", () => {
    const [value, deviation] = of({ likelihood: "gaussian", deviation: "optimal" }, TARGET);
    expect([deviation]).toMatchArray([1e-3], close);
    expect([value]).toMatchArray([2 * (Math.log(1e-6) + 1)], close);
  });

  test("of a Bernoulli likelihood is the cross-entropy of the probabilities that are decoded", () => {
    const [value] = of({ likelihood: "bernoulli", deviation: 1 });
    const probabilities = OUTPUT.map((v) => 1 / (1 + Math.exp(-v)));
    const sum = probabilities.reduce((s, p, i) => s - TARGET[i] * Math.log(p) - (1 - TARGET[i]) * Math.log(1 - p), 0);
    expect([value]).toMatchArray([sum / 2], close);
    const decoded = engine.tf.tidy(() =>
      expectedValue(engine, { likelihood: "bernoulli", deviation: 1 }, engine.tf.tensor(OUTPUT)),
    );
    expect(decoded.dataSync()).toMatchArray(probabilities, close);
    decoded.dispose();
  });
});

describe("the weight of the KL divergence", () => {
  const weighed = (o: Parameters<typeof withKl>[1]) =>
    scalars(() => {
      const scalar = (v: number) => engine.tf.scalar(v);
      return [withKl(engine, o, scalar(10), scalar(2.5), [scalar(3)])];
    });

  test("is beta, 1 by default, or gamma of the distance from the capacity on either side", () => {
    expect(weighed({})).toEqual([12.5]);
    expect(weighed({ beta: 4 })).toEqual([20]);
    expect(weighed({ beta: 0 })).toEqual([10]);
    expect(weighed({ capacity: { largest: 3, steps: 1, gamma: 30 } })).toEqual([25]); // 10 + 30 * |2.5 - 3|
  });
});
