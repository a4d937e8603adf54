import { countOption, positiveOption, refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { type Axis, axis, type Image, type SpectrumImage } from "../data";
import { checkSignal } from "./check-signal";
import { refuseEnergy } from "./refuse-energy";
import { layoutOf, remade, type SignalValue } from "./signal-value";

/** Options of `bin` for an image. */
export interface BinOptions {
  /** Rows that become one. Default 1. */
  readonly rows?: number;
  /** Columns that become one. Default 1. */
  readonly columns?: number;
  /** `"mean"` keeps the scale of the values, `"sum"` keeps their sum (counts stay counts). Default "mean". */
  readonly by?: "mean" | "sum";
  /** Drop the rows, columns and channels at the end that fill no whole bin; without it they are an error. */
  readonly trim?: boolean;
}

/** Options of `bin` for a spectrum image. */
export interface SpectrumBinOptions extends BinOptions {
  /** Width of a new channel in eV, a whole multiple of the old one. */
  readonly energy?: number;
  /** The same as a number of channels that become one. Default 1. */
  readonly channels?: number;
}

/**
 * Joins neighbouring pixels and channels. The first value of each axis moves to the middle of its bin: by half a new
 * step less half an old one.
 *
 * @throws OptionError for factors that are no whole numbers, ShapeError where a size is no multiple and `trim` is not set
 * @example
 * const quicker = bin(spectra, { rows: 2, columns: 2, energy: 1, by: "sum" });
 */
export function bin(value: Image, options: BinOptions): Image;
export function bin(value: SpectrumImage, options: SpectrumBinOptions): SpectrumImage;
export function bin<T extends SignalValue>(value: T, options: SpectrumBinOptions): T {
  checkSignal("bin", value);
  const signal: SignalValue = value;
  const { rows = 1, columns = 1, by = "mean", trim = false } = options;
  wordOption("bin", "by", by, ["mean", "sum"]);
  if (signal.kind === "image" && (options.energy ?? options.channels) !== undefined) throw refuseEnergy("bin");
  const channels = signal.kind === "image" ? 1 : channelFactor(signal.axes.energy, options);
  const { rows: height, columns: width, channels: depth } = layoutOf(value);
  const sides = [
    { name: "rows", size: height, factor: rows },
    { name: "columns", size: width, factor: columns },
    { name: "channels", size: depth, factor: channels },
  ] as const;
  for (const side of sides) checkSide(side, trim);
  const [y, x, energy] = sides.map(({ size, factor }) => Math.floor(size / factor));
  const data = joined(value.data, { width, depth }, { y, x, energy }, { rows, columns, channels }, by);
  return remade(
    value,
    data,
    {
      y: binnedAxis(value.axes.y, rows, y),
      x: binnedAxis(value.axes.x, columns, x),
      ...(signal.kind === "image" ? {} : { energy: binnedAxis(signal.axes.energy, channels, energy) }),
    },
    "bin",
    { rows, columns, ...(signal.kind === "image" ? {} : { channels }), by, trim },
  );
}

function channelFactor(energy: Axis, options: SpectrumBinOptions): number {
  if (options.energy === undefined) return options.channels ?? 1;
  positiveOption("bin", "energy", options.energy);
  const exact = options.energy / Math.abs(energy.scale);
  const factor = Math.round(exact);
  if (options.channels !== undefined && options.channels !== factor) {
    throw refusedOption("bin", "channels", options.channels, "one of energy and channels, not both");
  }
  if (factor >= 1 && Math.abs(exact - factor) <= 1e-3 * factor) return factor;
  const { units } = energy;
  const step = Math.abs(energy.scale);
  throw new SpecbookError("OptionError", "bin cannot make channels of this width", {
    got: `energy: ${options.energy} ${units} on an axis with a step of ${Number(step.toPrecision(6))} ${units}`,
    needed: "a whole multiple of the step",
    remedy: `take ${Number((Math.max(1, factor) * step).toPrecision(6))} ${units}, channels: ${Math.max(1, factor)}, or resample for any width`,
  });
}

function checkSide({ name, size, factor }: { name: string; size: number; factor: number }, trim: boolean): void {
  countOption("bin", name, factor);
  if (factor > size) throw refusedOption("bin", name, factor, `at most ${size}, the number of ${name}`);
  const rest = size % factor;
  if (rest === 0 || trim) return;
  throw new SpecbookError("ShapeError", `bin: the ${name} are no multiple of the bin`, {
    got: `${size} ${name} in bins of ${factor}: ${rest} left over`,
    needed: `a factor of ${size}, or leave to drop the rest`,
    remedy: `set trim: true to drop the last ${rest}, or crop first`,
  });
}

function binnedAxis(whole: Axis, factor: number, size: number): Axis {
  if (factor === 1) return whole;
  const { name, units, offset, scale } = whole;
  return axis(name, size, { units, offset: offset + (scale * (factor - 1)) / 2, scale: scale * factor });
}

function joined(
  data: Float32Array,
  { width, depth }: { width: number; depth: number },
  size: { y: number; x: number; energy: number },
  factor: { rows: number; columns: number; channels: number },
  by: "mean" | "sum",
): Float32Array {
  const result = new Float32Array(size.y * size.x * size.energy);
  const share = by === "sum" ? 1 : 1 / (factor.rows * factor.columns * factor.channels);
  const line = new Float64Array(size.energy); // sums of many float32 values need the digits of float64
  let to = 0;
  for (let y = 0; y < size.y; y++) {
    for (let x = 0; x < size.x; x++) {
      line.fill(0);
      for (let row = y * factor.rows; row < (y + 1) * factor.rows; row++) {
        for (let column = x * factor.columns; column < (x + 1) * factor.columns; column++) {
          let from = (row * width + column) * depth;
          for (let c = 0; c < size.energy; c++) {
            for (let k = 0; k < factor.channels; k++) line[c] += data[from++];
          }
        }
      }
      for (let c = 0; c < size.energy; c++) result[to++] = line[c] * share;
    }
  }
  return result;
}
