import { refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import type { LongWorkOptions } from "../core/pace";
import type { Image } from "../data";
import { PEAK_SHAPES, type PeakShape } from "./peak-shapes";

/** Limits of a parameter, [lowest, highest]; two equal numbers hold it there. */
export type Bounds = readonly [number, number];

/** One peak to fit, and where its fit starts. */
export interface PeakStart {
  /** What the maps and curves of this peak are called. Default "peak 1", "peak 2", ... */
  readonly name?: string;
  /** Default "gaussian". */
  readonly shape?: PeakShape;
  /** Where its centre is looked for first, in eV. */
  readonly centre: number;
  /** Full width at half maximum to start from, in eV. */
  readonly width: number;
  /** Height to start from, in the units of the data. Default: what fits best with the given centres and widths. */
  readonly height?: number;
  /**
   * Limits. Default: the centre within the fitted energies; the width from a fifth (at least a channel) to five times its
   * start; the height 0 or more; the share of the Lorentzian from 0 to 1. For dips give the height limits of their own.
   */
  readonly bounds?: {
    readonly centre?: Bounds;
    readonly width?: Bounds;
    readonly height?: Bounds;
    readonly mixing?: Bounds;
  };
}

/** Options of `fitPeaks`. */
export interface FitPeaksOptions extends LongWorkOptions {
  readonly peaks: readonly PeakStart[];
  /** What lies under the peaks: nothing, a constant or a straight line, fitted with them. Default "none". */
  readonly background?: "none" | "constant" | "linear";
  /** Energies to fit, [from, to] in eV. Default the whole axis. */
  readonly energy?: readonly [number, number];
  /**
   * Where the fit of a pixel starts: `"mean"`: at the fit of the mean spectrum; `"neighbours"`: at the fit of the pixel to
   * the left or above where that is nearer to the spectrum than the mean's, which follows peaks that wander; `"given"`:
   * at the numbers of `peaks`. Where a fit does not end, or ends on a bound, those (for "given": the mean's) are tried too. Default "mean".
   */
  readonly start?: "mean" | "neighbours" | "given";
  /** Fit only pixels that are not 0 here; the maps are NaN elsewhere. */
  readonly mask?: Image | ArrayLike<number>;
  /** Steps tried at most for a pixel. Default 100. */
  readonly maxIterations?: number;
  /** Called after as many pixels as a row has, and at the end. */
  readonly onProgress?: (progress: { readonly done: number; readonly pixels: number; readonly failed: number }) => void;
}

/** Throws unless the peaks can be fitted within these energies; all in eV, `from` below `to`. */
export function checkPeaks(options: FitPeaksOptions, from: number, to: number): void {
  const { peaks, background = "none", start = "mean" } = options;
  wordOption("fitPeaks", "background", background, ["none", "constant", "linear"]);
  wordOption("fitPeaks", "start", start, ["mean", "neighbours", "given"]);
  if (!Array.isArray(peaks) || peaks.length === 0) {
    throw new SpecbookError("OptionError", "fitPeaks has no peak to fit", {
      got: Array.isArray(peaks) ? "an empty list" : `peaks: ${typeof peaks}`,
      needed: "a list of { centre, width } in eV",
      remedy: "for example { peaks: [{ centre: 0.7, width: 0.1 }] }",
    });
  }
  const list: readonly PeakStart[] = peaks;
  const names = list.map(nameOf);
  if (new Set(names).size < names.length) {
    throw refusedOption("fitPeaks", "peaks", names, "a name of its own for each peak");
  }
  for (const [i, peak] of list.entries()) checkPeak(peak, names[i], from, to);
}

/** The name of the i-th peak. */
export function nameOf(peak: PeakStart, i: number): string {
  return peak.name ?? `peak ${i + 1}`;
}

function checkPeak(peak: PeakStart, name: string, from: number, to: number): void {
  const { shape = "gaussian", centre, width, height = 0, bounds = {} } = peak;
  wordOption("fitPeaks", `shape of ${name}`, shape, PEAK_SHAPES);
  const refuse = (option: string, value: unknown, needed: string) =>
    refusedOption("fitPeaks", `${option} of ${name}`, value, needed);
  if (!(centre >= from && centre <= to)) {
    throw refuse("centre", centre, `an energy within the fitted ones, ${digits(from)} to ${digits(to)} eV`);
  }
  if (!(width > 0 && width <= to - from)) throw refuse("width", width, `above 0, and at most ${digits(to - from)} eV`);
  if (!Number.isFinite(height)) throw refuse("height", height, "a number");
  if (bounds.mixing !== undefined && shape !== "pseudo-voigt") {
    throw refuse("bounds.mixing", bounds.mixing, `nothing: a ${shape} peak has no share to fit`);
  }
  for (const [option, limits] of Object.entries(bounds)) {
    if (!BOUNDED.includes(option)) throw refuse("bounds", option, BOUNDED.join(", "));
    if (limits !== undefined && !isBounds(limits)) throw refuse(`bounds.${option}`, limits, "[lowest, highest]");
  }
  if (bounds.width !== undefined && !(bounds.width[0] > 0)) {
    throw refuse("bounds.width", bounds.width, "a lowest width above 0");
  }
}

/** What a peak may have limits of. */
const BOUNDED: readonly string[] = ["centre", "width", "height", "mixing"];

function isBounds(limits: unknown): limits is Bounds {
  const [low, high] = Array.isArray(limits) && limits.length === 2 ? (limits as unknown[]) : [];
  return typeof low === "number" && typeof high === "number" && low <= high;
}

const digits = (value: number): number => Number(value.toPrecision(5));
