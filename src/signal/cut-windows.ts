import { refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import type { Image } from "../data";
import { checkValues } from "../data/check-values";

/**
 * What a window shows beyond the scan's border. `"inside"`: only windows that lie inside are cut; `"reflect"`: the scan
 * mirrored at its outermost pixels (numpy's "reflect"); `"constant"`: one value.
 */
export type WindowBorder = "inside" | "reflect" | "constant";

/** Which windows are cut from a scan. */
export interface WindowGrid {
  /** [height, width] of a window in scan pixels. */
  readonly size: readonly [number, number];
  readonly stride: number;
  /** Row and column of each centre, row by row. */
  readonly positions: Int32Array;
  /** Number of windows. */
  readonly count: number;
  readonly border: WindowBorder;
  /** The value beyond a "constant" border, in the units of the images. */
  readonly fill: number;
}

/** What `windowGrid` takes. */
export interface WindowGridOptions {
  readonly size?: number | readonly [number, number];
  readonly stride?: number;
  readonly border?: WindowBorder;
  readonly fill?: number;
}

/**
 * The windows that lie inside a scan, by the rule of `windows`; throws unless the options can be used. `samples` is what
 * the windows become, for the messages.
 */
export function windowGrid(
  scan: readonly [number, number],
  options: WindowGridOptions,
  samples: "pairs" | "windows",
): WindowGrid {
  const { stride = 1, border = "inside", fill = 0 } = options;
  checkBorder(border, options.fill);
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
  const positions = centres(scan, border === "inside" ? size : [1, 1], stride);
  const count = positions.length / 2;
  if (count < 2) {
    throw new SpecbookError("DataError", "there are too few window positions to learn from", {
      got: `${count} with a window of ${size.join(" x ")} and stride ${stride} on ${rows} x ${columns} pixels`,
      needed: `at least 2 ${samples}, and hundreds to train on`,
      remedy: "make the window or the stride smaller, or load a larger scan",
    });
  }
  return { size, stride, positions, count, border, fill };
}

function checkBorder(border: WindowBorder, fill: number | undefined): void {
  wordOption("windows", "border", border, ["inside", "reflect", "constant"]);
  if (fill === undefined || (border === "constant" && Number.isFinite(fill))) return;
  throw refusedOption("windows", "fill", fill, 'a number, together with border: "constant"');
}

/** The border as the history tells it: nothing for windows inside. */
export function borderRecord({ border, fill }: WindowGrid): Readonly<Record<string, unknown>> {
  return border === "inside" ? {} : border === "reflect" ? { border } : { border, fill };
}

/** The index on an axis of `size` points that lies mirrored at its ends, for an index less than an axis beyond them. */
export function mirrored(index: number, size: number): number {
  const from = Math.abs(index);
  return from < size ? from : 2 * (size - 1) - from;
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
export function cutImages(images: readonly Image[], grid: WindowGrid): Float32Array {
  const { positions, size } = grid;
  const [height, width] = size;
  const depth = images.length;
  const [rows, columns] = images[0].shape;
  const alongY = places(rows, height, grid);
  const alongX = places(columns, width, grid);
  const cut = new Float32Array((positions.length / 2) * height * width * depth);
  for (const [channel, { data }] of images.entries()) {
    let to = channel;
    for (let p = 0; p < positions.length; p += 2) {
      for (let y = 0; y < height; y++) {
        const row = alongY[positions[p] + y];
        for (let x = 0; x < width; x++) {
          const column = alongX[positions[p + 1] + x];
          cut[to] = row < 0 || column < 0 ? grid.fill : data[row * columns + column];
          to += depth;
        }
      }
    }
  }
  return cut;
}

/** For a centre c and a place k in its window, at [c + k]: the index on the axis, -1 beyond a constant border. */
function places(size: number, window: number, { border }: WindowGrid): Int32Array {
  const half = Math.floor(window / 2);
  return Int32Array.from({ length: size + window - 1 }, (_, i) => {
    const index = i - half;
    if (border === "reflect") return mirrored(index, size);
    return index >= 0 && index < size ? index : -1;
  });
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
