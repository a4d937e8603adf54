import type { Tensor } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FloatArray } from "../../src/data";
import type { Engine } from "../../src/engine/engine";
import { loadEngine } from "../../src/engine/load";
import { sum } from "../../src/engine/ops";
import type { Architecture } from "../../src/models/architecture";
import { prepareEpochs } from "../../src/models/epoch-work";
import { fitSettings } from "../../src/models/fit-options";
import { meanLoss } from "../../src/models/mean-loss";
import type { ModelBase } from "../../src/models/model";

let engine: Engine;
let tensorsBefore = 0;
beforeAll(async () => {
  engine = await loadEngine();
  tensorsBefore = engine.tf.memory().numTensors;
});
afterEach(() => expect(engine.tf.memory().numTensors).toBe(tensorsBefore)); // nothing is left on the engine

/** What one batch was given: its samples, the noise drawn for each, and the schedule's number. */
interface Given {
  readonly samples: number[];
  readonly noise: number[];
  readonly schedule: number;
}

/** Samples that are their own numbers. */
const numbered = (from: number, count: number): FloatArray => ({
  data: Float32Array.from({ length: count }, (_, i) => from + i),
  shape: [count, 1],
});
const read = (tensor: Tensor) => [...tensor.dataSync()];

/** The batches of two epochs over the samples 0 .. 9 and the held ones 100 .. 104, as a network sees them. */
function twoEpochs(seed: number, rateAt?: (step: number) => number) {
  const seen: Given[] = [];
  /** One weight, whose loss has the slope 1: it moves by the learning rate. */
  const architecture = {
    specs: () => [{ name: "w", shape: [1], trainable: true, initial: 0, view: [1], order: [0], engineShape: [1] }],
    noise: () => [{ distribution: "normal", shape: [1] }],
    schedule: (_, step) => [10 * step],
    loss: ({ get }, _, [samples], { noise, schedule }) => {
      seen.push({ samples: read(samples), noise: read(noise[0]), schedule: read(schedule[0])[0] });
      return { total: sum(engine, get("w")) };
    },
  } as Partial<Architecture> as Architecture; // all that a step asks for
  const model: ModelBase = { parameters: { w: { data: new Float32Array(1), shape: [1], trainable: true } } };
  const settings = fitSettings({ epochs: 2, batch: 4, dropLast: false, trace: false, seed }, 10, engine);
  const sets = { training: [numbered(0, 10)], validation: [numbered(100, 5)] };
  const work = prepareEpochs(engine, architecture, model, settings, sets);
  const losses: number[] = [];
  const epochs = [0, 1].map(() => {
    const part = (batches: ReturnType<typeof work.training>) => {
      const first = seen.length;
      for (const batch of batches) losses.push(batch.run().loss);
      return seen.slice(first);
    };
    return { training: part(work.training(rateAt)), held: part(work.validation()) };
  });
  const weight = work.values()[0][0];
  work.dispose();
  return { epochs, weight };
}
const samplesOf = (batches: readonly Given[]) => batches.flatMap(({ samples }) => samples);
const noiseOf = (batches: readonly Given[]) => batches.flatMap(({ noise }) => noise);

describe("the epochs of a training run", () => {
  test("go through all samples once each, every time in a new order, which the seed sets", () => {
    const { epochs } = twoEpochs(1);
    const orders = epochs.map(({ training }) => samplesOf(training));
    const all = Array.from({ length: 10 }, (_, i) => i);
    for (const order of orders) {
      expect([...order].sort((a, b) => a - b)).toEqual(all);
      expect(order).not.toEqual(all);
    }
    expect(orders[1]).not.toEqual(orders[0]);
    expect(epochs[0].training.map(({ samples }) => samples.length)).toEqual([4, 4, 2]);
    expect(samplesOf(twoEpochs(1).epochs[1].training)).toEqual(orders[1]);
    expect(samplesOf(twoEpochs(2).epochs[0].training)).not.toEqual(orders[0]);
  });

  test("draw new noise for every step, and the same for the samples held out in every epoch", () => {
    const [first, second] = twoEpochs(1).epochs;
    const drawn = [...noiseOf(first.training), ...noiseOf(second.training), ...noiseOf(first.held)];
    expect(new Set(drawn).size).toBe(25);
    expect(second.held.map(({ samples, noise }) => [samples, noise])).toEqual(
      first.held.map(({ samples, noise }) => [samples, noise]),
    );
    expect(samplesOf(first.held)).toEqual([100, 101, 102, 103, 104]);
  });

  test("count their steps on from epoch to epoch, for the schedule and the learning rate", () => {
    const asked: number[] = [];
    const { epochs, weight } = twoEpochs(1, (step) => {
      asked.push(step);
      return step === 4 ? 0.5 : 0;
    });
    expect(asked).toEqual([0, 1, 2, 3, 4, 5]);
    expect(epochs.flatMap(({ training }) => training.map(({ schedule }) => schedule))).toEqual([0, 10, 20, 30, 40, 50]);
    expect(weight).toBeCloseTo(-0.5, 6); // Adam's step along a slope that is always the same is its rate
  });
});

describe("the mean loss of batches", () => {
  test("is that of their samples, and so are its terms", async () => {
    const batch = (samples: number, loss: number, terms: number[]) => ({ samples, run: () => ({ loss, terms }) });
    const seen: number[] = [];
    const found = await meanLoss(
      [batch(4, 1, [1, 10]), batch(4, 2, [2, 20]), batch(2, 7, [3, 60])],
      () => ["misfit", "kl"],
      async (loss) => void seen.push(loss),
    );
    expect(found).toEqual({ loss: 2.6, terms: { misfit: 1.8, kl: 24 } });
    expect(seen).toEqual([1, 2, 7]);
    expect(
      await meanLoss(
        [batch(1, 3, [])],
        () => [],
        async () => {},
      ),
    ).toEqual({ loss: 3 });
  });
});
