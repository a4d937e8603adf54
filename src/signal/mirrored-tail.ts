import { twoAreas } from "./background-models";
import { cubicWeights } from "./shift-values";

/** A zero-loss peak whose loss side is made from its gain side. */
export interface MirroredTail {
  /**
   * Writes the gain side, mirrored about 0 eV, at the channels from `first` on into `into`. Beyond what was recorded it
   * goes on as the power law through its outer half. False where there is no gain side, or no law: it is 0 there.
   */
  mirror(values: Float32Array, into: Float64Array): "whole" | "short" | "none";
}

/** Mirrors spectra on a rising axis with these energies. */
export function mirroredTail(energies: Float64Array): MirroredTail {
  const step = energies[1] - energies[0];
  const channels = energies.length;
  const tail = new Float64Array(channels);
  return {
    mirror: (values, into) => {
      into.fill(0);
      let known = 0;
      for (let c = 0; c < channels; c++) {
        if (energies[c] < 0) continue;
        const place = (-energies[c] - energies[0]) / step;
        const value = between(values, place);
        if (!Number.isFinite(value)) break;
        into[c] = value;
        tail[known++] = energies[c];
      }
      if (known < 4) return "none";
      const last = tail[known - 1];
      if (last >= energies[channels - 1]) return "whole";
      return proceed(known) ? "whole" : "short";

      /** Continues the mirrored side by a power law. */
      function proceed(count: number): boolean {
        const start = energies.findIndex((e) => e >= 0);
        const half = count >> 1;
        const xs = tail.slice(half, count);
        const ys = into.slice(start + half, start + count);
        const origin = Math.sqrt(xs[0] * xs[xs.length - 1]);
        const law = xs.length < 4 ? undefined : twoAreas(xs, ys, step, origin);
        if (law === undefined || !(law[1] > 0)) return false;
        for (let c = start + count; c < channels; c++) into[c] = law[0] * (energies[c] / origin) ** -law[1];
        return true;
      }
    },
  };
}

/** The cubic through four channels; NaN beyond them. */
function between(values: Float32Array, place: number): number {
  const i = Math.floor(place + 1e-9);
  const t = place - i;
  if (Math.abs(t) < 1e-6) return values[i] ?? Number.NaN;
  const [a, b, c, d] = cubicWeights(t);
  return a * values[i - 1] + b * values[i] + c * values[i + 1] + d * values[i + 2];
}
