import { FRONT_END_TARGET } from "../core/comm";
import { currentHost, type DisplayHandle, type Host, type MimeBundle } from "../core/host";
import { type DisplayedRun, type ProgressListener, setTrainingDisplay } from "../models";
import type { TrainingProgress } from "../models/training";
import { trainingPanel } from "../notebook";
import { frame, lastFrame } from "../notebook/training-panel";
import { offer, withView } from "./own-front-end";
import { answerQuestions } from "./questions";
import { trainingPreview } from "./training-preview";
import { PREVIEW_ARRAYS, type SentRun } from "./training-protocol";
import { viewModule } from "./view-module";
import { Widget } from "./widget";

/** Shortest time between two updates of the panel, ms. */
const PERIOD = 250;
/** Shortest time between two updates of the chart that a notebook saved meanwhile would hold, ms. */
const SAVED = 5000;

/**
 * Shows one training run as an interactive panel: losses, speed, time left, a preview, and a button that ends the run
 * with its best weights. The saved notebook holds the chart of the run, as where there is no panel.
 */
export function interactiveTraining(host: Host, run: DisplayedRun): ProgressListener {
  const nothing = Object.fromEntries(PREVIEW_ARRAYS.map((name) => [name, new Float32Array(0)]));
  const state = { run: null, preview: null, ...lossArrays([]), ...nothing };
  const widget = new Widget({ esm: viewModule("training-panel"), state });
  answerQuestions(widget, {
    stop: () => {
      run.end();
      return {};
    },
  });
  const preview = trainingPreview(run, widget);
  const started = performance.now();
  let handle: DisplayHandle | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  let saved = Number.NEGATIVE_INFINITY;
  let epochs = 0;
  const show = (picture: MimeBundle) => {
    if (handle === undefined) {
      offer(widget);
      handle = host.display(withView(widget, picture));
    } else handle.update(withView(widget, picture));
  };
  return (progress) => {
    const now = performance.now();
    if (progress.state === "running" && now - drawn < PERIOD) return;
    drawn = now;
    const losses = progress.epochs.length === epochs ? {} : lossArrays(progress.epochs);
    epochs = progress.epochs.length;
    widget.set({ run: sentRun(run.model.kind, progress, (now - started) / 1000), ...losses });
    preview.update(progress);
    if (progress.state !== "running") return lastFrame(progress, run.model).then(show);
    if (now - saved < SAVED) return;
    saved = now;
    show(frame(progress, run.model));
  };
}

function sentRun(kind: string, progress: TrainingProgress, seconds: number): SentRun {
  const { state, totalEpochs, step, totalSteps, samplesPerSecond, secondsLeft, bestEpoch } = progress;
  return {
    ...{ kind, state, totalEpochs, step, totalSteps, samplesPerSecond, seconds },
    epochs: progress.epochs.length,
    secondsLeft: Number.isFinite(secondsLeft) ? secondsLeft : null,
    bestEpoch: bestEpoch ?? null,
  };
}

/** The numbers of each epoch; NaN where there is no validation. */
function lossArrays(epochs: TrainingProgress["epochs"]) {
  return {
    loss: Float32Array.from(epochs, ({ loss }) => loss),
    validation: Float32Array.from(epochs, ({ validationLoss = Number.NaN }) => validationLoss),
    rate: Float32Array.from(epochs, ({ learningRate }) => learningRate),
  };
}

/**
 * From now on training runs inside a cell show themselves: as an interactive panel where our extension is, as a live chart
 * elsewhere; in plain Node nothing is drawn.
 */
export function showTrainingInteractively(): void {
  setTrainingDisplay((run) => {
    const host = currentHost();
    if (host === undefined) return undefined;
    if (run === undefined || host.comms?.knows(FRONT_END_TARGET) !== true) return trainingPanel(host, run?.model);
    try {
      return interactiveTraining(host, run);
    } catch {
      return trainingPanel(host, run?.model); // the front-end half is not built: the chart needs none
    }
  });
}
