import { createLossWatch } from "./early-stop";
import { checkBetween, checkCount, checkKeys, wrongOption } from "./option-errors";
import type { Resumable } from "./resumable";

/** Epochs at the start during which the learning rate grows linearly to its full value. Default 0. */
interface WarmUp {
  readonly warmUp?: number;
}

/**
 * How the learning rate changes during a run, beginning at `learningRate`:
 * - "constant" (default): not at all.
 * - "cosine": falls along half a cosine to `final` times itself at the last step (Loshchilov & Hutter 2017,
 *   arXiv:1608.03983, without restarts). `final` is 0.01 by default.
 * - "one-cycle": rises from `start` times `learningRate` (default 0.04) to `learningRate` within the share `rise` of all
 *   steps (default 0.3), then falls to `final` (default 4e-6), both along half cosines (Smith & Topin 2019,
 *   arXiv:1708.07120, with PyTorch's defaults).
 * - "step": times `factor` (default 0.5) after every `every` epochs (default 30).
 * - "plateau": times `factor` (default 0.5) whenever the validation loss (training loss without validation) has not
 *   fallen by the share `improvement` (default 1e-3) for `patience` epochs (default 5), down to `lowest` times
 *   `learningRate` (default 1e-3).
 *
 * All but "one-cycle" can begin with `warmUp` epochs in which the rate grows linearly.
 */
export type Schedule =
  | ScheduleKind
  | ({ readonly kind: "constant" } & WarmUp)
  | ({ readonly kind: "cosine"; readonly final?: number } & WarmUp)
  | { readonly kind: "one-cycle"; readonly start?: number; readonly rise?: number; readonly final?: number }
  | ({ readonly kind: "step"; readonly every?: number; readonly factor?: number } & WarmUp)
  | ({
      readonly kind: "plateau";
      readonly patience?: number;
      readonly factor?: number;
      readonly improvement?: number;
      readonly lowest?: number;
    } & WarmUp);

/** The names of the schedules. */
export type ScheduleKind = "constant" | "cosine" | "one-cycle" | "step" | "plateau";

/** A schedule with all its numbers. */
export interface ScheduleSettings {
  readonly kind: ScheduleKind;
  readonly [option: string]: number | string;
}

/** The learning rates of a run. */
export interface LearningRates extends Resumable {
  /** The rate of a step, 0 for the first of the run; of the steps up to the end of the present epoch. */
  at(step: number): number;
  /** After each epoch, with the loss that judges it. */
  endEpoch(loss: number): void;
}

const DEFAULTS: Readonly<Record<ScheduleKind, Readonly<Record<string, number>>>> = {
  constant: { warmUp: 0 },
  cosine: { final: 0.01, warmUp: 0 },
  "one-cycle": { start: 0.04, rise: 0.3, final: 4e-6 },
  step: { every: 30, factor: 0.5, warmUp: 0 },
  plateau: { patience: 5, factor: 0.5, improvement: 1e-3, lowest: 1e-3, warmUp: 0 },
};

/** The option with its defaults, checked. @internal */
export function scheduleSettings(option: Schedule = "constant"): ScheduleSettings {
  const { kind, ...given }: { kind: ScheduleKind } & Record<string, unknown> =
    typeof option === "string" ? { kind: option } : { ...option };
  const defaults = DEFAULTS[kind];
  if (defaults === undefined) {
    const kinds = Object.keys(DEFAULTS).map((name) => `"${name}"`);
    throw wrongOption("schedule", option, kinds.join(", "), 'set schedule: "cosine", or leave it out');
  }
  checkKeys("schedule", given, Object.keys(defaults));
  const numbers: Record<string, number> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined) numbers[key] = value as number; // checked below
  }
  for (const [key, value] of Object.entries(numbers)) {
    const name = `schedule.${key}`;
    if (key === "warmUp") checkCount(name, value, 0);
    else if (key === "every" || key === "patience") checkCount(name, value, 1);
    else checkBetween(name, value, 0, 1, key === "final" || key === "improvement" || key === "lowest");
  }
  return Object.freeze({ kind, ...numbers });
}

/** True where the rate of a step depends on how many there will be. @internal */
export function dependsOnLength({ kind }: ScheduleSettings): boolean {
  return kind === "cosine" || kind === "one-cycle";
}

/** The rates of a run of `epochs` epochs. */
export function createLearningRates(
  learningRate: number,
  schedule: ScheduleSettings,
  plan: { readonly epochs: number; readonly stepsPerEpoch: number },
): LearningRates {
  // Numbers by name, as `scheduleSettings` has filled them in.
  const option = (name: string) => schedule[name] as number;
  const { stepsPerEpoch } = plan;
  const last = Math.max(1, plan.epochs * stepsPerEpoch - 1);
  const plateau = createLossWatch(
    schedule.kind === "plateau" ? { patience: option("patience"), improvement: option("improvement") } : undefined,
  );
  let reduction = 1;

  const shares: Readonly<Record<ScheduleKind, (step: number) => number>> = {
    constant: () => 1,
    cosine: (step) => halfCosine(1, option("final"), step / last),
    "one-cycle": (step) => {
      const peak = option("rise") * last;
      return step < peak
        ? halfCosine(option("start"), 1, step / peak)
        : halfCosine(1, option("final"), last === peak ? 0 : (step - peak) / (last - peak));
    },
    step: (step) => option("factor") ** Math.floor(step / stepsPerEpoch / option("every")),
    plateau: () => reduction,
  };
  const warmUpSteps = (schedule.kind === "one-cycle" ? 0 : option("warmUp")) * stepsPerEpoch;

  return {
    at: (step) => {
      const warmth = step < warmUpSteps ? (step + 1) / warmUpSteps : 1;
      return learningRate * warmth * shares[schedule.kind](step);
    },
    endEpoch: (loss) => {
      plateau.endEpoch(loss);
      if (!plateau.done) return;
      reduction = Math.max(option("lowest"), reduction * option("factor"));
      plateau.restart();
    },
    save: () => ({ values: { reduction, plateau: plateau.save().values }, arrays: {} }),
    restore: ({ values }) => {
      reduction = values.reduction as number; // what `save` wrote
      plateau.restore({ values: values.plateau as Record<string, unknown>, arrays: {} });
    },
  };
}

/** From `from` at 0 to `to` at 1 along half a cosine. */
function halfCosine(from: number, to: number, at: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * at))) / 2;
}
