import type { ParameterSpec } from "./parameter-spec";
import type { Resumable } from "./resumable";

/** Keeps the parameters of the last epochs and gives their mean. */
export interface WeightAverage extends Resumable {
  /** Adds the parameters of an epoch; the oldest go where there are more than `size`. */
  add(values: readonly Float32Array[]): void;
  /** Mean of what is kept; statistics of the oldest where that is asked for. */
  mean(): Float32Array[];
}

/** An average over the last `size` additions of parameters in the order of `specs`. */
export function createWeightAverage(
  specs: readonly ParameterSpec[],
  size: number,
  statistics: "averaged" | "first",
): WeightAverage {
  let kept: (readonly Float32Array[])[] = [];
  const meanOf = (i: number) => {
    const sum = new Float64Array(kept[0][i].length);
    for (const values of kept) {
      for (let k = 0; k < sum.length; k++) sum[k] += values[i][k];
    }
    return Float32Array.from(sum, (value) => value / kept.length);
  };
  return {
    add: (values) => {
      kept = [...kept, values].slice(-size);
    },
    mean: () => specs.map(({ trainable }, i) => (statistics === "first" && !trainable ? kept[0][i] : meanOf(i))),
    save: () => ({
      values: { count: kept.length },
      arrays: Object.fromEntries(
        kept.flatMap((values, epoch) => specs.map(({ name }, i) => [`${epoch}.${name}`, values[i]])),
      ),
    }),
    restore: ({ values, arrays }) => {
      const count = values.count as number; // what `save` wrote
      kept = Array.from({ length: count }, (_, epoch) => specs.map(({ name }) => arrays[`${epoch}.${name}`]));
    },
  };
}
