import type { ParameterSpec } from "./parameter-spec";

/** Collects the parameters of several epochs and gives their mean. */
export interface WeightAverage {
  add(values: readonly Float32Array[]): void;
  /** Mean of what was added; statistics of the first addition where that is asked for. */
  mean(): Float32Array[];
}

/** An average over parameters in the order of `specs`. */
export function createWeightAverage(specs: readonly ParameterSpec[], statistics: "averaged" | "first"): WeightAverage {
  let count = 0;
  let first: readonly Float32Array[] = [];
  let sums: Float64Array[] = [];
  return {
    add: (values) => {
      if (count === 0) {
        first = values;
        sums = values.map((v) => new Float64Array(v.length));
      }
      count++;
      for (const [i, sum] of sums.entries()) {
        for (let k = 0; k < sum.length; k++) sum[k] += values[i][k];
      }
    },
    mean: () =>
      sums.map((sum, i) =>
        statistics === "first" && !specs[i].trainable ? first[i] : Float32Array.from(sum, (value) => value / count),
      ),
  };
}
