import { type CurveModel, fallingTerms, polynomial } from "./curve-models";

/** Curves of a background. */
export type BackgroundModel = "power-law" | "exponential" | "polynomial" | "offset";

/** A curve, and its parameters from sums over the window alone. */
export interface BackgroundCurve {
  readonly model: CurveModel;
  /** Where the fit starts, and with `fast` where it ends; undefined where the values allow none. */
  readonly closedForm: (values: Float64Array) => Float64Array | undefined;
  /** Where a fit starts without a closed form. */
  readonly fallback: (values: Float64Array) => Float64Array;
  /** True for curves that are linear in their parameters: the least-squares fit is their closed form. */
  readonly linear: boolean;
}

/** Decays outside these are no background: intensities that rise or fall by e within a thousandth of an eV. */
const STEEPEST_RATE = 1000;
const STEEPEST_POWER = 100;

/** The curve of a background over a window of energies `step` apart. */
export function backgroundCurve(
  name: BackgroundModel,
  energies: Float64Array,
  { order, step }: { readonly order: number; readonly step: number },
): BackgroundCurve {
  const low = energies[0];
  const high = energies[energies.length - 1];
  const [first, last] = low < high ? [low, high] : [high, low];
  if (name === "power-law") {
    const origin = Math.sqrt(first * last);
    return {
      model: fallingTerms(["power-law"], origin, {
        amplitude: Number.NEGATIVE_INFINITY,
        decay: [[-STEEPEST_POWER, STEEPEST_POWER]],
      }),
      closedForm: (values) => twoAreas(energies, values, step, origin),
      fallback: (values) => Float64Array.of(finiteMean(values), 3),
      linear: false,
    };
  }
  const origin = (first + last) / 2;
  if (name === "exponential") {
    return {
      model: fallingTerms(["exponential"], origin, {
        amplitude: Number.NEGATIVE_INFINITY,
        decay: [[-STEEPEST_RATE, STEEPEST_RATE]],
      }),
      closedForm: (values) => twoMeans(energies, values, origin),
      fallback: (values) => Float64Array.of(finiteMean(values), 1 / (last - first)),
      linear: false,
    };
  }
  const degree = name === "offset" ? 0 : order;
  const start = (values: Float64Array) => {
    const parameters = new Float64Array(degree + 1);
    parameters[0] = finiteMean(values);
    return parameters;
  };
  return {
    model: polynomial(degree, origin, Math.max((last - first) / 2, step)),
    closedForm: start,
    fallback: start,
    linear: true,
  };
}

/**
 * A and r from the areas under both halves of the window, which need no fit: r = 2 ln(I1 / I2) / ln(E3 E4 / E1 E2) for
 * halves of equal width from E1 to E2 and E3 to E4, A from both areas (R. F. Egerton, "Electron Energy-Loss Spectroscopy in
 * the Electron Microscope", 3rd ed., Springer 2011, section 4.4.2, doi:10.1007/978-1-4419-9583-4).
 */
export function twoAreas(
  energies: Float64Array,
  values: Float64Array,
  step: number,
  origin: number,
): Float64Array | undefined {
  const half = energies.length >> 1;
  const [i1, i2] = [sumOf(values, 0, half), sumOf(values, half, 2 * half)];
  if (!(i1 > 0 && i2 > 0)) return undefined;
  const [a, b] = energies[0] < energies[1] ? [i1, i2] : [i2, i1];
  const edges = [energies[0], energies[half - 1], energies[half], energies[2 * half - 1]].sort((x, y) => x - y);
  const [e1, e2, e3, e4] = [edges[0] - step / 2, edges[1] + step / 2, edges[2] - step / 2, edges[3] + step / 2];
  const r = (2 * Math.log(((a / b) * (e4 - e3)) / (e2 - e1))) / Math.log((e4 * e3) / (e2 * e1));
  // Area of (E / origin)^-r between two energies; the logarithm is its limit at r = 1.
  const area = (from: number, to: number) =>
    Math.abs(1 - r) < 1e-9
      ? origin * Math.log(to / from)
      : (origin * ((to / origin) ** (1 - r) - (from / origin) ** (1 - r))) / (1 - r);
  const [amplitude1, amplitude2] = [(a * step) / area(e1, e2), (b * step) / area(e3, e4)];
  return Float64Array.of((amplitude1 * a + amplitude2 * b) / (a + b), r);
}

/** A and 1 / tau from the mean logarithms of both halves of the window (of their means, where a value is not positive). */
function twoMeans(energies: Float64Array, values: Float64Array, origin: number) {
  const half = energies.length >> 1;
  const [l1, l2] = [logMean(values, 0, half), logMean(values, half, 2 * half)];
  if (!Number.isFinite(l1) || !Number.isFinite(l2)) return undefined;
  const [x1, x2] = [sumOf(energies, 0, half) / half, sumOf(energies, half, 2 * half) / half];
  const rate = (l1 - l2) / (x2 - x1);
  return Float64Array.of(Math.exp(l1 + rate * (x1 - origin)), rate);
}

function logMean(values: Float64Array, from: number, to: number): number {
  let logs = 0;
  let sum = 0;
  for (let i = from; i < to; i++) {
    logs += Math.log(values[i]);
    sum += values[i];
  }
  return Number.isFinite(logs) ? logs / (to - from) : Math.log(sum / (to - from));
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum;
}

/** Mean of the finite values. */
export function finiteMean(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
