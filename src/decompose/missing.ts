import { SpecbookError } from "../core/errors";

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
  const inPixel = new Int32Array(data.length / channels);
  const inChannel = new Int32Array(channels);
  let missing = 0;
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i])) missing++;
    else {
      inPixel[Math.floor(i / channels)]++;
      inChannel[i % channels]++;
    }
  }
  const pixelIndex = positive(inPixel);
  const channelIndex = positive(inChannel);
  if (missing === 0) return { data, pixels: pixelIndex, channels: channelIndex };
  if (missing === data.length) {
    throw new SpecbookError("DataError", "there is no measured value to decompose", {
      got: `${data.length} values, all NaN`,
      needed: "some values that are not NaN",
      remedy: "check that the right signal was loaded, and the mask if one is given",
    });
  }
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

/** Places of the counts above 0. */
function positive(counts: Int32Array): Int32Array {
  return Int32Array.from(counts.keys()).filter((i) => counts[i] > 0);
}

/** Throws unless missing values are refused, as they must be of a source. */
export function checkStreamed(missing: string): void {
  if (missing === "refuse") return;
  throw new SpecbookError("OptionError", "missing values cannot be left out while the data are streamed", {
    got: `missing: ${JSON.stringify(missing)} with a file that is read part by part`,
    needed: "all spectra in memory, or no NaN among them",
    remedy: 'give the spectra of load(path, { nonFinite: "keep" }), or leave the pixels out with mask',
  });
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
