import { formatBytes } from "../core";
import type { AxisInfo, SignalInfo } from "../io";

/** The signals of a file as text: one paragraph each. */
export function describeSignals(signals: readonly SignalInfo[]): string {
  return signals.length === 0 ? "no signals: no array of numbers in this file" : signals.map(describe).join("\n\n");
}

function describe({ name, path, kind, quantity, shape, axes, dtype, bytes, packing }: SignalInfo): string {
  const packed = packing.length === 0 ? "" : `, packed with ${packing.join(" and ")}`;
  const width = Math.max(...axes.map((axis) => axis.name.length));
  return [
    `${name}: ${kind}${quantity === "" ? "" : ` of ${quantity}`}`,
    `  path   ${path}`,
    `  shape  ${shape.join(" x ")}, ${dtype}, ${formatBytes(bytes)}${packed}`,
    ...axes.map((axis) => `  axis   ${axis.name.padEnd(width)}  ${describeAxis(axis)}`),
  ].join("\n");
}

function describeAxis({ size, units, offset, scale, problem }: AxisInfo): string {
  const points = `${size} ${size === 1 ? "point" : "points"}`;
  if (problem !== undefined) return `${points}, NOT CALIBRATED: ${problem}`;
  if (units === "px" || units === "channel") return `${points}, no calibration`;
  const last = offset + scale * (size - 1);
  return `${points}, ${round(offset)} to ${round(last)} ${units}, step ${round(scale)} ${units}`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(6)));
}
