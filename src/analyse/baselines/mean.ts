import { columnMeans } from "./centred";
import type { BaselinePrediction, BaselineTask } from "./task";

/** The mean of the training targets, whatever the input. */
export function meanBaseline({ train, test }: BaselineTask): BaselinePrediction {
  const mean = Float32Array.from(columnMeans(train.targets));
  const predicted = new Float32Array(test.targets.count * mean.length);
  for (let i = 0; i < test.targets.count; i++) predicted.set(mean, i * mean.length);
  return { name: "mean", predicted, parameters: mean.length, settings: {} };
}
