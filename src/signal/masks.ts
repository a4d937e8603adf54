import { positiveOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { addHistory, type Image, image, type SpectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { type Region, regionPixels } from "./region";
import { remade } from "./signal-value";
import { asMask } from "./threshold";

/**
 * A mask of the scan of `on` from a rectangle (or from another mask, as 0 and 1): 1 inside, 0 outside.
 *
 * @throws ShapeError for a region outside the scan or without a pixel
 * @example
 * const vacuum = maskFromRegion(spectra, { rows: [0, 10] });
 */
export function maskFromRegion(on: Image | SpectrumImage, region: Region): Image {
  checkSignal("maskFromRegion", on);
  const [rows, columns] = on.shape;
  const data = new Float32Array(rows * columns);
  for (const pixel of regionPixels([rows, columns], region)) data[pixel] = 1;
  const record = "mask" in region ? { mask: "kind" in region.mask ? region.mask.history : "array" } : { ...region };
  const { y, x } = on.axes;
  const { metadata } = on;
  return asMask(
    image(data, [rows, columns], {
      axes: { y, x },
      metadata,
      history: addHistory(on.history, "maskFromRegion", record),
    }),
  );
}

/**
 * Masks of one scan as one: `"and"` inside all, `"or"` inside any, `"xor"` inside an odd number of them.
 *
 * @throws ShapeError for masks of different size, OptionError for an empty list
 * @example
 * const bright = combineMasks([particles, invertMask(edge)], { by: "and" });
 */
export function combineMasks(masks: readonly Image[], options: { readonly by: "and" | "or" | "xor" }): Image {
  const { by } = options;
  wordOption("combineMasks", "by", by, ["and", "or", "xor"]);
  if (!Array.isArray(masks) || masks.length === 0) {
    throw new SpecbookError("OptionError", "there is no mask to combine", {
      got: Array.isArray(masks) ? "an empty list" : "no list",
      needed: "one mask or more",
      remedy: 'give them in brackets: combineMasks([a, b], { by: "and" })',
    });
  }
  const [first, ...rest]: readonly Image[] = masks;
  for (const mask of masks) checkSameSize(first, mask);
  const data = first.data.map((_, i) => {
    const count = [first, ...rest].reduce((sum, mask) => sum + inside(mask.data[i]), 0);
    return by === "and" ? Number(count === masks.length) : by === "or" ? Number(count > 0) : count % 2;
  });
  const others = rest.map(({ history }) => history);
  return asMask(remade(first, data, {}, "combineMasks", { by, others }));
}

/** The mask of what is outside: 0 becomes 1 (also NaN, which is outside everywhere), all else 0. */
export function invertMask(mask: Image): Image {
  checkSignal("invertMask", mask, ["image"]);
  const data = mask.data.map((value) => 1 - inside(value));
  return asMask(remade(mask, data, {}, "invertMask", {}));
}

/** Options of `growMask` and `shrinkMask`. */
export interface MaskShapeOptions {
  /** How far, in scan pixels: all within this distance of a pixel's centre. Default 1, the four direct neighbours. */
  readonly pixels?: number;
}

/**
 * The mask with all pixels within a distance of it (dilation by a disk).
 *
 * @example
 * const withRim = growMask(particles, { pixels: 2 });
 */
export function growMask(mask: Image, options: MaskShapeOptions = {}): Image {
  return spread(mask, "growMask", options, 1);
}

/**
 * The mask without the pixels within a distance of its outside (erosion by a disk). Beyond the scan nothing is known:
 * the border of the scan takes nothing away.
 *
 * @example
 * const cores = shrinkMask(particles, { pixels: 2 });
 */
export function shrinkMask(mask: Image, options: MaskShapeOptions = {}): Image {
  return spread(mask, "shrinkMask", options, 0);
}

/** Spreads the pixels that are inside (1) or outside (0) over a disk around each. */
function spread(mask: Image, call: string, options: MaskShapeOptions, side: 0 | 1): Image {
  checkSignal(call, mask, ["image"]);
  const { pixels = 1 } = options;
  positiveOption(call, "pixels", pixels);
  const [rows, columns] = mask.shape;
  const reach = Math.min(Math.floor(pixels), Math.max(rows, columns));
  const data = Float32Array.from(mask.data, inside);
  for (let i = 0; i < data.length; i++) {
    if (inside(mask.data[i]) !== side) continue;
    const [row, column] = [Math.floor(i / columns), i % columns];
    for (let dy = -reach; dy <= reach; dy++) {
      const to = row + dy;
      if (to < 0 || to >= rows) continue;
      const width = Math.floor(Math.sqrt(pixels ** 2 - dy ** 2));
      data.fill(side, to * columns + Math.max(0, column - width), to * columns + Math.min(columns, column + width + 1));
    }
  }
  return asMask(remade(mask, data, {}, call, { pixels }));
}

/** As everywhere in specbook: what is neither 0 nor NaN is inside. */
function inside(value: number): number {
  return value !== 0 && !Number.isNaN(value) ? 1 : 0;
}

function checkSameSize(first: Image, mask: Image): void {
  checkSignal("combineMasks", mask, ["image"]);
  if (mask.shape[0] === first.shape[0] && mask.shape[1] === first.shape[1]) return;
  throw new SpecbookError("ShapeError", "the masks have different sizes", {
    got: `${first.shape.join(" x ")} and ${mask.shape.join(" x ")} pixels`,
    needed: "masks of one scan",
    remedy: "make them on images of one grid; matchScan brings an image to the grid of the spectra",
  });
}
