import { wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions } from "../core/pace";
import type { Image, SpectrumImage } from "../data";
import type { Drift } from "./align-images";
import { checkFrames, registered } from "./registered";
import type { SignalValue } from "./signal-value";

/** Options of `applyDrift`. */
export interface ApplyDriftOptions extends LongWorkOptions {
  /** The registered frames are added up (counts) or averaged. Default "sum". */
  readonly by?: "sum" | "mean";
}

/**
 * Frames of spectra (or of another detector) laid on one another by the drift that `alignImages` found in the images taken
 * with them.
 *
 * @throws ShapeError for another number or size of frames; AxisError for spectra on different energy axes
 * @example
 * const drift = await alignImages(haadfFrames);
 * const spectra = await applyDrift(spectrumFrames, drift);
 */
export async function applyDrift(
  frames: readonly SpectrumImage[],
  drift: Drift,
  options?: ApplyDriftOptions,
): Promise<SpectrumImage>;
export async function applyDrift(frames: readonly Image[], drift: Drift, options?: ApplyDriftOptions): Promise<Image>;
export async function applyDrift(
  frames: readonly SignalValue[],
  drift: Drift,
  options: ApplyDriftOptions = {},
): Promise<SignalValue> {
  const { by = "sum" } = options;
  wordOption("applyDrift", "by", by, ["sum", "mean"]);
  checkFrames("applyDrift", frames, ["image", "spectrum-image"]);
  const { shifts, axes } = drift;
  const [rows, columns] = frames[0].shape;
  if (frames.length !== shifts.length / 2 || rows !== axes.y.size || columns !== axes.x.size) {
    throw new SpecbookError("ShapeError", "this drift is that of other frames", {
      got: `${frames.length} frames of ${rows} x ${columns} pixels`,
      needed: `${shifts.length / 2} frames of ${axes.y.size} x ${axes.x.size} pixels, as alignImages was given`,
      remedy: "give the frames recorded together with the images, all of them and in the same order",
    });
  }
  const pace = createPace("the registration", options);
  return (await registered(frames, shifts, { call: "applyDrift", by, options: { by } }, pace)).sum;
}
