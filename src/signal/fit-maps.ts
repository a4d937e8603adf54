import { addHistory, type Image, image, type SpectrumImage } from "../data";

/** What became of the fit of one pixel. */
export const FIT_STATUS = {
  fitted: 0,
  /** A curve was found and taken away, but it falls below zero or rises where it is continued: look at it. */
  suspect: 1,
  /** Not enough values in the window: the pixel is NaN. */
  noData: 2,
  /** The fit did not converge, or its curve has no finite values: the pixel is NaN. */
  failed: 3,
} as const;

/** Maps of what a fit found in each pixel, filled pixel by pixel. */
export interface FitMaps {
  set(pixel: number, parameters: Float64Array | undefined, error: number, status: number): void;
  finish(operation: string, options: Readonly<Record<string, unknown>>): FinishedMaps;
}

/** The maps as images. */
export interface FinishedMaps {
  readonly parameters: Readonly<Record<string, Image>>;
  readonly error: Image;
  readonly status: Image;
  readonly failed: number;
  readonly suspect: number;
}

/** Empty maps for parameters of these names. */
export function createFitMaps(
  { shape, axes, metadata, history }: SpectrumImage,
  names: readonly string[],
  units: readonly string[],
): FitMaps {
  const [rows, columns] = shape;
  const pixels = rows * columns;
  const values = names.map(() => new Float32Array(pixels).fill(Number.NaN));
  const errors = new Float32Array(pixels).fill(Number.NaN);
  const states = new Float32Array(pixels);
  return {
    set: (pixel, parameters, error, status) => {
      for (let j = 0; j < names.length; j++) values[j][pixel] = parameters?.[j] ?? Number.NaN;
      errors[pixel] = error;
      states[pixel] = status;
    },
    finish: (operation, options) => {
      const past = addHistory(history, operation, options);
      const map = (data: Float32Array, quantity: string, unit: string): Image =>
        image(data, [rows, columns], {
          axes: { y: axes.y, x: axes.x },
          metadata: { ...metadata, signal: quantity, quantity, units: unit },
          history: past,
        });
      const count = (...which: readonly number[]) => states.filter((state) => which.includes(state)).length;
      return {
        parameters: Object.freeze(
          Object.fromEntries(names.map((name, j) => [name, map(values[j], `Parameter ${name}`, units[j])])),
        ),
        error: map(errors, "Deviation in the window over its mean", ""),
        status: map(states, "Status of the fit", ""),
        failed: count(FIT_STATUS.noData, FIT_STATUS.failed),
        suspect: count(FIT_STATUS.suspect),
      };
    },
  };
}

/** Root mean square of values - curve over the mean of the values, of those that are finite. */
export function relativeDeviation(values: Float64Array, curve: Float64Array): number {
  let squares = 0;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    squares += (values[i] - curve[i]) ** 2;
    sum += values[i];
    count++;
  }
  return Math.sqrt(squares / count) / Math.abs(sum / count);
}

/** Number of finite values. */
export function countFinite(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (Number.isFinite(value)) count++;
  return count;
}
