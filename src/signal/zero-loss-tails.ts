import { countFinite, FIT_STATUS, relativeDeviation } from "./fit-maps";
import type { WindowChannels } from "./fit-windows";
import { mirroredTail } from "./mirrored-tail";
import type { TailSettings } from "./remove-zero-loss";
import { zeroLossLaw } from "./zero-loss-law";

/** The tail of one spectrum's zero-loss peak. */
export interface TailEstimate {
  readonly parameters: Float64Array | undefined;
  readonly error: number;
  readonly status: number;
}

/** Estimates the tails of zero-loss peaks. */
export interface TailEstimator {
  readonly names: readonly string[];
  readonly units: readonly string[];
  /** Above this energy, the end of the first window, there are losses, eV. */
  readonly last: number;
  /** Writes the estimate at all channels into `curve`; what it says below the window does not matter. */
  estimate(values: Float32Array, curve: Float64Array): TailEstimate;
}

/** The estimator that the settings ask for; `mean` is the mean spectrum of the scan. */
export function tailEstimator(
  settings: TailSettings,
  energies: Float64Array,
  window: WindowChannels,
  mean: Float32Array,
): TailEstimator {
  if (settings.method === "power-law") return lawEstimator(settings, energies, window, mean);
  return mirrorEstimator(settings.method === "mirrored" ? undefined : window, energies);
}

function lawEstimator(
  settings: TailSettings,
  energies: Float64Array,
  window: WindowChannels,
  mean: Float32Array,
): TailEstimator {
  const values = new Float64Array(window.channels.length);
  const fitted = new Float64Array(window.channels.length);
  const take = (spectrum: Float32Array) => {
    for (let i = 0; i < values.length; i++) values[i] = spectrum[window.channels[i]];
  };
  take(mean);
  const step = Math.abs(energies[1] - energies[0]);
  const law = zeroLossLaw(window.energies, values.slice(), { ...settings, step });
  const none = { parameters: undefined, error: Number.NaN };
  return {
    names: law.names,
    units: law.units,
    last: window.windows[0][1],
    estimate: (spectrum, curve) => {
      take(spectrum);
      if (countFinite(values) < 5) return { ...none, status: FIT_STATUS.noData };
      const parameters = values.every((value) => !(value > 0)) ? new Float64Array(4) : law.fit(values);
      if (parameters === undefined) return { ...none, status: FIT_STATUS.failed };
      law.evaluate(parameters, energies, curve);
      law.evaluate(parameters, window.energies, fitted);
      return { parameters: law.told(parameters), error: relativeDeviation(values, fitted), status: FIT_STATUS.fitted };
    },
  };
}

/** The mirrored gain side, scaled to the data in the window if there is one. */
function mirrorEstimator(window: WindowChannels | undefined, energies: Float64Array): TailEstimator {
  const tail = mirroredTail(energies);
  const channels = window?.channels ?? new Int32Array();
  const values = new Float64Array(channels.length);
  const fitted = new Float64Array(channels.length);
  const none = { parameters: undefined, error: Number.NaN };
  return {
    names: window === undefined ? [] : ["scale"],
    units: window === undefined ? [] : [""],
    last: window === undefined ? 0 : window.windows[0][1],
    estimate: (spectrum, curve) => {
      const mirrored = tail.mirror(spectrum, curve);
      if (mirrored === "none") return { ...none, status: FIT_STATUS.noData };
      const status = mirrored === "short" ? FIT_STATUS.suspect : FIT_STATUS.fitted;
      if (window === undefined) return { parameters: new Float64Array(), error: Number.NaN, status };
      let [measured, reflected] = [0, 0];
      for (const c of channels) {
        if (!Number.isFinite(spectrum[c])) continue;
        measured += spectrum[c];
        reflected += curve[c];
      }
      const scale = measured / reflected;
      if (!Number.isFinite(scale) || scale < 0) return { ...none, status: FIT_STATUS.failed };
      for (let c = 0; c < curve.length; c++) curve[c] *= scale;
      channels.forEach((c, i) => {
        values[i] = spectrum[c];
        fitted[i] = curve[c];
      });
      return { parameters: Float64Array.of(scale), error: relativeDeviation(values, fitted), status };
    },
  };
}
