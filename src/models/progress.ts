import type { EpochRecord, TrainingProgress } from "./training";

/** Takes the progress of one run. What it returns for the last report is awaited, so that a final picture can be drawn. */
export type ProgressListener = (progress: TrainingProgress) => unknown;

/** Starts the display of one training run and returns what takes its progress; undefined where nothing can be shown. */
export type TrainingDisplay = () => ProgressListener | undefined;

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
): Reporter {
  const { pastSteps = 0 } = plan;
  const send = listener ?? display?.();
  const started = performance.now();
  let sent = Number.NEGATIVE_INFINITY;
  return {
    report: (run, state, epochEnded = false) => {
      const now = performance.now();
      if (send === undefined || (state === "running" && !epochEnded && now - sent < INTERVAL)) return;
      sent = now;
      const secondsPerStep = (now - started) / 1000 / Math.max(1, run.step - pastSteps);
      const secondsLeft = () => {
        if (state !== "running") return 0;
        return run.step === pastSteps ? Number.NaN : secondsPerStep * (plan.totalSteps - run.step);
      };
      return send({
        epochs: [...run.epochs],
        totalEpochs: plan.totalEpochs,
        step: run.step,
        totalSteps: plan.totalSteps,
        samplesPerSecond: run.step === pastSteps ? 0 : plan.batch / secondsPerStep,
        secondsLeft: secondsLeft(),
        state,
        bestEpoch: run.bestEpoch,
      });
    },
  };
}
