import { fittedTo } from "../analyse/fitted";
import type { SampleScaling, Samples } from "../data";
import type { DisplayedRun, Model } from "../models";
import type { TrainingProgress } from "../models/training";
import { select, unscale } from "../signal";
import { decodedSides, predictedOf } from "./decoded-sides";
import { spectrumTitle } from "./latent-about";
import type { SentPreview } from "./training-protocol";
import type { Widget } from "./widget";

/** Largest share of a run's time that its previews may take. */
const SHARE = 0.015;

/** Keeps the preview of a run fresh. */
export interface TrainingPreview {
  /** After an epoch, or later: decodes the sample by the weights kept so far, unless that would take too much time. */
  update(progress: TrainingProgress): void;
}

/**
 * Shows one sample of those that are never trained on, measured and decoded, after each epoch that gave better weights;
 * less often where an epoch is so short that the previews would take more than 1.5 % of the time.
 */
export function trainingPreview({ model, samples }: DisplayedRun, widget: Widget): TrainingPreview {
  if (!("kind" in samples) || model.kind === "classifier" || model.kind === "segmenter") return { update: () => {} };
  const index = Math.floor(samples.positions.length / 4); // the middle one
  const one = select(samples, [index]);
  let epoch = 0;
  let free = 0;
  let isBusy = false;
  const decode = async (best: number) => {
    const began = performance.now();
    const decoded = await predictedOf(model, one);
    widget.set({
      preview: {
        row: one.positions[0],
        column: one.positions[1],
        epoch: best,
        energy: "energy" in one.axes ? one.axes.energy : (fittedTo(model).axes.energy ?? null),
        intensityTitle: spectrumTitle(one),
        window: windowOf(model, one),
      } satisfies SentPreview,
      measuredWindow: measured(one, "images"),
      measuredSpectrum: measured(one, "spectra"),
      decodedWindow: decoded.images ?? NOTHING,
      decodedSpectrum: decoded.spectra ?? NOTHING,
    });
    epoch = best;
    const end = performance.now();
    free = end + (end - began) / SHARE;
  };
  /** The best epoch of a run that has ended: shown in any case. */
  let last = 0;
  const begin = async (best: number) => {
    isBusy = true;
    await decode(best).catch(() => {}); // a preview that cannot be made never stops the training: there is none
    isBusy = false;
    const missed = last > best ? last : 0;
    last = 0;
    if (missed > 0) void begin(missed);
  };
  return {
    update: ({ bestEpoch = 0, state }) => {
      if (state !== "running") last = bestEpoch;
      const isWanted = bestEpoch > epoch && (performance.now() >= free || state !== "running");
      if (isWanted && !isBusy) void begin(bestEpoch);
    },
  };
}

const NOTHING = new Float32Array(0);

function windowOf(model: Model, samples: Samples): SentPreview["window"] {
  if ("images" in samples) {
    const [, height, width, channels] = samples.images.shape;
    return [height, width, channels];
  }
  const { image } = model.options as { readonly image?: readonly [number, number, number] };
  return (decodedSides(model).includes("images") ? image : undefined) ?? null;
}

function measured(samples: Samples, side: "images" | "spectra"): Float32Array {
  const { [side]: values } = samples as { readonly [side in "images" | "spectra"]?: { readonly data: Float32Array } };
  const scaling = (samples.scaling as SampleScaling)[side];
  return values === undefined || scaling === undefined ? NOTHING : unscale(values.data, scaling);
}
