import { choleskyFactor, choleskySolve } from "../core/cholesky";
import { SpecbookError } from "../core/errors";
import type { Residuals } from "./levenberg-marquardt";
import { type Bounds, type FitPeaksOptions, nameOf, type PeakStart } from "./peak-options";
import { addPeak, type PeakShape, shapeParameters } from "./peak-shapes";

/** One peak with the place of its first parameter among those of the fit. */
export interface ModelPeak {
  readonly name: string;
  readonly shape: PeakShape;
  readonly from: number;
}

/** A sum of peaks and a background over given energies. */
export interface PeakModel {
  readonly x: Float64Array;
  readonly peaks: readonly ModelPeak[];
  /** Number of parameters: those of the peaks, then the constant at `reference` and the slope. */
  readonly size: number;
  /** Place of the first background parameter. */
  readonly background: number;
  /** Energy at which the background's constant is meant. */
  readonly reference: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Parameters as the options give them; heights are 1 where they give none. */
  readonly given: Float64Array;
  /** The model at x. */
  evaluate(parameters: Float64Array, into: Float64Array): void;
  /** One peak alone, added to `into`. */
  addPeak(peak: ModelPeak, parameters: Float64Array, into: Float64Array): void;
  /** Residuals (model less `y`) and Jacobian for the solver; `y` may be refilled between fits. */
  residuals(y: Float64Array): Residuals;
  /** Undefined where the peaks of `from` are one curve, or one that no channel sees. */
  linearStart(from: Float64Array): LinearStart | undefined;
}

/** Sets heights and background to what fits `y` best with the centres, widths and shares of a start. */
export type LinearStart = (y: Float64Array, into: Float64Array) => void;

/** The model that the options of `fitPeaks` describe, over energies x (in eV, rising or falling). */
export function peakModel(x: Float64Array, options: FitPeaksOptions): PeakModel {
  const terms = { none: 0, constant: 1, linear: 2 }[options.background ?? "none"];
  const [first, last] = [x[0], x[x.length - 1]];
  const reference = (first + last) / 2;
  const range: Bounds = first < last ? [first, last] : [last, first];
  const step = Math.abs(last - first) / Math.max(1, x.length - 1);
  const peaks: ModelPeak[] = [];
  const starts: { value: number; bounds: Bounds }[] = [];
  for (const [i, peak] of options.peaks.entries()) {
    peaks.push({ name: nameOf(peak, i), shape: peak.shape ?? "gaussian", from: starts.length });
    starts.push(...parametersOf(peak, range, step));
  }
  const background = starts.length;
  for (let k = 0; k < terms; k++) starts.push({ value: 0, bounds: FREE });

  const evaluate = (p: Float64Array, into: Float64Array, jacobian?: Float64Array) => {
    const n = p.length;
    into.fill(0);
    for (const { shape, from } of peaks) addPeak(shape, x, p, from, into, jacobian);
    for (let i = 0; terms > 0 && i < x.length; i++) {
      const dx = x[i] - reference;
      into[i] += p[background] + (terms === 2 ? p[background + 1] * dx : 0);
      if (jacobian === undefined) continue;
      jacobian[i * n + background] = 1;
      if (terms === 2) jacobian[i * n + background + 1] = dx;
    }
  };
  const model: PeakModel = {
    x,
    peaks,
    size: starts.length,
    background,
    reference,
    lower: Float64Array.from(starts, ({ bounds }) => bounds[0]),
    upper: Float64Array.from(starts, ({ bounds }) => bounds[1]),
    given: Float64Array.from(starts, ({ value }) => value),
    evaluate,
    addPeak: ({ shape, from }, p, into) => addPeak(shape, x, p, from, into),
    residuals: (y) => (p, residuals, jacobian) => {
      evaluate(p, residuals, jacobian);
      for (let i = 0; i < y.length; i++) residuals[i] -= y[i];
    },
    linearStart: (from) => linearStart(model, from),
  };
  return model;
}

/** Without limits a peak that misses its place fits the noise of one channel, or the background. */
function widthBounds(width: number, step: number, range: number): Bounds {
  return [Math.min(width, Math.max(step, width / WIDEST)), Math.min(range, WIDEST * width)];
}

/** Widths looked for are up to this many times wider or narrower than the start. */
const WIDEST = 5;
/** Height of a peak, as a share of the largest value, that starts where the spectrum has a dip. */
const LOWEST_START = 0.05;

const FREE: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

function parametersOf(
  { shape = "gaussian", centre, width, height = 1, bounds = {} }: PeakStart,
  range: Bounds,
  step: number,
) {
  const [from, to] = range;
  return [
    { value: centre, bounds: bounds.centre ?? range },
    { value: width, bounds: bounds.width ?? widthBounds(width, step, to - from) },
    { value: height, bounds: bounds.height ?? ([0, Number.POSITIVE_INFINITY] as const) },
    { value: 0.5, bounds: bounds.mixing ?? ([0, 1] as const) },
  ].slice(0, shapeParameters(shape));
}

/** Heights and background are linear in the model: with the rest held they follow from one small system, factored once. */
function linearStart(model: PeakModel, from: Float64Array): LinearStart | undefined {
  const { x, peaks, size, background } = model;
  const places = [...peaks.map((peak) => peak.from + 2), ...range(background, size)];
  const columns = places.map((place) => {
    const alone = from.slice();
    for (const other of places) alone[other] = other === place ? 1 : 0;
    const column = new Float64Array(x.length);
    model.evaluate(alone, column);
    return column;
  });
  const n = places.length;
  const normal = new Float64Array(n * n);
  // Columns of length 1: heights and slopes differ by orders of magnitude, which the factor would take for singular.
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)) || 1);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) normal[a * n + b] = dot(columns[a], columns[b]) / (lengths[a] * lengths[b]);
  }
  if (!choleskyFactor(normal, n, n)) return undefined;
  const solution = new Float64Array(n);
  return (y, into) => {
    for (let a = 0; a < n; a++) solution[a] = dot(columns[a], y) / lengths[a];
    choleskySolve(normal, n, n, solution);
    into.set(from);
    for (let a = 0; a < n; a++) into[places[a]] = solution[a] / lengths[a];
    // A height of 0 would leave its centre and width without a derivative.
    const least = LOWEST_START * y.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    for (const { from: at } of peaks) {
      if (model.lower[at + 2] === 0 && into[at + 2] < least) into[at + 2] = least;
    }
  };
}

/** The error for a start without a linear solution. */
export function sameColumns({ peaks }: PeakModel): SpecbookError {
  return new SpecbookError("OptionError", "fitPeaks cannot tell the peaks apart", {
    got: `${peaks.length} peaks that start as one and the same curve, or one that no channel sees`,
    needed: "peaks that differ in centre, width or shape, each at least as wide as a channel",
    remedy: "start them at different centres, or fit fewer",
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
