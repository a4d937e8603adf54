import type { Samples } from "../data";
import { windowSize, windowsOverlap } from "../signal/overlap";

/** How the samples of a comparison were parted. */
export interface SplitRecord {
  /** In words, e.g. "split by columns". */
  readonly text: string;
  readonly trainSamples: number;
  readonly testSamples: number;
  /** True where samples of both sets cover the same scan pixels. */
  readonly sharesPixels: boolean;
}

/** Which split two sets come from, by their history, and whether their windows share pixels. */
export function splitRecord(train: Samples, test: Samples): SplitRecord {
  const record = lastSplit(test);
  const first = lastSplit(train);
  const same = record !== undefined && first !== undefined && record.by === first.by && record.test === first.test;
  const gap = record?.gap === undefined || record.gap === 0 ? "" : `, gap ${record.gap}`;
  const seed = record?.by === "random" ? `, seed ${record.seed}` : "";
  return Object.freeze({
    text: same ? `split by ${record.by}${gap}${seed}` : "sets given by hand",
    trainSamples: train.positions.length / 2,
    testSamples: test.positions.length / 2,
    sharesPixels: overlapping(train, test),
  });
}

function lastSplit({ history }: Samples): Readonly<Record<string, unknown>> | undefined {
  return history.filter(({ operation }) => operation === "split").at(-1)?.options;
}

/** For sets of one scan size, taken to be one scan. */
function overlapping(train: Samples, test: Samples): boolean {
  if (train.scan[0] !== test.scan[0] || train.scan[1] !== test.scan[1]) return false;
  return windowsOverlap(train.scan, windowSize(train), train.positions, test.positions);
}
