import type { FitSettings } from "./fit-options";
import type { ModelBase } from "./model";
import type { ParameterSpec } from "./parameter-spec";
import type { Resumable } from "./resumable";
import { write } from "./scope";
import { createWeightAverage } from "./weight-average";

/** Decides which of a run's weights the model holds. The best so far are in the model at every moment. */
export interface WeightKeeper extends Resumable {
  /** Epoch whose weights the model holds; undefined before the first epoch's end. */
  readonly bestEpoch: number | undefined;
  /** After each epoch, with the loss that judges it; false, and nothing kept, where the weights are no longer finite. */
  endEpoch(epoch: number, loss: number): boolean;
  /** When a stop is asked for, `step` steps in; weights that are no longer finite are not taken. */
  stop(step: number): void;
  /** After the last epoch; returns the epoch whose weights (or the last of whose average) the model now holds. */
  finish(lastEpoch: number): number;
  /** What the model holds, in words. */
  describe(): string;
}

/** A keeper that puts weights into `model`; `values` gives the present ones, in the order of `specs`. */
export function createWeightKeeper(
  model: ModelBase,
  specs: readonly ParameterSpec[],
  settings: FitSettings,
  values: () => Float32Array[],
): WeightKeeper {
  const average = createWeightAverage(specs, settings.swa, settings.swaStatistics);
  // Where the run may end early, any epoch can be among the last.
  const firstAveraged = settings.earlyStop === undefined ? settings.epochs - settings.swa + 1 : 1;
  let best: { readonly epoch: number; readonly loss: number } | undefined;
  let partial = 0;
  return {
    get bestEpoch() {
      return best?.epoch;
    },
    endEpoch: (epoch, loss) => {
      const better = best === undefined || loss < best.loss;
      const averaged = settings.swa > 0 && epoch >= firstAveraged;
      const isLast = settings.weights === "last" && (settings.earlyStop !== undefined || epoch === settings.epochs);
      if (!better && !averaged && !isLast) return true;
      const now = values();
      // The loss of a step is from before its update: weights can be lost while all losses were numbers.
      if (!now.every(allFinite)) return false;
      if (averaged) average.add(now);
      if (!better) return true;
      best = { epoch, loss };
      write(specs, now, model);
      return true;
    },
    stop: (step) => {
      if (best !== undefined || step === 0) return;
      const now = values();
      if (!now.every(allFinite)) return; // the step diverged, and no loss has told yet
      partial = step; // no epoch was finished: what was learnt so far is better than the first weights
      write(specs, now, model);
    },
    finish: (lastEpoch) => {
      if (settings.swa > 0) write(specs, average.mean(), model);
      else if (settings.weights === "last") write(specs, values(), model);
      else return best?.epoch ?? lastEpoch;
      return lastEpoch;
    },
    describe: () => {
      if (best !== undefined) return `the weights of epoch ${best.epoch}, loss ${best.loss.toPrecision(4)}`;
      return partial > 0 ? `the weights after step ${partial} of the first epoch` : "the weights it had before";
    },
    save: () => {
      const { values: averageValues, arrays } = average.save();
      // Between epochs the model holds the best weights.
      const held = specs.map(({ name }) => [`best.${name}`, model.parameters[name].data.slice()]);
      const averaged = Object.entries(arrays).map(([name, array]) => [`average.${name}`, array]);
      return { values: { best, average: averageValues }, arrays: Object.fromEntries([...held, ...averaged]) };
    },
    restore: (state) => {
      best = state.values.best as typeof best; // what `save` wrote
      const of = (prefix: string) =>
        Object.fromEntries(
          Object.entries(state.arrays).flatMap(([name, array]) =>
            name.startsWith(prefix) ? [[name.slice(prefix.length), array]] : [],
          ),
        );
      const held = of("best.");
      const present = specs.map(({ name }) => held[name]);
      write(specs, present, model);
      average.restore({ values: state.values.average as Record<string, unknown>, arrays: of("average.") });
    },
  };
}

function allFinite(values: Float32Array): boolean {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += 0 * values[i]; // NaN where a value is not finite
  return zero === 0;
}
