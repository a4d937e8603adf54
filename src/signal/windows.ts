import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { addHistory, type HistoryEntry, type Image, type Pairs, type SpectrumImage } from "../data";
import { checkSpectra } from "./check-spectra";
import { borderRecord, checkImages, cutImages, type WindowBorder, windowGrid } from "./cut-windows";
import { applyScaling, type ScaleOption, scalingOf } from "./scaling";

/** Options of `windows`. */
export interface WindowOptions {
  /** Height and width of a window in scan pixels; one number for a square. Default 16. */
  readonly size?: number | readonly [number, number];
  /** Step between neighbouring centres, in scan pixels along both directions. Default 1. */
  readonly stride?: number;
  /**
   * `"inside"`: windows that lie inside the image; `"reflect"` and `"constant"`: one around every pixel, the image
   * mirrored at its outermost pixels or continued by `fill`. Default "inside".
   */
  readonly border?: WindowBorder;
  /** The value beyond a "constant" border, in the units of the image, before scaling. Default 0. */
  readonly fill?: number;
  /** How the image windows and the spectra are scaled, each set with one scaling. Default "min-max" for both. */
  readonly scale?: { readonly images?: ScaleOption; readonly spectra?: ScaleOption };
}

/**
 * Cuts a window around every scan pixel that has room for one and pairs it with the spectrum of that pixel.
 *
 * With `half = floor(size / 2)` the window of centre r covers rows r - half .. r - half + size - 1, and the centres run
 * from half to rows - half - 1 (columns likewise). Even sizes so lie half a pixel up and left of their centre and give
 * (rows - size) x (columns - size) pairs, the rule of Roccapriore et al.'s set: 62 x 75 pixels with size 16 give
 * 46 x 59 = 2714 pairs. Odd sizes lie symmetrically and give one row and one column of pairs more.
 *
 * With another `border` the centres run over the whole scan, and every pixel of a map made from the pairs has a value.
 *
 * Scaling uses one offset and range for all window pixels and one for all spectra of the pairs, found over the whole
 * set before any split: a test set cut from the pairs shares the scaling of its training set. Several images become
 * the channels of the windows under one common scaling; bring images of different units to one range first.
 *
 * @param image one image, or several of one shape, on the scan grid of the spectra
 * @returns images [n, height, width, channels], spectra [n, channels], positions in row-major order of the centres
 * @throws ShapeError (scan sizes differ), OptionError (size, stride), DataError (NaN, constant, fewer than two pairs)
 * @example
 * const pairs = windows(image, spectra, { size: 16 });
 */
export function windows(image: Image | readonly Image[], spectra: SpectrumImage, options: WindowOptions = {}): Pairs {
  const images = "kind" in image ? [image] : [...image];
  const { scale = {} } = options;
  const [rows, columns, channels] = spectra.shape;
  checkScan(images, [rows, columns]);
  const grid = windowGrid([rows, columns], options, "pairs");
  const { size, stride, positions, count } = grid;
  checkImages(images);
  checkSpectra(spectra, "cutting windows");

  checkMemory(
    4 * count * (size[0] * size[1] * images.length + channels),
    `${count} pairs of ${size.join(" x ")} windows and ${channels} channels`,
    `use a stride: { stride: ${2 * stride} } needs a quarter, or crop the scan`,
  );
  const imageData = cutImages(images, grid);
  const spectrumData = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    const start = (positions[2 * i] * columns + positions[2 * i + 1]) * channels;
    spectrumData.set(spectra.data.subarray(start, start + channels), i * channels);
  }
  const scaling = {
    images: scalingOf("images", imageData, scale.images ?? "min-max"),
    spectra: scalingOf("spectra", spectrumData, scale.spectra ?? "min-max"),
  };
  applyScaling(imageData, scaling.images);
  applyScaling(spectrumData, scaling.spectra);
  return Object.freeze({
    kind: "pairs",
    images: Object.freeze({ data: imageData, shape: Object.freeze([count, size[0], size[1], images.length]) }),
    spectra: Object.freeze({ data: spectrumData, shape: Object.freeze([count, channels]) }),
    positions,
    scan: Object.freeze([rows, columns] as const),
    scaling: Object.freeze(scaling),
    axes: spectra.axes,
    metadata: spectra.metadata,
    history: windowHistory(images, spectra, { size, stride, ...borderRecord(grid), scaling }),
  });
}

function windowHistory(
  images: readonly Image[],
  spectra: SpectrumImage,
  options: Readonly<Record<string, unknown>>,
): readonly HistoryEntry[] {
  // The images' own past would be lost in the spectra's history: it travels inside this entry.
  return addHistory(spectra.history, "windows", { ...options, images: images.map((one) => one.history) });
}

function checkScan(images: readonly Image[], [rows, columns]: readonly [number, number]): void {
  for (const [i, one] of images.entries()) {
    if (one.shape[0] === rows && one.shape[1] === columns) continue;
    throw new SpecbookError("ShapeError", "image and spectra have different scan sizes", {
      got: `image${images.length > 1 ? ` ${i}` : ""} of ${one.shape.join(" x ")} pixels, spectra of ${rows} x ${columns} pixels`,
      needed: "the same rows and columns in both",
      remedy:
        "use the image recorded together with the spectra (not the survey image), or bin it to the scan grid before this call",
    });
  }
}
