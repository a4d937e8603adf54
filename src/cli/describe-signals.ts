import { formatBytes } from "../core";
import type { AxisInfo, SignalInfo } from "../io";

/** The signals of a file as text: one paragraph each. */
export function describeSignals(signals: readonly SignalInfo[]): string {
  return signals.length === 0 ? "no signals: no array of numbers in this file" : signals.map(describe).join("\n\n");
}

function describe({ name, path, kind, format, quantity, shape, axes, dtype, bytes, packing }: SignalInfo): string {
  const packed = packing.length === 0 ? "" : `, packed with ${packing.join(" and ")}`;
  const width = Math.max(...axes.map((axis) => axis.name.length));
  const isUnlabelled = kind === "array" && axes.length === 3 && axes.every(({ units }) => units === "px");
  const notes = isUnlabelled
    ? ['  note   if its last axis is an energy: { energy: { units: "eV", offset: FIRST, scale: STEP } }']
    : [];
  return [
    `${name}: ${kind}${quantity === "" ? "" : ` of ${quantity}`}`,
    `  format ${format}`,
    `  path   ${path}`,
    `  shape  ${shape.join(" x ")}, ${dtype}, ${formatBytes(bytes)}${packed}`,
    ...axes.map((axis) => `  axis   ${axis.name.padEnd(width)}  ${describeAxis(axis)}`),
    ...notes,
  ].join("\n");
}

function describeAxis({ size, units, offset, scale, problem, remedy }: AxisInfo): string {
  const points = `${size} ${size === 1 ? "point" : "points"}`;
  if (problem !== undefined) {
    return `${points}, NOT CALIBRATED: ${problem}${remedy === undefined ? "" : `; ${remedy}`}`;
  }
  if (units === "px" || units === "channel") return `${points}, no calibration`;
  const last = offset + scale * (size - 1);
  return `${points}, ${round(offset)} to ${round(last)} ${units}, step ${round(scale)} ${units}`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(6)));
}
