import type { FitSettings } from "./fit-options";
import type { ModelBase } from "./model";
import type { ParameterSpec } from "./parameter-spec";
import { write } from "./scope";
import { createWeightAverage } from "./weight-average";

/** Decides which of a run's weights the model holds. The best so far are in the model at every moment. */
export interface WeightKeeper {
  /** Epoch whose weights the model holds; undefined before the first epoch's end. */
  readonly bestEpoch: number | undefined;
  /** After each epoch, with the loss that judges it. */
  endEpoch(epoch: number, loss: number): void;
  /** When a stop is asked for, `step` steps in. */
  stop(step: number): void;
  /** At the end of the last epoch; returns the epoch whose weights (or the last of whose average) the model now holds. */
  finish(): number;
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
  const average = createWeightAverage(specs, settings.swaStatistics);
  let best: { readonly epoch: number; readonly loss: number } | undefined;
  let partial = 0;
  return {
    get bestEpoch() {
      return best?.epoch;
    },
    endEpoch: (epoch, loss) => {
      const better = best === undefined || loss < best.loss;
      const averaged = epoch > settings.epochs - settings.swa;
      if (!better && !averaged) return;
      const now = values();
      if (averaged) average.add(now);
      if (!better) return;
      best = { epoch, loss };
      write(specs, now, model);
    },
    stop: (step) => {
      if (best !== undefined || step === 0) return;
      partial = step; // no epoch was finished: what was learnt so far is better than the first weights
      write(specs, values(), model);
    },
    finish: () => {
      if (settings.swa > 0) write(specs, average.mean(), model);
      else if (settings.weights === "last") write(specs, values(), model);
      else return best?.epoch ?? settings.epochs;
      return settings.epochs;
    },
    describe: () => {
      if (best !== undefined) return `the weights of epoch ${best.epoch}, loss ${best.loss.toPrecision(4)}`;
      return partial > 0 ? `the weights after step ${partial} of the first epoch` : "the weights it had before";
    },
  };
}
