import { describe, expect, test } from "vitest";
import type { TrainingProgress } from "../../src/models/training";
import { lossCurve } from "../../src/plot/loss-curve";

const progress = (done: number, state: TrainingProgress["state"]): TrainingProgress => ({
  epochs: Array.from({ length: done }, (_, i) => ({ epoch: i + 1, loss: 1 / (i + 1), learningRate: 1e-3, seconds: 1 })),
  totalEpochs: 400,
  step: done * 10,
  totalSteps: 4000,
  samplesPerSecond: 100,
  secondsLeft: 60,
  state,
});
const lastEpoch = (run: TrainingProgress): number => {
  const domain = /"field":"x"[^}]*?"domain":\[1,(\d+)\]/.exec(JSON.stringify(lossCurve(run)));
  return Number(domain?.[1]);
};

describe("the epoch axis of a loss curve", () => {
  test("leaves a running training room for twice what it has done, up to the epochs asked for", () => {
    expect(lastEpoch(progress(1, "running"))).toBe(10);
    expect(lastEpoch(progress(30, "running"))).toBe(60);
    expect(lastEpoch(progress(300, "running"))).toBe(400);
  });

  test("ends with the last epoch of a training that was stopped or has finished", () => {
    expect(lastEpoch(progress(7, "stopped"))).toBe(7);
    expect(lastEpoch(progress(400, "finished"))).toBe(400);
  });
});
