import { SpecbookError } from "../core/errors";
import { createRandom } from "../core/random";
import { addHistory, type Samples } from "../data";
import { nounOf } from "./noun";
import { windowSize, windowsOverlap } from "./overlap";
import { selectWith } from "./select";

/** Options of `split`. */
export interface SplitOptions {
  /**
   * `"columns"`: the test set is the right part of the scan; `"rows"`: its lower part; `"random"`: pixels drawn at
   * random. Default "columns".
   */
  readonly by?: "columns" | "rows" | "random";
  /** Share of the samples that goes to the test set, between 0 and 1. Default 0.3. */
  readonly test?: number;
  /** Seed of the random split; without effect on the spatial ones. Default 0. */
  readonly seed?: number;
  /**
   * Scan columns (rows) between the two parts that go to neither; they are taken from the training side. `"window"`
   * leaves out as many as it takes for no window of one part to overlap a window of the other (size - 1). Spatial
   * splits only. Default 0.
   */
  readonly gap?: number | "window";
}

/**
 * Splits samples into a training and a test set: pairs, image windows or spectra, of which it keeps the type.
 *
 * Leakage: windows of neighbouring pixels overlap, so a random split puts almost every test image into the training
 * set too, shifted by a pixel, and position alone predicts the spectrum. Judge a model by a spatial split; with
 * `gap: "window"` no image pixel is seen by both sets. The history of both sets says under `sharesPixels` whether their
 * windows overlap. The scaling stays that of the whole set.
 *
 * @throws OptionError when an option is out of range, or a set would be empty
 * @example
 * const { train, test } = split(pairs, { by: "columns", test: 0.3, gap: "window" });
 */
export function split<S extends Samples>(
  samples: S,
  options: SplitOptions = {},
): { readonly train: S; readonly test: S } {
  const { by = "columns", test = 0.3, seed = 0, gap = 0 } = options;
  checkOptions(samples, by, test, gap);
  const parts = by === "random" ? randomParts(samples, test, seed) : spatialParts(samples, by, test, gap);
  for (const [name, indices] of Object.entries(parts)) {
    if (indices.length === 0) empty(samples, name, { by, test, gap });
  }
  const record = {
    by,
    test,
    ...(by === "random" ? { seed } : { gap }),
    trainSamples: parts.train.length,
    testSamples: parts.test.length,
    sharesPixels: windowsOverlap(
      samples.scan,
      windowSize(samples),
      positionsOf(samples, parts.train),
      positionsOf(samples, parts.test),
    ),
  };
  const part = (name: "train" | "test") =>
    selectWith(samples, parts[name], addHistory(samples.history, "split", { part: name, ...record }));
  return { train: part("train"), test: part("test") };
}

interface Parts {
  readonly train: number[];
  readonly test: number[];
}

function randomParts(samples: Samples, test: number, seed: number): Parts {
  const count = samples.positions.length / 2;
  const testCount = Math.ceil(count * test);
  const isTest = new Uint8Array(count);
  for (const index of createRandom(seed).fork("split").permutation(count).subarray(0, testCount)) isTest[index] = 1;
  return parted(count, (i) => (isTest[i] === 1 ? "test" : "train"));
}

function spatialParts(samples: Samples, by: "columns" | "rows", test: number, gap: number | "window"): Parts {
  const count = samples.positions.length / 2;
  const axis = by === "columns" ? 1 : 0;
  const coordinates = Int32Array.from({ length: count }, (_, i) => samples.positions[2 * i + axis]);
  const first = testStart(coordinates, test);
  const left = gap === "window" ? windowSize(samples)[axis] - 1 : gap;
  return parted(count, (i) => {
    if (coordinates[i] >= first) return "test";
    return coordinates[i] < first - left ? "train" : undefined;
  });
}

/** The coordinate from which on the samples are the share nearest to `test`. */
function testStart(coordinates: Int32Array, test: number): number {
  const sorted = coordinates.slice().sort();
  const candidates = [...new Set(sorted)].slice(1);
  let best = Number.POSITIVE_INFINITY;
  let start = Number.NaN;
  for (const candidate of candidates) {
    const distance = Math.abs(1 - sorted.indexOf(candidate) / sorted.length - test);
    if (distance >= best) continue;
    best = distance;
    start = candidate;
  }
  return start;
}

function parted(count: number, partOf: (index: number) => "train" | "test" | undefined): Parts {
  const parts: Parts = { train: [], test: [] };
  for (let i = 0; i < count; i++) {
    const part = partOf(i);
    if (part !== undefined) parts[part].push(i);
  }
  return parts;
}

/** Height and width of what a sample covers of the scan: its window, or the pixel of its spectrum. */

function positionsOf({ positions }: Samples, indices: readonly number[]): Int32Array {
  return Int32Array.from({ length: 2 * indices.length }, (_, k) => positions[2 * indices[k >> 1] + (k % 2)]);
}

function checkOptions(samples: Samples, by: string, test: number, gap: number | "window"): void {
  const count = samples.positions.length / 2;
  const noun = nounOf(samples);
  const bad = (what: string, got: string, needed: string, remedy: string) =>
    new SpecbookError("OptionError", `the ${noun} cannot be split: ${what}`, { got, needed, remedy });
  if (!["columns", "rows", "random"].includes(by)) {
    throw bad("unknown kind of split", `by: ${JSON.stringify(by)}`, '"columns", "rows" or "random"', 'by: "columns"');
  }
  if (!(test > 0 && test < 1)) {
    throw bad("the test share is out of range", `test: ${test}`, "a number between 0 and 1", "for example test: 0.3");
  }
  if (gap !== "window" && !(Number.isInteger(gap) && gap >= 0)) {
    throw bad("the gap is not usable", `gap: ${gap}`, 'a whole number of at least 0, or "window"', 'gap: "window"');
  }
  if (by === "random" && gap !== 0) {
    throw bad(
      "a random split has no gap",
      `by: "random" with gap: ${JSON.stringify(gap)}`,
      "one of the two",
      'use by: "columns" or by: "rows" for a gap, or leave the gap out',
    );
  }
  if (count < 2) {
    throw bad("there are too few", `${count} sample(s)`, `at least 2 ${noun}`, "use a smaller window or a larger scan");
  }
}

function empty(samples: Samples, part: string, options: Required<Omit<SplitOptions, "seed">>): never {
  const { by, test, gap } = options;
  throw new SpecbookError("OptionError", `the ${part === "train" ? "training" : "test"} set would be empty`, {
    got: `${samples.positions.length / 2} ${nounOf(samples)} split by ${by} with test: ${test} and gap: ${JSON.stringify(gap)}`,
    needed: "at least one sample in each set",
    remedy: 'make the gap smaller, change the test share, split along the longer side, or use by: "random"',
  });
}
