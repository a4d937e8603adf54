import { wordOption } from "../core/check-option";
import { SpecbookError } from "../core/errors";
import { type Axis, axisValues } from "../data";

/** One peak of a drawn spectrum. */
export interface DrawnPeak {
  /** Centre, in the units of the axis. */
  readonly energy: number;
  /** Full width at half maximum, in the units of the axis. */
  readonly width: number;
  /** Height above the background, in the units of the data. */
  readonly height: number;
}

/** A spectrum made of peaks. */
export interface DrawnSpectrum {
  readonly kind: "drawn-spectrum";
  readonly name: string;
  /** [channels], in the units of the data. */
  readonly values: Float32Array;
  readonly energy: Axis;
}

/**
 * A spectrum drawn by hand: the sum of peaks on a constant background, for example as the wish of an inverse design.
 *
 * @param options `shape`: "gaussian" (default) or "lorentzian"; `background`: default 0; `name` for charts: default
 *   "wanted"
 * @throws OptionError for no peaks, a width that is not positive, or a peak off the axis
 * @example
 * const wanted = drawSpectrum(spectra.axes.energy, [{ energy: 0.75, width: 0.1, height: 300 }]);
 * plot.spectra([wanted])
 */
export function drawSpectrum(
  energy: Axis,
  peaks: readonly DrawnPeak[],
  options: { readonly shape?: "gaussian" | "lorentzian"; readonly background?: number; readonly name?: string } = {},
): DrawnSpectrum {
  const { shape = "gaussian", background = 0, name = "wanted" } = options;
  wordOption("drawSpectrum", "shape", shape, ["gaussian", "lorentzian"]);
  checkPeaks(energy, peaks);
  const form = shape === "gaussian" ? (u: number) => Math.exp(-Math.LN2 * u * u) : (u: number) => 1 / (1 + u * u);
  const values = Float32Array.from(axisValues(energy), (e) =>
    peaks.reduce((sum, peak) => sum + peak.height * form((2 * (e - peak.energy)) / peak.width), background),
  );
  return Object.freeze({ kind: "drawn-spectrum", name, values, energy });
}

function checkPeaks(energy: Axis, peaks: readonly DrawnPeak[]): void {
  const ends = [energy.offset, energy.offset + energy.scale * (energy.size - 1)];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const wrong = peaks.find(
    (peak) => !(peak.energy >= low && peak.energy <= high && peak.width > 0 && Number.isFinite(peak.height)),
  );
  if (peaks.length > 0 && wrong === undefined) return;
  const number = (v: number) => Number(v.toPrecision(5));
  throw new SpecbookError("OptionError", "this spectrum cannot be drawn", {
    got: wrong === undefined ? "no peaks" : `the peak ${JSON.stringify(wrong)}`,
    needed: `peaks with energy from ${number(low)} to ${number(high)} ${energy.units}, width above 0 and a height`,
    remedy: `for example [{ energy: ${number((low + high) / 2)}, width: ${number((high - low) / 10)}, height: 1 }]`,
  });
}
