import { describe, expect, test, vi } from "vitest";
import { fit } from "../../src/models";
import { createLossWatch, earlyStopSettings } from "../../src/models/early-stop";
import { smallModel, smallPairs, weightsOf } from "./support/small-pairs";

// Hundreds of training steps: seconds on a free machine, minutes on a crowded one.
vi.setConfig({ testTimeout: 300_000 });

const train = smallPairs(48, 1);
const validation = smallPairs(20, 2);
// A rate this high makes the validation loss jump about after a few epochs.
const short = { epochs: 60, batch: 16, learningRate: 0.03, seed: 1, validation, trace: false };

/** Epochs that a watch lets pass before it is done, given these losses. */
function epochsUntilDone(losses: readonly number[], patience: number, improvement: number): number {
  const watch = createLossWatch({ patience, improvement });
  let epoch = 0;
  while (!watch.done && epoch < losses.length) watch.endEpoch(losses[epoch++]);
  return watch.done ? epoch : Number.POSITIVE_INFINITY;
}

describe("an early stop", () => {
  test("comes after as many epochs without improvement as it is patient for", () => {
    const losses = [5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3, 3];
    expect(epochsUntilDone(losses, 2, 0)).toBe(5);
    expect(epochsUntilDone(losses, 3, 0)).toBe(9);
    expect(epochsUntilDone(losses, 5, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  test("counts as improvement only what is asked for, also of a negative loss", () => {
    const slow = [1, 0.995, 0.99, 0.985, 0.98];
    expect(epochsUntilDone(slow, 3, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(epochsUntilDone(slow, 3, 0.1)).toBe(4);
    expect(epochsUntilDone([-1, -1.05, -1.06, -1.2], 2, 0.1)).toBe(3);
  });

  test("ends the run, says so in the record, and keeps the best weights", async () => {
    const model = smallModel();
    const run = await fit(model, train, { ...short, earlyStop: { patience: 3, improvement: 0 } });
    expect(run.state).toBe("early-stopped");
    expect(run.options.earlyStop).toEqual({ patience: 3, improvement: 0 });
    expect(run.epochs.length).toBeLessThan(60);
    const losses = run.epochs.map((e) => e.validationLoss as number);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(run.keptEpoch).toBe(best);
    expect(run.epochs).toHaveLength(best + 3);

    const again = smallModel();
    await fit(again, train, { ...short, epochs: best });
    expect(weightsOf(model)).toMatchArray(weightsOf(again), { relative: 1e-6 }); // threads may sum in another order
  });

  test("averages the last epochs that were run, as a run of that length does", async () => {
    const [stopped, whole] = [smallModel(), smallModel()];
    const run = await fit(stopped, train, { ...short, swa: 3, earlyStop: { patience: 2, improvement: 0 } });
    expect(run.state).toBe("early-stopped");
    expect(run.keptEpoch).toBe(run.epochs.length);
    await fit(whole, train, { ...short, epochs: run.epochs.length, swa: 3 });
    expect(weightsOf(stopped)).toMatchArray(weightsOf(whole), { relative: 1e-6 });
  });

  test("does not come where the loss falls to the end", async () => {
    const run = await fit(smallModel(), train, { ...short, epochs: 4, learningRate: 1e-3, earlyStop: true });
    expect(run.state).toBe("finished");
    expect(run.options.earlyStop).toEqual({ patience: 10, improvement: 1e-3 });
  });

  test("is refused with options that mean nothing", () => {
    expect(() => earlyStopSettings({ patience: 0 })).toThrow("earlyStop.patience: 0");
    expect(() => earlyStopSettings({ improvement: -1 })).toThrow("earlyStop.improvement: -1");
    const misspelt = { patiense: 3 } as object;
    expect(() => earlyStopSettings(misspelt)).toThrow("patiense");
    const number: unknown = 5;
    expect(() => earlyStopSettings(number as object)).toThrow("earlyStop: 5");
  });
});

describe("a schedule", () => {
  test("changes the weights, and each epoch's rate is in the record", async () => {
    const trained = async (schedule: "constant" | "cosine" | "one-cycle" | "step" | "plateau") => {
      const model = smallModel();
      const options = { ...short, epochs: 3, seed: 1 };
      const detailed = {
        constant: "constant",
        cosine: "cosine",
        "one-cycle": "one-cycle",
        step: { kind: "step", every: 1 },
        plateau: { kind: "plateau", patience: 1, improvement: 1 }, // nothing improves by all of itself
      } as const;
      const run = await fit(model, train, { ...options, weights: "last", schedule: detailed[schedule] });
      return { rates: run.epochs.map((e) => e.learningRate), weights: weightsOf(model) };
    };
    const constant = await trained("constant");
    expect(constant.rates).toEqual([0.03, 0.03, 0.03]);
    for (const kind of ["cosine", "one-cycle", "step", "plateau"] as const) {
      const { rates, weights } = await trained(kind);
      expect(rates[2], kind).toBeLessThan(0.03);
      expect(weights, kind).not.toEqual(constant.weights);
    }
  });
});
