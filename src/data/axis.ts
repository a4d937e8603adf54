import { SpecbookError } from "../core/errors";

/** One calibrated axis: `value(index) = offset + scale * index`. Energies are in eV, lengths in nm. */
export interface Axis {
  /** What runs along it, e.g. "x", "energy". */
  readonly name: string;
  /** Units of offset and scale: "eV", "nm", "px" where there is no calibration. */
  readonly units: string;
  /** Value at index 0. */
  readonly offset: number;
  /** Step from one index to the next; never 0. */
  readonly scale: number;
  /** Number of points. */
  readonly size: number;
}

/** Makes a checked, frozen axis. `offset` defaults to 0, `scale` to 1, `units` to "px". */
export function axis(
  name: string,
  size: number,
  options: { units?: string; offset?: number; scale?: number } = {},
): Axis {
  const { units = "px", offset = 0, scale = 1 } = options;
  if (!Number.isInteger(size) || size < 1) {
    throw new SpecbookError("AxisError", `axis "${name}" has no valid size`, {
      got: `size ${size}`,
      needed: "a whole number of at least 1",
      remedy: "give the number of points along this axis",
    });
  }
  if (!Number.isFinite(offset) || !Number.isFinite(scale) || scale === 0) {
    throw new SpecbookError("AxisError", `axis "${name}" has no valid calibration`, {
      got: `offset ${offset}, scale ${scale} ${units}`,
      needed: "finite numbers, and a scale other than 0",
      remedy: "give offset (value of the first point) and scale (step) of the axis",
    });
  }
  return Object.freeze({ name, units, offset, scale, size });
}

/** The values along an axis, as float64. */
export function axisValues(a: Axis): Float64Array {
  return Float64Array.from({ length: a.size }, (_, i) => a.offset + a.scale * i);
}

/** The index nearest to a value in the axis' units, clamped to the axis. */
export function axisIndex(a: Axis, value: number): number {
  return Math.min(a.size - 1, Math.max(0, Math.round((value - a.offset) / a.scale)));
}
