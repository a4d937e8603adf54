import { SpecbookError } from "../core/errors";
import type { SpectraMatrix } from "./scan-matrix";

/** What to do with NaN: refuse, or leave them out. */
export type Missing = "refuse" | "ignore";

/** A data matrix without the pixels and channels that are NaN throughout. */
export interface MeasuredMatrix {
  /** [kept pixels, kept channels]; 0 where a value is missing. */
  readonly data: Float32Array;
  /** Places of the kept pixels and channels among those given, rising. */
  readonly pixels: Int32Array;
  readonly channels: Int32Array;
  /** 1 where a value was measured; absent where all were. */
  readonly observed?: Uint8Array;
}

/**
 * Leaves out pixels that are all NaN, channels that are NaN in all the other pixels, and marks the single values that are
 * NaN. Only NaN counts as missing: an infinite value stays, to be refused.
 *
 * @param data [pixels, channels]
 * @throws DataError where nothing is left
 */
export function measuredMatrix(data: Float32Array, channels: number): MeasuredMatrix {
  const tally = createTally(data.length / channels, channels);
  tally.add(data);
  const { pixels: pixelIndex, channels: channelIndex, missing } = tally.measured();
  if (missing === 0) return { data, pixels: pixelIndex, channels: channelIndex };
  const kept = new Float32Array(pixelIndex.length * channelIndex.length);
  const observed = new Uint8Array(kept.length);
  let holes = 0;
  let at = 0;
  for (const pixel of pixelIndex) {
    for (const channel of channelIndex) {
      const value = data[pixel * channels + channel];
      if (Number.isNaN(value)) holes++;
      else {
        kept[at] = value;
        observed[at] = 1;
      }
      at++;
    }
  }
  return { data: kept, pixels: pixelIndex, channels: channelIndex, ...(holes > 0 ? { observed } : {}) };
}

/** What was measured of data that come in pieces. */
export interface Tally {
  /** Takes in the next whole pixels. */
  add(piece: Float32Array): void;
  /**
   * Pixels and channels with measured values among those given, rising; missing values in all; and means of the measured
   * values of the channels that have some.
   *
   * @throws DataError where nothing was measured
   */
  measured(): { pixels: Int32Array; channels: Int32Array; missing: number; means: Float64Array };
}

/** Counts what was measured, pixel by pixel and channel by channel. */
export function createTally(pixels: number, channels: number): Tally {
  const inPixel = new Int32Array(pixels);
  const inChannel = new Int32Array(channels);
  const sums = new Float64Array(channels);
  let done = 0;
  return {
    add: (piece) => {
      for (let start = 0; start < piece.length; start += channels, done++) {
        for (let c = 0; c < channels; c++) {
          const value = piece[start + c];
          if (Number.isNaN(value)) continue;
          inPixel[done]++;
          inChannel[c]++;
          sums[c] += value;
        }
      }
    },
    measured: () => {
      const found = inPixel.reduce((sum, count) => sum + count, 0);
      if (found === 0) throw nothingMeasured(pixels * channels);
      const kept = positive(inChannel);
      const means = Float64Array.from(kept, (c) => sums[c] / inChannel[c]);
      return { pixels: positive(inPixel), channels: kept, missing: pixels * channels - found, means };
    },
  };
}

function nothingMeasured(values: number): SpecbookError {
  return new SpecbookError("DataError", "there is no measured value to decompose", {
    got: `${values} values, all NaN`,
    needed: "some values that are not NaN",
    remedy: "check that the right signal was loaded, and the mask if one is given",
  });
}

/** Places of the counts above 0. */
function positive(counts: Int32Array): Int32Array {
  return Int32Array.from(counts.keys()).filter((i) => counts[i] > 0);
}

/** A matrix whose pieces have values in the place of those that are missing, rounded to float32. */
export function withoutGaps(matrix: SpectraMatrix, value: (pixel: number, channel: number) => number): SpectraMatrix {
  const { channels } = matrix;
  return {
    ...matrix,
    gaps: undefined,
    pieces: async function* () {
      let first = 0; // pixel
      for await (const piece of matrix.pieces()) {
        const whole = piece.slice();
        for (let i = 0; i < whole.length; i++) {
          if (Number.isNaN(whole[i])) whole[i] = value(first + Math.floor(i / channels), i % channels);
        }
        yield whole;
        first += piece.length / channels;
      }
    },
  };
}

/** A copy of the data with the mean of its channel at each missing value: something to start from. */
export function filled({ data, channels, observed }: FillableMatrix): Float32Array {
  if (observed === undefined) return data.slice();
  const sums = new Float64Array(channels);
  const counts = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) {
    if (observed[i] === 0) continue;
    sums[i % channels] += data[i];
    counts[i % channels]++;
  }
  return data.map((value, i) => (observed[i] === 0 ? sums[i % channels] / counts[i % channels] : value));
}

/** A matrix [pixels, channels] with marks at the measured values. */
export interface FillableMatrix {
  readonly data: Float32Array;
  readonly channels: number;
  readonly observed?: Uint8Array;
}
