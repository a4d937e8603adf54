import { countOption, refusedOption, wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { checkMemory } from "../core/memory";
import { createPace, type LongWorkOptions, type Pace } from "../core/pace";
import { type Axis, axis, type Image, type SpectrumImage } from "../data";
import { checkValues } from "../data/check-values";
import { checkSignal } from "./check-signal";
import { areaLine, cubicLine, type LineSampler, linearLine } from "./line-samplers";
import { refuseEnergy } from "./refuse-energy";
import { requiredOption } from "./required-option";
import { layoutOf, remade, type SignalValue } from "./signal-value";

/** Options of `resample` for an image. */
export interface ResampleOptions extends LongWorkOptions {
  /** New number of rows over the same field of view. */
  readonly rows?: number;
  /** New number of columns over the same field of view. */
  readonly columns?: number;
  /**
   * `"linear"` between neighbours; `"cubic"`: the spline through all values of a line; `"area"`: each new value gets the
   * share of the old ones that its width covers, which keeps the sum (counts). Default "linear".
   */
  readonly method?: "linear" | "cubic" | "area";
  /**
   * What to do where the new axis leaves the old one: `"refuse"`, or the number to fill in. Default "refuse". A pixel or
   * channel reaches half a step beyond its centre; by area, what does not lie wholly inside is outside.
   */
  readonly outside?: "refuse" | number;
}

/** Options of `resample` for a spectrum image. */
export interface SpectrumResampleOptions extends ResampleOptions {
  /** The new energy axis in eV, e.g. that of another spectrum image: `other.axes.energy`. */
  readonly energy?: Pick<Axis, "offset" | "scale" | "size">;
}

/**
 * An image or a spectrum image on other axes: another number of pixels over the same field, another energy axis, e.g. one
 * that two data sets share.
 *
 * @throws AxisError where the new energies leave the old axis, OptionError, DataError for NaN, MemoryError
 * @example
 * const same = await resample(spectra, { energy: other.axes.energy, outside: 0 });
 */
export async function resample(value: Image, options: ResampleOptions): Promise<Image>;
export async function resample(value: SpectrumImage, options: SpectrumResampleOptions): Promise<SpectrumImage>;
export async function resample<T extends SignalValue>(value: T, options: SpectrumResampleOptions): Promise<T> {
  checkSignal("resample", value);
  const { method = "linear", outside = "refuse" } = options;
  wordOption("resample", "method", method, ["linear", "cubic", "area"]);
  if (outside !== "refuse" && !Number.isFinite(outside)) {
    throw refusedOption("resample", "outside", outside, '"refuse" or a number to fill in');
  }
  const { rows, columns, channels } = layoutOf(value);
  checkValues(value.data, {
    what: "values",
    shape: [rows, columns, channels],
    dimensions: ["row", "column", "channel"],
    remedy: "crop to the valid part, or replace these values, before resampling",
  });
  const axes = newAxes(value, options);
  if (outside === "refuse" && axes.energy !== undefined) checkInside(axes.energy, method);
  const pace = createPace("the resampling", options);
  let data: Float32Array = value.data;
  const sizes = [rows, columns, channels];
  for (const [side, change] of [axes.y, axes.x, axes.energy].entries()) {
    if (change === undefined) continue;
    const outer = sizes.slice(0, side).reduce((a, b) => a * b, 1);
    const inner = sizes.slice(side + 1).reduce((a, b) => a * b, 1);
    const fill = outside === "refuse" ? 0 : outside;
    const sampler = samplerOf(method, change, fill);
    data = await alongLines(data, { outer, inner, from: change.old.size, to: change.new.size }, sampler, pace);
    sizes[side] = change.new.size;
  }
  const made = { y: axes.y?.new, x: axes.x?.new, energy: axes.energy?.new };
  return remade(value, data, made, "resample", {
    rows: sizes[0],
    columns: sizes[1],
    energy: made.energy,
    method,
    outside,
  });
}

interface AxisChange {
  readonly old: Axis;
  readonly new: Axis;
}

function newAxes(value: SignalValue, options: SpectrumResampleOptions) {
  const { rows, columns, energy } = options;
  if (value.kind === "image" && energy !== undefined) throw refuseEnergy("resample");
  const none = rows === undefined && columns === undefined && energy === undefined;
  if (none) {
    throw requiredOption("resample", {
      name: "grid",
      value: { rows, columns, energy },
      needed: "something to change: rows, columns or energy",
      remedy: "for example { rows: 64, columns: 64 }, or { energy: other.axes.energy }",
    });
  }
  const sameField = (name: string, old: Axis, size: number | undefined): AxisChange | undefined => {
    if (size === undefined) return undefined;
    countOption("resample", name, size);
    const scale = (old.scale * old.size) / size;
    const offset = old.offset - old.scale / 2 + scale / 2;
    return { old, new: axis(old.name, size, { units: old.units, offset, scale }) };
  };
  return {
    y: sameField("rows", value.axes.y, rows),
    x: sameField("columns", value.axes.x, columns),
    energy: value.kind === "image" || energy === undefined ? undefined : newEnergy(value.axes.energy, energy),
  };
}

function newEnergy(old: Axis, { offset, scale, size }: Pick<Axis, "offset" | "scale" | "size">): AxisChange {
  return { old, new: axis(old.name, size, { units: old.units, offset, scale }) };
}

/** Rounding of axes that are meant to end at the same place. */
const SLACK = 1e-6;

function checkInside({ old, new: wanted }: AxisChange, method: string): void {
  // Areas reach to the edges of their channels.
  const half = method === "area" ? Math.abs(wanted.scale / old.scale) / 2 : 0;
  const places = [0, wanted.size - 1].map((i) => (wanted.offset + wanted.scale * i - old.offset) / old.scale);
  const [low, high] = [Math.min(...places) - half, Math.max(...places) + half];
  if (low >= -0.5 - SLACK && high <= old.size - 0.5 + SLACK) return;
  const words = ({ offset, scale, size, units }: Axis) =>
    `${Number(offset.toPrecision(6))} to ${Number((offset + scale * (size - 1)).toPrecision(6))} ${units}`;
  throw new SpecbookError("AxisError", "resample: the new axis leaves the old one", {
    got: `channels at ${words(wanted)} from channels at ${words(old)}`,
    needed:
      method === "area"
        ? "whole new channels within the old ones"
        : "new channels within the old axis (half a channel beyond its ends at most)",
    remedy: "take a shorter axis, or say what to fill in outside: { outside: 0 }",
  });
}

function samplerOf(method: "linear" | "cubic" | "area", { old, new: wanted }: AxisChange, fill: number): LineSampler {
  // Places on the new axis in steps of the old one.
  const start = (wanted.offset - old.offset) / old.scale;
  const step = wanted.scale / old.scale;
  if (method === "area") return areaLine(old.size, { start, step, size: wanted.size }, fill);
  if (method === "linear") return linearLine(old.size, { start, step, size: wanted.size }, fill);
  if (old.size >= 4) return cubicLine(old.size, { start, step, size: wanted.size }, fill);
  throw refusedOption(
    "resample",
    "method",
    method,
    `"linear" or "area" for an axis of ${old.size} points; "cubic" needs 4`,
  );
}

async function alongLines(
  data: Float32Array,
  { outer, inner, from, to }: { outer: number; inner: number; from: number; to: number },
  sampler: LineSampler,
  pace: Pace,
): Promise<Float32Array> {
  checkMemory(4 * outer * to * inner, `${outer * to * inner} resampled values`, "take fewer points, or crop first");
  const result = new Float32Array(outer * to * inner);
  const line = new Float64Array(from);
  const made = new Float64Array(to);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let k = 0, at = o * from * inner + i; k < from; k++, at += inner) line[k] = data[at];
      sampler(line, made);
      for (let k = 0, at = o * to * inner + i; k < to; k++, at += inner) result[at] = made[k];
      if (i % 64 === 0) await pace.step();
    }
  }
  return result;
}
