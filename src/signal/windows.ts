import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { addHistory, type HistoryEntry, type Image, type Pairs, type SpectrumImage } from "../data";
import { checkValues } from "../data/check-values";
import { applyScaling, type ScaleOption, scalingOf } from "./scaling";

/** Options of `windows`. */
export interface WindowOptions {
  /** Height and width of a window in scan pixels; one number for a square. Default 16. */
  readonly size?: number | readonly [number, number];
  /** Step between neighbouring centres, in scan pixels along both directions. Default 1. */
  readonly stride?: number;
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
  const { stride = 1, scale = {} } = options;
  const size = checkSize(options.size ?? 16);
  checkInput(images, spectra, size, stride);
  const [rows, columns, channels] = spectra.shape;
  const positions = centres([rows, columns], size, stride);
  const count = positions.length / 2;
  if (count < 2) tooFew(count, spectra, size, stride);

  checkMemory(
    4 * count * (size[0] * size[1] * images.length + channels),
    `${count} pairs of ${size.join(" x ")} windows and ${channels} channels`,
    `use a stride: { stride: ${2 * stride} } needs a quarter, or crop the scan`,
  );
  const imageData = cutImages(images, positions, size);
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
    history: windowHistory(images, spectra, { size, stride, scaling }),
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

function checkSize(size: number | readonly [number, number]): readonly [number, number] {
  const [height, width] = typeof size === "number" ? [size, size] : size;
  for (const value of [height, width]) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new SpecbookError("OptionError", "the window size is not usable", {
      got: `size ${JSON.stringify(size)}`,
      needed: "a whole number of scan pixels, or [height, width]",
      remedy: "for example { size: 16 }",
    });
  }
  return Object.freeze([height, width] as const);
}

function checkInput(
  images: readonly Image[],
  spectra: SpectrumImage,
  size: readonly [number, number],
  stride: number,
): void {
  const [rows, columns] = spectra.shape;
  if (!Number.isInteger(stride) || stride < 1) {
    throw new SpecbookError("OptionError", "the stride between windows is not usable", {
      got: `stride ${stride}`,
      needed: "a whole number of scan pixels of at least 1",
      remedy: "leave it out for one window per scan pixel",
    });
  }
  if (images.length === 0) {
    throw new SpecbookError("ShapeError", "there is no image to cut windows from", {
      got: "an empty list of images",
      needed: "one image or more",
      remedy: "give the HAADF image, or a list of images of one shape",
    });
  }
  for (const [i, one] of images.entries()) {
    if (one.shape[0] === rows && one.shape[1] === columns) continue;
    throw new SpecbookError("ShapeError", "image and spectra have different scan sizes", {
      got: `image${images.length > 1 ? ` ${i}` : ""} of ${one.shape.join(" x ")} pixels, spectra of ${rows} x ${columns} pixels`,
      needed: "the same rows and columns in both",
      remedy:
        "use the image recorded together with the spectra (not the survey image), or bin it to the scan grid before this call",
    });
  }
  if (size[0] > rows || size[1] > columns) {
    throw new SpecbookError("OptionError", "the window is larger than the image", {
      got: `window of ${size.join(" x ")}, image of ${rows} x ${columns} pixels`,
      needed: `a window of at most ${rows} x ${columns}; about a quarter of that leaves pairs to train on`,
      remedy: `for example { size: ${Math.max(1, Math.floor(Math.min(rows, columns) / 4))} }`,
    });
  }
  for (const one of images) {
    checkValues(one.data, {
      what: "image pixels",
      shape: one.shape,
      dimensions: ["row", "column"],
      remedy: "crop the scan to its valid part, or replace these values, before cutting windows",
    });
  }
  checkValues(spectra.data, {
    what: "spectra",
    shape: spectra.shape,
    dimensions: ["row", "column", "channel"],
    remedy: "crop the scan or the energy axis to the valid part, or replace these values, before cutting windows",
  });
}

function tooFew(count: number, spectra: SpectrumImage, size: readonly [number, number], stride: number): never {
  const [rows, columns] = spectra.shape;
  throw new SpecbookError("DataError", "there are too few window positions to learn from", {
    got: `${count} with a window of ${size.join(" x ")} and stride ${stride} on ${rows} x ${columns} pixels`,
    needed: "at least 2 pairs, and hundreds to train on",
    remedy: "make the window or the stride smaller, or load a larger scan",
  });
}

function centres(scan: readonly [number, number], size: readonly [number, number], stride: number): Int32Array {
  const along = (length: number, window: number) => {
    const half = Math.floor(window / 2);
    const count = Math.max(0, Math.ceil((length - 2 * half) / stride));
    return Array.from({ length: count }, (_, i) => half + i * stride);
  };
  const columns = along(scan[1], size[1]);
  return Int32Array.from(along(scan[0], size[0]).flatMap((row) => columns.flatMap((column) => [row, column])));
}

function cutImages(images: readonly Image[], positions: Int32Array, size: readonly [number, number]): Float32Array {
  const [height, width] = size;
  const depth = images.length;
  const columns = images[0].shape[1];
  const cut = new Float32Array((positions.length / 2) * height * width * depth);
  for (const [channel, { data }] of images.entries()) {
    let to = channel;
    for (let p = 0; p < positions.length; p += 2) {
      const top = positions[p] - Math.floor(height / 2);
      const left = positions[p + 1] - Math.floor(width / 2);
      for (let row = top; row < top + height; row++) {
        for (let from = row * columns + left; from < row * columns + left + width; from++) {
          cut[to] = data[from];
          to += depth;
        }
      }
    }
  }
  return cut;
}
