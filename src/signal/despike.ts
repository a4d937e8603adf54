import { countOption, positiveOption, refusedOption, wordOption } from "../core/check-option";
import { checkMemory } from "../core/memory";
import { createPace, type LongWorkOptions } from "../core/pace";
import { addHistory, type Image, image, type SpectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { checkSpectra } from "./check-spectra";
import { remade } from "./signal-value";
import { deviations } from "./spike-deviations";
import { noiseModel } from "./spike-noise";

/** Options of `despike`. */
export interface DespikeOptions extends LongWorkOptions {
  /** Standard deviations of the noise by which a spike sticks out. Default 8. */
  readonly threshold?: number;
  /** Most channels that a spike is wide; what is wider is taken for signal. Default 3. */
  readonly channels?: number;
  /**
   * What a spectrum is compared with: `"scan"`, the median of the neighbouring pixels, so that sharp peaks which all of
   * them have are no spikes; `"spectrum"`, its own neighbouring channels. Default "scan" (where there are other pixels).
   */
  readonly compare?: "scan" | "spectrum";
  /**
   * What takes the place of a spike: `"median"`, what the comparison expects there; `"interpolation"`, a straight line
   * between the channels on either side. No noise is added. Default "median".
   */
  readonly replace?: "median" | "interpolation";
  /** `"both"`: dips are spikes too, e.g. dead channels of one exposure. Default "positive". */
  readonly sign?: "positive" | "both";
  readonly onProgress?: (progress: { readonly done: number; readonly pixels: number }) => void;
}

/** One spike that was replaced. */
export interface Spike {
  readonly row: number;
  readonly column: number;
  /** Energy of its highest channel in eV. */
  readonly energy: number;
  /** Its channels, [first, last + 1]. */
  readonly channels: readonly [number, number];
  /** How far it sticks out, in the units of the data, and in standard deviations of the noise. */
  readonly height: number;
  readonly sigmas: number;
}

/** Spectra without spikes, and where they were. */
export interface Despiked {
  readonly kind: "despiked";
  readonly spectra: SpectrumImage;
  /** What was given. */
  readonly before: SpectrumImage;
  /** Highest first. */
  readonly spikes: readonly Spike[];
  /** Channels replaced in each pixel. */
  readonly map: Image;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A run of channels above this many standard deviations belongs to the spike in it. */
const FOOT = 3;

/**
 * Replaces cosmic rays and X-ray spikes: single channels, or a few, that stick out of what the neighbouring pixels (less
 * the local difference to them) or channels show. The noise is estimated for each channel and each pixel by medians, so
 * that a strong peak, which is noisy, needs a higher spike than the tail.
 *
 * @throws OptionError, DataError for NaN, MemoryError; CancelledError when stopped
 * @example
 * const { spectra: clean, spikes } = await despike(spectra, { threshold: 8 });
 */
export async function despike(spectra: SpectrumImage, options: DespikeOptions = {}): Promise<Despiked> {
  checkSignal("despike", spectra, ["spectrum-image"]);
  const [rows, columns, depth] = spectra.shape;
  const used = checked(options, rows * columns, depth);
  checkSpectra(spectra, "looking for spikes");
  checkMemory(
    8 * spectra.data.length,
    `two copies of ${spectra.shape.join(" x ")} values`,
    "crop or bin the spectra first",
  );
  const pace = createPace("the search for spikes", options);
  const difference = await deviations(spectra, used, pace, options.onProgress);
  const noise = await noiseModel(spectra, difference, pace);
  const data = spectra.data.slice();
  const counts = new Float32Array(rows * columns);
  const spikes: Spike[] = [];
  for (let pixel = 0; pixel < counts.length; pixel++) {
    const from = pixel * depth;
    const sigmas = (c: number) => {
      const value = difference[from + c] / (noise.channels[c] * noise.pixels[pixel]);
      return used.sign === "both" ? Math.abs(value) : value;
    };
    for (const [first, end] of runs(depth, sigmas, used)) {
      let top = first;
      for (let c = first; c < end; c++) if (sigmas(c) > sigmas(top)) top = c;
      spikes.push(
        Object.freeze({
          row: Math.floor(pixel / columns),
          column: pixel % columns,
          energy: spectra.axes.energy.offset + spectra.axes.energy.scale * top,
          channels: Object.freeze([first, end] as const),
          height: difference[from + top],
          sigmas: sigmas(top),
        }),
      );
      counts[pixel] += end - first;
      for (let c = first; c < end; c++) {
        data[from + c] =
          used.replace === "median"
            ? spectra.data[from + c] - difference[from + c]
            : bridge(spectra.data.subarray(from, from + depth), c, first, end);
      }
    }
    if (pixel % columns === 0) await pace.step();
  }
  spikes.sort((a, b) => Math.abs(b.height) - Math.abs(a.height));
  return result(spectra, data, counts, spikes, used);
}

interface Used {
  readonly threshold: number;
  readonly channels: number;
  readonly compare: "scan" | "spectrum";
  readonly replace: "median" | "interpolation";
  readonly sign: "positive" | "both";
}

function checked(options: DespikeOptions, pixels: number, depth: number): Used {
  const { threshold = 8, channels = 3, replace = "median", sign = "positive" } = options;
  const { compare = pixels > 1 ? "scan" : "spectrum" } = options;
  positiveOption("despike", "threshold", threshold);
  countOption("despike", "channels", channels);
  wordOption("despike", "compare", compare, ["scan", "spectrum"]);
  wordOption("despike", "replace", replace, ["median", "interpolation"]);
  wordOption("despike", "sign", sign, ["positive", "both"]);
  if (compare === "scan" && pixels === 1)
    throw refusedOption("despike", "compare", compare, '"spectrum" for one pixel');
  if (depth < 4 * channels + 3) {
    throw refusedOption(
      "despike",
      "channels",
      channels,
      `at most ${Math.floor((depth - 3) / 4)} for ${depth} channels`,
    );
  }
  return { threshold, channels, compare, replace, sign };
}

/** Runs of channels that stick out, each with a channel above the threshold, and none wider than a spike. */
function runs(depth: number, sigmas: (c: number) => number, { threshold, channels }: Used): [number, number][] {
  const found: [number, number][] = [];
  const foot = Math.min(FOOT, threshold);
  for (let c = 0; c < depth; c++) {
    if (!(sigmas(c) > threshold)) continue;
    let first = c;
    let end = c + 1;
    while (first > 0 && sigmas(first - 1) > foot) first--;
    while (end < depth && sigmas(end) > foot) end++;
    if (end - first <= channels) found.push([first, end]);
    c = end;
  }
  return found;
}

/** The straight line over channels [first, end) from the channels beside them; level at the ends of the axis. */
function bridge(values: Float32Array, c: number, first: number, end: number): number {
  if (first === 0) return values[end];
  if (end === values.length) return values[first - 1];
  return values[first - 1] + ((values[end] - values[first - 1]) * (c - first + 1)) / (end - first + 1);
}

function result(
  before: SpectrumImage,
  data: Float32Array,
  counts: Float32Array,
  spikes: Spike[],
  used: Used,
): Despiked {
  const replaced = counts.reduce((a, b) => a + b, 0);
  const record = { ...used, spikes: spikes.length, replaced };
  const { y, x } = before.axes;
  return Object.freeze({
    kind: "despiked",
    spectra: remade(before, data, {}, "despike", record),
    before,
    spikes: Object.freeze(spikes),
    map: image(counts, [y.size, x.size], {
      axes: { y, x },
      metadata: {
        ...before.metadata,
        title: "replaced channels",
        signal: "replaced channels",
        quantity: "Channels",
        units: "",
      },
      history: addHistory(before.history, "despike", record),
    }),
    options: Object.freeze({ ...used }),
  });
}
