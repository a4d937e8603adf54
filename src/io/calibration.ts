import { SpecbookError } from "../core/errors";
import { type Axis, axis } from "../data/axis";
import type { Draft, DraftAxis } from "./drafts";
import type { AxisInfo, ReadOptions } from "./signals";
import { type Conversion, conversion, energyConversion, isAmbiguousEnergy, isPixels } from "./units";

const SCAN_NAMES = ["y", "x"];

/** Describes the axes of a draft in the order of its layout, in eV and nm, with what is wrong with them. */
export function describeAxes(draft: Draft, order: readonly number[], options: ReadOptions = {}): AxisInfo[] {
  const scanPlaces = order.filter((from) => from < 0 || draft.axes[from].role === "scan");
  return order.map((from, place) => {
    if (from < 0) return { name: SCAN_NAMES[place], size: 1, units: "px", offset: 0, scale: 1 };
    const found = draft.axes[from];
    if (found.role === "scan") return scanAxis(found, SCAN_NAMES[scanPlaces.indexOf(from)] ?? found.name, options);
    return found.role === "spectral" ? spectralAxis(found, options) : plainAxis(found);
  });
}

/** The axes themselves; throws an AxisError that names the option where one of them cannot be used. */
export function makeAxes(draft: Draft, order: readonly number[], options: ReadOptions): Axis[] {
  return describeAxes(draft, order, options).map((info) => {
    if (info.problem !== undefined) throw unusable(draft, info.name, info.size, info.problem);
    return axis(info.name, info.size, info);
  });
}

/** The unit conversions that were made, for the history. */
export function conversionsOf(
  draft: Draft,
  axes: readonly Axis[],
  { energy, pixelSize }: ReadOptions,
): Record<string, string> {
  const made = draft.axes.flatMap(({ name, units, role }) => {
    const isGiven =
      (role === "spectral" && energy !== undefined && !isPartOfFile(energy)) ||
      (role === "scan" && pixelSize !== undefined);
    if (isGiven) return []; // the user's words took the place of the file's
    const { factor, units: to } = conversion(units);
    const isMade = factor !== 1 && axes.some((a) => a.units === to);
    return isMade ? [[role === "spectral" ? "energy" : name, `${units.trim()} to ${to}`] as const] : [];
  });
  return Object.fromEntries(made);
}

function scanAxis(found: DraftAxis, name: string, { pixelSize }: ReadOptions): AxisInfo {
  if (pixelSize !== undefined)
    return { name, size: found.size, units: "nm", offset: 0, scale: checkPixelSize(pixelSize) };
  const { measure, units, factor } = conversion(found.units);
  if ((measure === "none" && !isPixels(found.units)) || found.problem !== undefined || !isUsable(found)) {
    return { name, size: found.size, units: "px", offset: 0, scale: 1 };
  }
  return scaled(found, name, { measure, units, factor });
}

function spectralAxis(found: DraftAxis, { energy }: ReadOptions): AxisInfo {
  const written = conversion(found.units);
  const name = energy !== undefined || written.measure === "energy" ? "energy" : found.name;
  if (energy === undefined) {
    const problem = found.problem ?? unclear(found);
    return problem === undefined
      ? scaled(found, name, written)
      : { ...scaled(found, name, written), units: "", problem };
  }
  const converted = energyConversion(energy.units ?? "eV");
  const isChannel = converted.units === "channel";
  // What the file gives stays in its own units, keV for instance, unless the user says that they are wrong.
  const own = isPartOfFile(energy) && written.measure === "energy" ? written.factor / converted.factor : 1;
  const offset = energy.offset ?? (isChannel ? 0 : times(found.offset, own));
  const scale = energy.scale ?? (isChannel ? 1 : times(found.scale, own));
  const isGiven = energy.offset !== undefined && energy.scale !== undefined;
  const problem = isGiven || isChannel ? undefined : (found.problem ?? uncalibrated({ offset, scale }));
  return { ...scaled({ ...found, offset, scale }, isChannel ? "channel" : name, converted), problem };
}

