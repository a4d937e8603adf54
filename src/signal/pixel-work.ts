import { createPace, type LongWorkOptions } from "../core/pace";

/** How far work over the pixels of a scan is. */
export interface PixelProgress {
  readonly done: number;
  readonly pixels: number;
}

/** What work over the pixels of a scan takes beside its own options. */
export interface PixelWorkOptions extends LongWorkOptions {
  /** Called about every sixteenth of a second, and at the end. */
  readonly onProgress?: (progress: PixelProgress) => void;
}

/** Pixels between two looks at the clock. */
const BLOCK = 16;
/** Milliseconds between two reports. */
const BETWEEN_REPORTS = 60;

/** Does the same for each pixel, resting and stopping as long work must; `what` names it ("the alignment"). */
export async function eachPixel(
  what: string,
  pixels: number,
  options: PixelWorkOptions,
  work: (pixel: number) => void,
): Promise<void> {
  const pace = createPace(what, options);
  let reported = performance.now();
  for (let pixel = 0; pixel < pixels; pixel++) {
    if (pixel % BLOCK === 0) {
      await pace.step();
      if (performance.now() - reported > BETWEEN_REPORTS) {
        reported = performance.now();
        options.onProgress?.({ done: pixel, pixels });
      }
    }
    work(pixel);
  }
  options.onProgress?.({ done: pixels, pixels });
}
