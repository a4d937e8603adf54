import type { Pace } from "../core/pace";
import { filled, withoutGaps } from "./missing";
import { type Gaps, isHeld, type ScanMatrix, type SpectraMatrix } from "./scan-matrix";

/** A fit of a model to data in which nothing is missing. */
type Fit<T> = (whole: SpectraMatrix) => Promise<T>;

/** The value that a fitted model gives a pixel and channel of the matrix. */
type Model = (pixel: number, channel: number) => number;

/** A model of the measured values. */
export interface MeasuredFit<T> {
  readonly fitted: T;
  /** How missing values were filled in; absent where nothing was missing. */
  readonly imputation?: { readonly iterations: number; readonly converged: boolean };
}

/** Filled values are settled when they move less than this, against the size of all data. */
const SETTLED = 1e-6;
const MOST = 500;

/**
 * Fits a model to the measured values of data: missing ones are filled in by the model that they themselves make up, again
 * and again from the channel means on until they settle, which is least squares over the measured values alone (H. A. L.
 * Kiers, Psychometrika 62, 251 (1997), doi:10.1007/BF02295279).
 */
export async function fitMeasured<T>(
  matrix: SpectraMatrix,
  fit: Fit<T>,
  modelOf: (fitted: T) => Model,
  pace: Pace,
): Promise<MeasuredFit<T>> {
  if (matrix.gaps !== undefined) return fitStreamed(matrix, matrix.gaps, fit, modelOf, pace);
  return isHeld(matrix) && matrix.observed !== undefined
    ? fitHeld(matrix, matrix.observed, fit, modelOf, pace)
    : { fitted: await fit(matrix) };
}

async function fitHeld<T>(
  matrix: ScanMatrix,
  observed: Uint8Array,
  fit: Fit<T>,
  modelOf: (fitted: T) => Model,
  pace: Pace,
): Promise<MeasuredFit<T>> {
  const { channels } = matrix;
  const data = filled(matrix);
  const whole: ScanMatrix = { ...matrix, data };
  const places = zerosOf(observed);
  const size = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0));
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < MOST) {
    const value = modelOf(await fit(whole));
    let moved = 0;
    for (const i of places) {
      const old = data[i];
      data[i] = value(Math.floor(i / channels), i % channels);
      moved += (data[i] - old) ** 2;
    }
    await pace.step();
    iterations++;
    converged = Math.sqrt(moved) <= SETTLED * size;
  }
  return { fitted: await fit(whole), imputation: { iterations, converged } };
}

/** Places of the zeros: written by hand, for a list of all places on the way ends the process above 1.3e8 values. */
function zerosOf(marks: Uint8Array): Float64Array {
  const places = new Float64Array(marks.length - marks.reduce((sum, mark) => sum + mark, 0));
  for (let i = 0, to = 0; i < marks.length; i++) if (marks[i] === 0) places[to++] = i;
  return places;
}

/**
 * The same where the data are read part by part: filled values are computed anew at each reading, from the model before.
 * How far they moved is known when the next fit has read them; the numbers are those of `fitHeld`.
 */
async function fitStreamed<T>(
  matrix: SpectraMatrix,
  gaps: Gaps,
  fit: Fit<T>,
  modelOf: (fitted: T) => Model,
  pace: Pace,
): Promise<MeasuredFit<T>> {
  let value: Model = (_, channel) => gaps.means[channel];
  let size = 0;
  for await (const piece of withoutGaps(matrix, value).pieces()) {
    for (const one of piece) size += one * one;
    await pace.step();
  }
  size = Math.sqrt(size);
  let fitted = await fit(withoutGaps(matrix, value));
  for (let iterations = 1; ; iterations++) {
    const before = value;
    value = modelOf(fitted);
    let squares = 0;
    const watched: Model = (pixel, channel) => {
      const now = Math.fround(value(pixel, channel));
      squares += (now - Math.fround(before(pixel, channel))) ** 2;
      return now;
    };
    fitted = await fit(firstRead(withoutGaps(matrix, watched), withoutGaps(matrix, value)));
    const converged = Math.sqrt(squares) <= SETTLED * size;
    if (converged || iterations === MOST) return { fitted, imputation: { iterations, converged } };
    await pace.step();
  }
}

/** A matrix whose pieces are those of `first` when they are read for the first time, of `later` after that. */
function firstRead(first: SpectraMatrix, later: SpectraMatrix): SpectraMatrix {
  let isRead = false;
  return {
    ...later,
    pieces: () => {
      const pieces = isRead ? later.pieces() : first.pieces();
      isRead = true;
      return pieces;
    },
  };
}
