import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { addHistory, type Image, type ImageWindows } from "../data";
import { borderRecord, checkImages, cutImages, type WindowBorder, windowGrid } from "./cut-windows";
import { applyScaling, type ScaleOption, scalingOf } from "./scaling";

/** Options of `imageWindows`. */
export interface ImageWindowOptions {
  /** Height and width of a window in pixels; one number for a square. Default 16. */
  readonly size?: number | readonly [number, number];
  /** Step between neighbouring centres, in pixels along both directions. Default 1. */
  readonly stride?: number;
  /**
   * `"inside"`: windows that lie inside the image; `"reflect"` and `"constant"`: one around every pixel, the image
   * mirrored at its outermost pixels or continued by `fill`. Default "inside".
   */
  readonly border?: WindowBorder;
  /** The value beyond a "constant" border, in the units of the image, before scaling. Default 0. */
  readonly fill?: number;
  /** How the windows are scaled, all channels together. Default "min-max"; "none" after `rescale` of each image. */
  readonly scale?: ScaleOption;
}

/**
 * Cuts a window around every pixel of an image that has room for one: what an image VAE or rVAE trains on. The windows
 * are the same as those of `windows`. Several images of one shape become the channels of the windows; images that
 * differ in unit or strength are brought to one range each by `rescale` before, and then kept by `scale: "none"`.
 *
 * Axes and metadata are those of the first image.
 *
 * @returns images [n, height, width, channels], positions in row-major order of the centres
 * @throws ShapeError (no image, sizes differ), OptionError (size, stride), DataError (NaN, constant, fewer than two)
 * @example
 * const samples = imageWindows(maps.map((map) => rescale(map)), { size: 10, scale: "none" });
 */
export function imageWindows(image: Image | readonly Image[], options: ImageWindowOptions = {}): ImageWindows {
  const images = "kind" in image ? [image] : [...image];
  checkImages(images);
  const [first, ...others] = images;
  checkSameSize(first, others);
  const grid = windowGrid(first.shape, options, "windows");
  const { size, stride, positions, count } = grid;
  checkMemory(
    4 * count * size[0] * size[1] * images.length,
    `${count} windows of ${size.join(" x ")} pixels and ${images.length} channels`,
    `use a stride: { stride: ${2 * stride} } needs a quarter, or crop the image`,
  );
  const data = cutImages(images, grid);
  const scaling = Object.freeze({ images: scalingOf("images", data, options.scale ?? "min-max") });
  applyScaling(data, scaling.images);
  return Object.freeze({
    kind: "image-windows",
    images: Object.freeze({ data, shape: Object.freeze([count, size[0], size[1], images.length]) }),
    positions,
    scan: first.shape,
    scaling,
    axes: first.axes,
    metadata: first.metadata,
    // The other images' own past would be lost in the first one's history: it travels inside this entry.
    history: addHistory(first.history, "imageWindows", {
      size,
      stride,
      ...borderRecord(grid),
      scaling,
      others: others.map((other) => other.history),
    }),
  });
}

function checkSameSize({ shape }: Image, others: readonly Image[]): void {
  for (const [i, other] of others.entries()) {
    if (other.shape[0] === shape[0] && other.shape[1] === shape[1]) continue;
    throw new SpecbookError("ShapeError", "the images have different sizes", {
      got: `image 0 of ${shape.join(" x ")} pixels, image ${i + 1} of ${other.shape.join(" x ")} pixels`,
      needed: "images of one size, pixel on pixel",
      remedy: "bin or crop them to one grid before this call",
    });
  }
}
