import { currentHost, type DisplayHandle, type Host, type MimeBundle } from "../core/host";
import type { Model } from "../models/model";
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
export function trainingPanel(host: Host, model?: Model): ProgressListener {
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
    show(frame(progress, model));
    if (progress.state !== "running") return lastFrame(progress, model).then(show);
  };
}

/** The chart of a run that goes on; its fault as text where it cannot be drawn. */
export function frame(progress: TrainingProgress, model?: Model): MimeBundle {
  try {
    return chartBundle(lossCurve(progress, { name: modelName(model) }));
  } catch (error) {
    return { "text/plain": String(error) };
  }
}

/** The chart of a run that has ended, with its picture for the saved notebook. */
export async function lastFrame(progress: TrainingProgress, model?: Model): Promise<MimeBundle> {
  try {
    return await bundle(lossCurve(progress, { name: modelName(model) }));
  } catch (error) {
    return { "text/plain": String(error) };
  }
}

/** "im2spec, 2 latents": which of several runs of a cell this is. */
function modelName(model: Model | undefined): string | undefined {
  if (model === undefined) return undefined;
  const { kind, options } = model;
  const latent = "latent" in options ? options.latent : undefined;
  return typeof latent === "number" ? `${kind}, ${latent} latent${latent === 1 ? "" : "s"}` : kind;
}

/** From now on training runs inside a cell show themselves; in plain Node nothing is drawn. */
export function showTraining(): void {
  setTrainingDisplay((run) => {
    const host = currentHost();
    return host === undefined ? undefined : trainingPanel(host, run?.model);
  });
}
