import { checkBetween, checkCount, checkKeys, wrongOption } from "./option-errors";
import type { Resumable } from "./resumable";

/** When `fit` ends before its last epoch because the loss has stopped falling. */
export interface EarlyStop {
  /** Epochs in a row without improvement that are borne. Default 10. */
  readonly patience?: number;
  /** What counts as an improvement: a loss lower than the lowest so far by this share of its size. Default 1e-3. */
  readonly improvement?: number;
}

/** Watches the loss of a run. */
export interface LossWatch extends Resumable {
  /** True once the loss has not improved for `patience` epochs. */
  readonly done: boolean;
  /** After each epoch, with the loss that judges it: the validation loss, or the training loss without validation. */
  endEpoch(loss: number): void;
  /** Begins to wait anew; the lowest loss stays the one to beat. */
  restart(): void;
}

/** The option with its defaults, checked; undefined where there is no early stop. @internal */
export function earlyStopSettings(option: EarlyStop | boolean | undefined): Required<EarlyStop> | undefined {
  if (option === undefined || option === false) return undefined;
  const given = option === true ? {} : option;
  if (typeof given !== "object") {
    throw wrongOption(
      "earlyStop",
      given,
      "true, false or { patience, improvement }",
      "set earlyStop: { patience: 10 }",
    );
  }
  checkKeys("earlyStop", given, ["patience", "improvement"]);
  const { patience = 10, improvement = 1e-3 } = given;
  checkCount("earlyStop.patience", patience, 1);
  checkBetween("earlyStop.improvement", improvement, 0, 1, true);
  return { patience, improvement };
}

/** A watch with these settings; one that is never done without. */
export function createLossWatch(settings: Required<EarlyStop> | undefined): LossWatch {
  let lowest: number | undefined;
  let waited = 0;
  return {
    get done() {
      return settings !== undefined && waited >= settings.patience;
    },
    endEpoch: (loss) => {
      if (settings === undefined) return;
      const better = lowest === undefined || loss < lowest - settings.improvement * Math.abs(lowest);
      waited = better ? 0 : waited + 1;
      if (better) lowest = loss;
    },
    restart: () => {
      waited = 0;
    },
    save: () => ({ values: { lowest, waited }, arrays: {} }),
    restore: ({ values }) => {
      lowest = values.lowest as number | undefined; // what `save` wrote
      waited = values.waited as number;
    },
  };
}
