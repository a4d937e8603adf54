import type { FloatArray, Samples } from "../data";
import type { Model } from "./model";
import type { EpochRecord, TrainingProgress } from "./training";

/** Takes the progress of one run. What it returns for the last report is awaited, so that a final picture can be drawn. */
export type ProgressListener = (progress: TrainingProgress) => unknown;

/** What the display of a run may look at, and do. */
export interface DisplayedRun {
  readonly model: Model;
  /** The samples that are never trained on; the training set where there are none. */
  readonly samples: Samples | FloatArray;
  /** Ends the run after the step that is being done: `fit` returns as ever, and the model holds its best weights. */
  end(): void;
}

/** Starts the display of one training run and returns what takes its progress; undefined where nothing can be shown. */
export type TrainingDisplay = (run: DisplayedRun | undefined) => ProgressListener | undefined;

let display: TrainingDisplay | undefined;

/** Sets what `fit` shows where no `onProgress` is given: the notebook's training panel plugs in here. */
export function setTrainingDisplay(next: TrainingDisplay | undefined): void {
  display = next;
}

/** Where a run stands, as its loop knows it. */
export interface RunState {
  readonly epochs: readonly EpochRecord[];
  readonly step: number;
  readonly bestEpoch?: number;
}

/** Sends progress to a listener. */
export interface Reporter {
  /** At most four times a second, unless `state` says that the run or an epoch has ended. */
  report(run: RunState, state: TrainingProgress["state"], epochEnded?: boolean): unknown;
}

const INTERVAL = 250; // ms

/** A reporter for `listener`, or for the display of the cell if there is none. */
export function createReporter(
  listener: ProgressListener | undefined,
  plan: {
    readonly totalEpochs: number;
    readonly totalSteps: number;
    readonly batch: number;
    /** Steps that were done in an earlier run. Default 0. */
    readonly pastSteps?: number;
  },
  run?: DisplayedRun,
): Reporter {
  const { pastSteps = 0 } = plan;
  const send = listener ?? display?.(run);
  const started = performance.now();
  let sent = Number.NEGATIVE_INFINITY;
  return {
    report: (at, state, epochEnded = false) => {
      const now = performance.now();
      if (send === undefined || (state === "running" && !epochEnded && now - sent < INTERVAL)) return;
      sent = now;
      const secondsPerStep = (now - started) / 1000 / Math.max(1, at.step - pastSteps);
      const secondsLeft = () => {
        if (state !== "running") return 0;
        return at.step === pastSteps ? Number.NaN : secondsPerStep * (plan.totalSteps - at.step);
      };
      return send({
        epochs: [...at.epochs],
        totalEpochs: plan.totalEpochs,
        step: at.step,
        totalSteps: plan.totalSteps,
        samplesPerSecond: at.step === pastSteps ? 0 : plan.batch / secondsPerStep,
        secondsLeft: secondsLeft(),
        state,
        bestEpoch: at.bestEpoch,
      });
    },
  };
}
