import { createRandom, SpecbookError } from "../core";
import type { FloatArray } from "../data";
import { wrongOption } from "./option-errors";

/** How the images of a batch are turned: by mirrors and the half turn, or by quarter turns as well. */
export type Augment = "flips" | "flips-and-turns";

/** Gives the pixels of a batch in the order in which the turned images have them. */
export interface Augmentation {
  /** For each array of the training data, whether its pixels are rearranged. */
  readonly rearranged: readonly boolean[];
  /** The numbers of all pixels (sample x pixels of one sample + pixel) of a batch, with a turn for each sample. */
  pixels(samples: Int32Array, step: number): Int32Array;
}

/** Throws unless the option is one that there is. @internal */
export function checkAugment(augment: Augment | undefined): void {
  if (augment === undefined || augment === "flips" || augment === "flips-and-turns") return;
  throw wrongOption(
    "augment",
    augment,
    '"flips" or "flips-and-turns"',
    "leave it out to train on the images as they are",
  );
}

/**
 * An augmentation of arrays that a step reads: all images [n, height, width, channels] of a sample are turned alike. Each
 * step draws from a generator of its own, so that a resumed run turns the same way. `fixed` says why the images of a model
 * must not be turned, if they must not.
 *
 * @throws OptionError where there is no image, its orientation matters, or it cannot be turned by a quarter
 */
export function createAugmentation(
  augment: Augment,
  arrays: readonly FloatArray[],
  seed: number,
  fixed: string | undefined,
): Augmentation {
  const rearranged = arrays.map(({ shape }) => shape.length === 4);
  const [height, width] = arrays[rearranged.indexOf(true)]?.shape.slice(1) ?? [];
  if (fixed !== undefined || height === undefined) throw refused(augment, fixed ?? "it reads no images");
  if (augment === "flips-and-turns" && height !== width) {
    throw refused(augment, `windows of ${height} x ${width} do not fit themselves after a quarter turn`, "flips");
  }
  const turns = turnsOf(height, width, augment);
  const random = createRandom(seed).fork("turns of the images");
  return {
    rearranged,
    pixels: (samples, step) => {
      const own = random.fork(`step ${step}`);
      const size = height * width;
      const numbers = new Int32Array(samples.length * size);
      for (let i = 0; i < samples.length; i++) {
        const turn = turns[own.integer(turns.length)];
        for (let p = 0; p < size; p++) numbers[i * size + p] = samples[i] * size + turn[p];
      }
      return numbers;
    },
  };
}

/** Pixel orders of the symmetries of a rectangle (4), or of a square with its quarter turns (8); the first is identity. */
function turnsOf(height: number, width: number, augment: Augment): Int32Array[] {
  const orders: Int32Array[] = [];
  for (const transpose of augment === "flips" ? [false] : [false, true]) {
    for (const down of [false, true]) {
      for (const across of [false, true]) {
        const order = new Int32Array(height * width);
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const [r, c] = [down ? height - 1 - row : row, across ? width - 1 - column : column];
            order[row * width + column] = transpose ? c * width + r : r * width + c;
          }
        }
        orders.push(order);
      }
    }
  }
  return orders;
}

function refused(augment: Augment, reason: string, instead?: Augment): SpecbookError {
  return new SpecbookError("OptionError", "fit cannot turn the images of this model", {
    got: `augment: "${augment}", but ${reason}`,
    needed: "images whose orientation does not matter to what the model learns, such as those of an im2spec model",
    remedy: instead === undefined ? "leave augment out" : `set augment: "${instead}"`,
  });
}