/** True where the option leaves the units, and the offset or the step, to the file. */
function isPartOfFile({ units, offset, scale }: NonNullable<ReadOptions["energy"]>): boolean {
  return units === undefined && (offset === undefined || scale === undefined);
}

function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

function plainAxis(found: DraftAxis): AxisInfo {
  return isUsable(found) && found.problem === undefined
    ? scaled(found, found.name, conversion(found.units))
    : { name: found.name, size: found.size, units: "px", offset: 0, scale: 1 };
}

function scaled(found: DraftAxis, name: string, { units, factor }: Conversion): AxisInfo {
  return { name, size: found.size, units, offset: (found.offset ?? 0) * factor, scale: (found.scale ?? 1) * factor };
}

function isUsable({ offset = Number.NaN, scale = Number.NaN }: { offset?: number; scale?: number }): boolean {
  return Number.isFinite(offset) && Number.isFinite(scale) && scale !== 0;
}

function uncalibrated(found: { offset?: number; scale?: number }): string | undefined {
  if (found.offset === undefined || found.scale === undefined) return "it has no calibration";
  return isUsable(found) ? undefined : `its calibration is offset ${found.offset}, step ${found.scale}`;
}

function unclear(found: DraftAxis): string | undefined {
  const missing = uncalibrated(found);
  if (missing !== undefined) return missing;
  if (isAmbiguousEnergy(found.units)) return `its units are "${found.units}", which is read as milli or as mega`;
  return conversion(found.units).measure === "none" ? "it has no units" : undefined;
}

/** The option that settles what is wrong with an energy axis. */
export function energyRemedy(problem: string): string {
  const needsValues = !problem.includes("units");
  const values = needsValues ? 'units: "eV", offset: FIRST, scale: STEP' : 'units: "eV"';
  return `{ energy: { ${values} } }, or { energy: { units: "channel" } } to leave it uncalibrated`;
}

function unusable(draft: Draft, name: string, size: number, problem: string): SpecbookError {
  return new SpecbookError("AxisError", `the spectral axis of ${draft.path} cannot be used`, {
    got: `axis "${name}" with ${size} points: ${problem}`,
    needed: "evenly spaced values with units",
    remedy: `say what it is: ${energyRemedy(problem)}`,
  });
}

function checkPixelSize(size: number): number {
  if (Number.isFinite(size) && size > 0) return size;
  throw new SpecbookError("OptionError", "the size of a scan pixel is not a length", {
    got: `pixelSize ${size}`,
    needed: "a positive number of nm",
    remedy: "write { pixelSize: 0.5 }",
  });
}

/** What runs along up to three axes of which one alone has units of energy; undefined for any others. */
export function rolesByEnergy(axes: readonly Pick<DraftAxis, "units">[]): DraftAxis["role"][] | undefined {
  const isEnergy = axes.map(({ units }) => conversion(units).measure === "energy");
  if (axes.length > 3 || isEnergy.filter(Boolean).length !== 1) return undefined;
  return isEnergy.map((energy) => (energy ? "spectral" : "scan"));
}

/** Offset and step of evenly spaced values, or what is wrong with them. */
export function fromValues(values: ArrayLike<number>): Pick<DraftAxis, "offset" | "scale" | "problem"> {
  const last = values.length - 1;
  if (last < 0) return {};
  if (last === 0) return { offset: values[0], scale: 1 };
  const offset = values[0];
  const scale = (values[last] - offset) / last;
  if (!isUsable({ offset, scale })) return { problem: `its values run from ${offset} to ${values[last]}` };
  let worst = 0;
  for (let i = 0; i <= last; i++) worst = Math.max(worst, Math.abs(values[i] - offset - scale * i));
  // Values stored as float32 are off by their rounding; a tenth of a channel is more than that for any real axis.
  const isEven = worst <= 0.1 * Math.abs(scale);
  return isEven
    ? { offset, scale }
    : { problem: `its points are not evenly spaced (off by ${(worst / Math.abs(scale)).toPrecision(2)} steps)` };
}
