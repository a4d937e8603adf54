import type { TrainingProgress } from "./training";

/** Receives the progress of one training run. `fit` awaits the promise of the last report, so that it can be drawn. */
export type ProgressListener = (progress: TrainingProgress) => void | Promise<void>;

let display: (() => ProgressListener | undefined) | undefined;

/**
 * Sets what shows training runs by itself: `make` is called once per run and returns that run's listener, or undefined
 * where there is no place to draw. The notebook room sets the training panel here; models know no notebook.
 */
export function setProgressDisplay(make: (() => ProgressListener | undefined) | undefined): void {
  display = make;
}

/** The listener that shows a run which starts now, undefined outside a notebook. */
export function progressDisplay(): ProgressListener | undefined {
  return display?.();
}
