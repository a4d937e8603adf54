import { SpecbookError } from "../core/errors";
import { type Axis, axisValues } from "../data";
import { energyChannels } from "./energy-range";

/** One range of energies [from, to] in eV, or several. */
export type EnergyWindow = readonly [number, number] | readonly (readonly [number, number])[];

/** The channels of one or several energy windows. */
export interface WindowChannels {
  /** Ascending, without repeats. */
  readonly channels: Int32Array;
  readonly energies: Float64Array;
  /** The windows as a list, the lowest first. */
  readonly windows: readonly (readonly [number, number])[];
}

/**
 * The channels of windows of energies; throws unless these lie on the axis and hold `least` channels or more, all above
 * zero energy if `positive`.
 */
export function windowChannels(
  call: string,
  energy: Axis,
  window: EnergyWindow | undefined,
  { least, positive }: { readonly least: number; readonly positive: boolean },
): WindowChannels {
  // What lies below the window, or above it, must not depend on the order in which several are given.
  const windows = [...listOf(call, window)].sort((a, b) => a[0] - b[0]);
  const chosen = new Set<number>();
  for (const one of windows) {
    const { first, end } = energyChannels(call, energy, one);
    for (let channel = first; channel < end; channel++) chosen.add(channel);
  }
  const channels = Int32Array.from(chosen).sort();
  const all = axisValues(energy);
  const energies = Float64Array.from(channels, (channel) => all[channel]);
  if (channels.length < least) {
    throw new SpecbookError("OptionError", `${call}: the window holds too few channels`, {
      got: `${channels.length} channels in ${JSON.stringify(windows)} eV`,
      needed: `at least ${least}: one more than the curve has parameters`,
      remedy: "take a wider window, or a curve with fewer parameters",
    });
  }
  if (positive && energies.some((value) => value <= 0)) {
    throw new SpecbookError("OptionError", `${call}: the window reaches down to zero energy`, {
      got: `${JSON.stringify(windows)} eV with a curve that has no value at 0`,
      needed: "a window that begins above 0 eV",
      remedy: "begin the window where the peak itself ends",
    });
  }
  return { channels, energies, windows };
}

function listOf(call: string, window: EnergyWindow | undefined): readonly (readonly [number, number])[] {
  const isPair = (value: unknown): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === "number");
  if (isPair(window)) return [window];
  if (Array.isArray(window) && window.length > 0 && window.every(isPair)) return window;
  throw new SpecbookError("OptionError", `${call} needs a window`, {
    got: `window: ${JSON.stringify(window) ?? "nothing"}`,
    needed: "[from, to] in eV, or a list of such ranges",
    remedy: "say between which energies the spectrum is nothing but what is fitted: { window: [400, 440] }",
  });
}
