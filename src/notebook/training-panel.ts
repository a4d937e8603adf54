import { currentHost, type DisplayHandle, type Host, type MimeBundle } from "../core/host";
import { type ProgressListener, setTrainingDisplay } from "../models/progress";
import type { TrainingProgress } from "../models/training";
import { lossCurve } from "../plot/loss-curve";
import { bundle, chartBundle } from "./bundle";

/** Shortest time between two drawings of a run, in ms. */
const PERIOD = 250;

/**
 * Shows one training run as a live chart: loss curves, epoch, speed and time left, replaced in place four times a second
 * at most. The last report is drawn with its picture as well, so that the saved notebook keeps it; the returned promise
 * says when. A chart that cannot be drawn never stops the training: its message is shown instead.
 */
export function trainingPanel(host: Host): ProgressListener {
  let handle: DisplayHandle | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  const show = (shown: MimeBundle) => {
    if (handle === undefined) handle = host.display(shown);
    else handle.update(shown);
  };
  return (progress) => {
    const now = performance.now();
    if (progress.state === "running" && now - drawn < PERIOD) return;
    drawn = now;
    show(frame(progress));
    if (progress.state !== "running") return lastFrame(progress).then(show);
  };
}

/** The chart of a run that goes on; its fault as text where it cannot be drawn. */
export function frame(progress: TrainingProgress): MimeBundle {
  try {
    return chartBundle(lossCurve(progress));
  } catch (error) {
    return { "text/plain": String(error) };
  }
}

/** The chart of a run that has ended, with its picture for the saved notebook. */
export async function lastFrame(progress: TrainingProgress): Promise<MimeBundle> {
  try {
    return await bundle(lossCurve(progress));
  } catch (error) {
    return { "text/plain": String(error) };
  }
}

/** From now on training runs inside a cell show themselves; in plain Node nothing is drawn. */
export function showTraining(): void {
  setTrainingDisplay(() => {
    const host = currentHost();
    return host === undefined ? undefined : trainingPanel(host);
  });
}
