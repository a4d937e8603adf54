import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { checkValues } from "../data/check-values";

/** Which windows are cut from a scan. */
export interface WindowGrid {
  /** [height, width] of a window in scan pixels. */
  readonly size: readonly [number, number];
  readonly stride: number;
  /** Row and column of each centre, row by row. */
  readonly positions: Int32Array;
  /** Number of windows. */
  readonly count: number;
}

/**
 * The windows that lie inside a scan, by the rule of `windows`; throws unless the options can be used. `samples` is what
 * the windows become, for the messages.
 */
export function windowGrid(
  scan: readonly [number, number],
  options: { readonly size?: number | readonly [number, number]; readonly stride?: number },
  samples: "pairs" | "windows",
): WindowGrid {
  const { stride = 1 } = options;
  const size = checkSize(options.size ?? 16);
  const [rows, columns] = scan;
  if (!Number.isInteger(stride) || stride < 1) {
    throw new SpecbookError("OptionError", "the stride between windows is not usable", {
      got: `stride ${stride}`,
      needed: "a whole number of scan pixels of at least 1",
      remedy: "leave it out for one window per scan pixel",
    });
  }
  if (size[0] > rows || size[1] > columns) {
    throw new SpecbookError("OptionError", "the window is larger than the image", {
      got: `window of ${size.join(" x ")}, image of ${rows} x ${columns} pixels`,
      needed: `a window of at most ${rows} x ${columns}; about a quarter of that leaves ${samples} to train on`,
      remedy: `for example { size: ${Math.max(1, Math.floor(Math.min(rows, columns) / 4))} }`,
    });
  }
  const positions = centres(scan, size, stride);
  const count = positions.length / 2;
  if (count < 2) {
    throw new SpecbookError("DataError", "there are too few window positions to learn from", {
      got: `${count} with a window of ${size.join(" x ")} and stride ${stride} on ${rows} x ${columns} pixels`,
      needed: `at least 2 ${samples}, and hundreds to train on`,
      remedy: "make the window or the stride smaller, or load a larger scan",
    });
  }
  return { size, stride, positions, count };
}

/** Throws unless there are images, all of this shape, of finite values. */
export function checkImages(images: readonly Image[]): void {
  if (images.length === 0) {
    throw new SpecbookError("ShapeError", "there is no image to cut windows from", {
      got: "an empty list of images",
      needed: "one image or more",
      remedy: "give the HAADF image, or a list of images of one shape",
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
}

/** The windows of images of one shape, which become their channels: [n, height, width, images]. */
export function cutImages(images: readonly Image[], { positions, size }: WindowGrid): Float32Array {
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

function centres(scan: readonly [number, number], size: readonly [number, number], stride: number): Int32Array {
  const along = (length: number, window: number) => {
    const half = Math.floor(window / 2);
    const count = Math.max(0, Math.ceil((length - 2 * half) / stride));
    return Array.from({ length: count }, (_, i) => half + i * stride);
  };
  const columns = along(scan[1], size[1]);
  return Int32Array.from(along(scan[0], size[0]).flatMap((row) => columns.flatMap((column) => [row, column])));
}
