import type { Axis } from "../data";
import { roundBelow } from "./numbers";

/** A scale bar: its length in scan pixels, and what to write beside it. */
export interface ScaleBar {
  readonly pixels: number;
  readonly text: string;
}

/** The longest bar of round length (1, 2 or 5 times a power of ten) that fills at most 40 % of the axis. */
export function scaleBar(axis: Axis): ScaleBar {
  const step = Math.abs(axis.scale);
  const length = roundBelow(0.4 * axis.size * step);
  if (axis.units === "nm" && length >= 1000) return { pixels: length / step, text: `${length / 1000} µm` };
  return { pixels: length / step, text: `${Number(length.toPrecision(3))} ${axis.units}`.trimEnd() };
}
