import { SpecbookError } from "../core/errors";
import { type Axis, axis } from "../data/axis";
import type { SpectrumImage } from "../data/spectrum-image";
import type { Block } from "./block";

/** A part of a spectrum image; what is left out is taken whole. */
export interface SpectrumPart {
  /** Scan rows [first, last + 1], as in `slice`. */
  readonly rows?: readonly [number, number];
  /** Scan columns [first, last + 1]. */
  readonly columns?: readonly [number, number];
  /** Energies [from, to] in eV (in the units of the energy axis, where these are others); both ends are in. */
  readonly energy?: readonly [number, number];
}

/**
 * The block of a spectrum image [rows, columns, channels] that a part names.
 *
 * @throws ShapeError for rows or columns outside the scan, OptionError for energies outside the axis
 */
export function blockOf(axes: SpectrumImage["axes"], { rows, columns, energy }: SpectrumPart): Block {
  const ranges = [
    pixels("rows", axes.y.size, rows),
    pixels("columns", axes.x.size, columns),
    energy === undefined ? ([0, axes.energy.size] as const) : channels(axes.energy, energy),
  ];
  return { offset: ranges.map(([first]) => first), count: ranges.map(([first, end]) => end - first) };
}

/** The axes of a block. */
export function axesOf({ y, x, energy }: SpectrumImage["axes"], { offset, count }: Block): SpectrumImage["axes"] {
  const [rows, columns, range] = [y, x, energy].map((whole, i) => {
    const { name, units, scale } = whole;
    return axis(name, count[i], { units, scale, offset: whole.offset + offset[i] * scale });
  });
  return { y: rows, x: columns, energy: range };
}

function pixels(name: string, size: number, range: readonly [number, number] = [0, size]): readonly [number, number] {
  const [first, end] = range;
  if (Number.isInteger(first) && Number.isInteger(end) && first >= 0 && first < end && end <= size) return range;
  throw new SpecbookError("ShapeError", "the part lies outside the scan, or is empty", {
    got: `${name} [${first}, ${end}]`,
    needed: `whole numbers, 0 <= first < end <= ${size}`,
    remedy: `for example { ${name}: [0, ${size}] } for all ${name}; the end is one past the last`,
  });
}

/** Channels from first to before end whose values lie in a range; a value counts as inside to 1e-6 of a step. */
function channels(energies: Axis, [from, to]: readonly [number, number]): readonly [number, number] {
  const { offset, scale, size, units } = energies;
  const at = [from, to].map((value) => (value - offset) / scale).sort((a, b) => a - b);
  const first = Math.ceil(at[0] - 1e-6);
  const last = Math.floor(at[1] + 1e-6);
  if (from <= to && first <= last && at[0] >= -0.5 && at[1] <= size - 0.5) {
    return [Math.max(0, first), Math.min(size, last + 1)];
  }
  const ends = [offset, offset + (size - 1) * scale].sort((a, b) => a - b).map((value) => Number(value.toPrecision(7)));
  throw new SpecbookError("OptionError", "the energies lie outside the axis, or hold no channel", {
    got: `energy [${from}, ${to}]`,
    needed: `from <= to, within ${ends[0]} to ${ends[1]} ${units}, at least one step of ${Math.abs(scale)} ${units}`,
    remedy: `for example { energy: [${ends[0]}, ${ends[1]}] }`,
  });
}
