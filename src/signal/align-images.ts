import { countOption, positiveOption, refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import type { Axis, HistoryEntry, Image } from "../data";
import { checkValues } from "../data/check-values";
import { crop } from "./crop";
import { type Limits, pictureTransform, registerShift, type Shift } from "./register-shift";
import { checkFrames, registered } from "./registered";

/** Options of `alignImages`. */
export interface AlignImagesOptions extends LongWorkOptions {
  /**
   * What each frame is compared with: the `"first"`, the `"previous"` one (for series that change on the way; the shifts
   * add up), or the frame of this index. Default "first".
   */
  readonly reference?: "first" | "previous" | number;
  /** Parts of a pixel to which shifts are found. Default 20. */
  readonly upsample?: number;
  /**
   * Largest shift between a frame and its reference along either side, in pixels. Lattices look the same one period on:
   * give half a period or less. Default any.
   */
  readonly maxShift?: number;
  /**
   * `"cross"`: by cross-correlation; `"phase"`: by phase correlation, blind to brightness and gradients, but noise counts
   * in it as much as the picture. Default "cross".
   */
  readonly correlation?: "phase" | "cross";
  /**
   * Fade frames out towards their edges (Hann), which otherwise are found to lie on one another, and look a second time at
   * what both show. Default true; false gives scikit-image's phase_cross_correlation.
   */
  readonly taper?: boolean;
  /** The registered frames are added up or averaged. Default "sum". */
  readonly by?: "sum" | "mean";
  readonly onProgress?: (progress: { readonly done: number; readonly frames: number }) => void;
}

/** The drift between frames, and the frames laid on one another. */
export interface Drift {
  readonly kind: "drift";
  /** [frames, 2]: what each frame is moved by, in pixels along rows and columns, to lie on the reference. */
  readonly shifts: Float64Array;
  /** [frames]: correlation of each frame with the reference (of "previous": the first) where they overlap, 1 for alike. */
  readonly agreement: Float64Array;
  /** The registered frames added up (or averaged) where all of them are. */
  readonly sum: Image;
  /** The same without registration. */
  readonly before: Image;
  /** The part of the reference that all frames cover, for `crop`. */
  readonly kept: { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] };
  readonly axes: { readonly y: Axis; readonly x: Axis };
  readonly options: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/**
 * The drift between frames of one field, e.g. HAADF images taken one after another, to parts of a pixel, and the frames
 * laid on one another by it (linear between pixels; only where all frames have something to show).
 *
 * @throws ShapeError for frames of different size or drift that leaves nothing in common; OptionError; DataError for NaN or
 * a frame without contrast; CancelledError when stopped
 * @example
 * const drift = await alignImages(frames, { upsample: 20 });
 * plot.drift(drift)
 */
export async function alignImages(images: readonly Image[], options: AlignImagesOptions = {}): Promise<Drift> {
  const { reference = "first", upsample = 20, maxShift, correlation = "cross", taper = true, by = "sum" } = options;
  checkImages(images);
  countOption("alignImages", "upsample", upsample);
  wordOption("alignImages", "correlation", correlation, ["phase", "cross"]);
  wordOption("alignImages", "by", by, ["sum", "mean"]);
  if (maxShift !== undefined) positiveOption("alignImages", "maxShift", maxShift);
  const index = referenceIndex(reference, images.length);
  const largest = maxShift ?? Number.POSITIVE_INFINITY;
  const pace = createPace("the alignment", options);
  const search = { upsample, phase: correlation === "phase", largest, taper };
  const shifts = await shiftsOf(images, index, search, pace, options.onProgress);
  const used = { reference, upsample, maxShift, correlation, taper, by };
  const { sum, kept } = await registered(images, shifts, { call: "alignImages", by, options: used }, pace);
  const still = new Float64Array(shifts.length);
  const { sum: before } = await registered(
    images,
    still,
    { call: "alignImages", by, options: { ...used, moved: false } },
    pace,
  );
  return Object.freeze({
    kind: "drift",
    shifts,
    agreement: Float64Array.from(images, (one, i) =>
      agreement(images[index ?? 0], one, [shifts[2 * i], shifts[2 * i + 1]]),
    ),
    sum,
    before,
    kept,
    axes: images[0].axes,
    options: Object.freeze(used),
    history: sum.history,
  });
}

function checkImages(images: readonly Image[]): void {
  checkFrames("alignImages", images, ["image"]);
  for (const [i, one] of images.entries()) {
    checkValues(one.data, {
      what: `pixels of frame ${i}`,
      shape: one.shape,
      dimensions: ["row", "column"],
      remedy: "crop the frames to their valid part before aligning them",
    });
    if (one.data.some((value) => value !== one.data[0])) continue;
    throw new SpecbookError("DataError", "a frame shows nothing that could be aligned", {
      got: `frame ${i} with the value ${one.data[0]} everywhere`,
      needed: "some contrast in every frame",
      remedy: "leave this frame out",
    });
  }
}

/** The frame that stays; undefined where each is compared with the one before. */
function referenceIndex(reference: "first" | "previous" | number, frames: number): number | undefined {
  if (reference === "previous") return undefined;
  const index = reference === "first" ? 0 : reference;
  if (Number.isInteger(index) && index >= 0 && index < frames) return index;
  throw refusedOption("alignImages", "reference", reference, `"first", "previous" or a frame from 0 to ${frames - 1}`);
}

interface Search {
  readonly upsample: number;
  readonly phase: boolean;
  /** Largest shift along either side, in pixels. */
  readonly largest: number;
  readonly taper: boolean;
}

async function shiftsOf(
  images: readonly Image[],
  index: number | undefined,
  search: Search,
  pace: Pace,
  onProgress: AlignImagesOptions["onProgress"],
): Promise<Float64Array> {
  const transform = (frame: number) => pictureTransform(images[frame].data, images[frame].shape, search.taper);
  const limits: Limits = [-search.largest, search.largest];
  const shifts = new Float64Array(2 * images.length);
  let reference = transform(index ?? 0);
  for (let frame = 0; frame < images.length; frame++) {
    if (frame !== (index ?? 0)) {
      const moving = transform(frame);
      const first = registerShift(reference, moving, { ...search, limits: [limits, limits] });
      const shift = search.taper ? refined(images[index ?? frame - 1], images[frame], first, search) : first;
      for (const side of [0, 1]) {
        const before = index === undefined ? shifts[2 * (frame - 1) + side] : 0;
        shifts[2 * frame + side] = before + shift[side];
      }
      if (index === undefined) reference = moving;
    }
    onProgress?.({ done: frame + 1, frames: images.length });
    await pace.step();
  }
  return shifts;
}

/** Pixels that the overlap of two frames has along each side at least to be looked at again. */
const SMALLEST_OVERLAP = 8;
/** How often the overlap is taken anew; it settles after one or two. */
const PASSES = 4;
/** How far an overlap may move at once, in pixels: by a whole one, and by what the grid of parts of a pixel adds. */
const FARTHEST = 1.75;

/**
 * The shift found anew on what both frames show, moved onto one another by whole pixels: two frames faded out towards their
 * own edges are found a little nearer than they are.
 */
function refined(reference: Image, frame: Image, first: Shift, search: Search): Shift {
  const [rows, columns] = reference.shape;
  let shift = first;
  for (let pass = 0; pass < PASSES; pass++) {
    const [dy, dx] = shift.map(Math.round);
    const [height, width] = [rows - Math.abs(dy), columns - Math.abs(dx)];
    if (Math.min(height, width) < SMALLEST_OVERLAP) return shift;
    const part = (one: Image, top: number, left: number) =>
      pictureTransform(
        crop(one, { rows: [top, top + height], columns: [left, left + width] }).data,
        [height, width],
        search.taper,
      );
    const still = part(reference, Math.max(0, dy), Math.max(0, dx));
    const moving = part(frame, Math.max(0, -dy), Math.max(0, -dx));
    const left = (moved: number): Limits => [
      Math.max(-FARTHEST, -search.largest - moved),
      Math.min(FARTHEST, search.largest - moved),
    ];
    const [restY, restX] = registerShift(still, moving, { ...search, limits: [left(dy), left(dx)] });
    shift = [dy + restY, dx + restX];
    if (Math.round(shift[0]) === dy && Math.round(shift[1]) === dx) return shift;
  }
  return shift;
}

/** Pearson's correlation of two frames, the second moved by the nearest whole pixels, where they overlap. */
function agreement(reference: Image, frame: Image, shift: Shift): number {
  const [rows, columns] = reference.shape;
  const [dy, dx] = shift.map(Math.round);
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let row = Math.max(0, dy); row < Math.min(rows, rows + dy); row++) {
    for (let column = Math.max(0, dx); column < Math.min(columns, columns + dx); column++) {
      const a = reference.data[row * columns + column];
      const b = frame.data[(row - dy) * columns + column - dx];
      n++;
      sa += a;
      sb += b;
      saa += a * a;
      sbb += b * b;
      sab += a * b;
    }
  }
  return (sab - (sa * sb) / n) / Math.sqrt((saa - (sa * sa) / n) * (sbb - (sb * sb) / n));
}
