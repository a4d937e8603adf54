import FFT from "fft.js";
import type { Random } from "../core";
import type { LongWorkOptions } from "../core/pace";
import { type Axis, axis, axisValues } from "../data";
import type { LowLossSettings } from "./low-loss";
import { nanoparticleArray } from "./nanoparticle-array";

/** The parts of one spectrum without noise and drift, [channels]; the zero-loss peak sums to 1. */
export interface SpectrumParts {
  readonly zeroLoss: Float64Array;
  readonly loss: Float64Array;
  readonly single?: Float64Array;
  /** All of it on the whole circle of channels, of which the others are the recorded part. */
  readonly whole: Float64Array;
}

/** The spectra of a scan without noise. */
export interface LowLossShapes {
  readonly energy: Axis;
  /** Full width at half maximum of the Gaussian in the zero-loss peak, eV. */
  readonly width: number;
  /** [pixels], in mean free paths; where there is a foil. */
  readonly thickness?: Float64Array;
  at(pixel: number): SpectrumParts;
  /** The sum of the parts with the peak at an energy, cut from a longer axis so that nothing wraps around. */
  shifted(parts: SpectrumParts, position: number): Float64Array;
}

/** Number of energies. */
export const CHANNELS = 512;

/** Energies of the two presets: a channel lies at exactly 0. */
const PRESETS = {
  eV: { step: 0.1, before: 50, width: 0.8 },
  meV: { step: 0.004, before: 75, width: 0.03 },
};

/** What the low-loss simulation is made of. */
export async function lowLossShapes(
  settings: LowLossSettings,
  random: Random,
  options: LongWorkOptions & { readonly onProgress: (fraction: number) => void },
): Promise<LowLossShapes> {
  const { step, before, width } = PRESETS[settings.scale];
  const energy = axis("energy", CHANNELS, { units: "eV", offset: -before * step, scale: step });
  const size = 4 * CHANNELS;
  const start = CHANNELS + before;
  // The whole circle of channels, zero at `start`; `part` is the axis that is recorded.
  const circle = Float64Array.from({ length: size }, (_, i) => (i - start) * step);
  const part = (values: Float64Array) => values.slice(CHANNELS, 2 * CHANNELS);
  const peak = circle.map((e) => zeroLossPeak(e, width));
  const sum = peak.reduce((a, b) => a + b);
  const zeroLoss = peak.map((v) => v / sum);
  const made = (loss: Float64Array, single?: Float64Array): SpectrumParts => ({
    zeroLoss: part(zeroLoss),
    loss: part(loss),
    ...(single ? { single: part(single) } : {}),
    whole: loss.map((value, i) => value + zeroLoss[i]),
  });
  const fourier = transforms(size);
  const shifted = (parts: SpectrumParts, position: number) => part(fourier.shift(parts.whole, position / step));
  if (settings.scale === "eV")
    return { energy, width, shifted, ...foil(settings, random, circle, zeroLoss, fourier, made) };

  const ends = axisValues(energy);
  const { rows, columns, seed, lossHeight } = settings;
  const film = await nanoparticleArray({
    ...{ rows, columns, seed, channels: CHANNELS, energyRange: [ends[0], ends[CHANNELS - 1]] },
    ...{ noise: "none", offset: 0, peak: 1, energyResolution: width },
    zeroLoss: Number.MIN_VALUE, // no peak to speak of, but no trace of its removal either
    ...{ signal: options.signal, onProgress: options.onProgress },
  });
  const data = film.truth.spectra.data;
  const height = lossHeight * zeroLoss.reduce((a, b) => Math.max(a, b));
  const at = (pixel: number) => {
    const loss = new Float64Array(size);
    // Beyond the recorded axis the loss goes on as it ends.
    for (let i = 0; i < size; i++) {
      const c = Math.min(CHANNELS - 1, i - CHANNELS);
      loss[i] = circle[i] <= 0 || i >= 2.5 * CHANNELS ? 0 : height * Math.max(0, data[pixel * CHANNELS + c]);
    }
    return made(loss);
  };
  return { energy, width, at, shifted };
}

/** Gaussian, Lorentzian and hyperbolic-secant tails, which are a quarter stronger on the loss side. */
function zeroLossPeak(energy: number, width: number): number {
  const x = energy / width;
  const tails = 0.02 / (1 + (2 * x) ** 2) + 0.03 / Math.cosh(x / 1.2);
  const side = 1 + 0.125 * Math.tanh(x);
  return 0.95 * Math.exp(-4 * Math.LN2 * x * x) + tails * side;
}

/** The plasmon of a foil: thicker towards one corner, its plasma energy a little higher in a round inclusion. */
function foil(
  { rows, columns }: LowLossSettings,
  random: Random,
  circle: Float64Array,
  zeroLoss: Float64Array,
  fourier: ReturnType<typeof transforms>,
  made: (loss: Float64Array, single?: Float64Array) => SpectrumParts,
): Pick<LowLossShapes, "thickness" | "at"> {
  const centre = [random.between(0.35, 0.65), random.between(0.35, 0.65)];
  const place = (p: number) => [Math.floor(p / columns) / (rows - 1), (p % columns) / (columns - 1)];
  const thickness = Float64Array.from({ length: rows * columns }, (_, p) => {
    const [y, x] = place(p);
    return 0.2 + 0.5 * x + 0.3 * y * y;
  });
  const at = (pixel: number) => {
    const [y, x] = place(pixel);
    const inside = 1 / (1 + Math.exp((Math.hypot(y - centre[0], x - centre[1]) - 0.22) / 0.02));
    const plasma = 16.5 + 1.2 * inside;
    const shape = circle.map((e) => (e > 0 ? drudeLoss(e, plasma, 3.5) : 0));
    const sum = shape.reduce((a, b) => a + b);
    const distribution = shape.map((v) => (v * thickness[pixel]) / sum);
    const { single, plural } = fourier.scatter(
      zeroLoss,
      distribution,
      circle.findIndex((e) => e >= 0),
    );
    return made(
      plural.map((v, i) => v - zeroLoss[i]),
      single,
    );
  };
  return { thickness, at };
}

/** Im(-1 / epsilon) of free electrons. */
function drudeLoss(energy: number, plasma: number, damping: number): number {
  return (energy * damping * plasma ** 2) / ((energy ** 2 - plasma ** 2) ** 2 + (energy * damping) ** 2);
}

/** Fourier transforms on the circle of channels. */
function transforms(size: number) {
  const fft = new FFT(size);
  const forward = (values: Float64Array): Float64Array => {
    const out = new Float64Array(2 * size);
    fft.realTransform(out, values);
    fft.completeSpectrum(out);
    return out;
  };
  const inverse = (spectrum: Float64Array): Float64Array => {
    const out = new Float64Array(2 * size);
    fft.inverseTransform(out, spectrum);
    return Float64Array.from({ length: size }, (_, i) => out[2 * i]);
  };
  const each = (work: (k: number) => readonly [number, number]): Float64Array => {
    const out = new Float64Array(2 * size);
    for (let k = 0; k < size; k++) out.set(work(k), 2 * k);
    return out;
  };
  return {
    /** The values moved by parts of a channel, to later ones. */
    shift: (values: Float64Array, channels: number): Float64Array => {
      const f = forward(values);
      return inverse(
        each((k) => {
          const angle = (-2 * Math.PI * (k <= size / 2 ? k : k - size) * channels) / size;
          const [c, s] = [Math.cos(angle), k === size / 2 ? 0 : Math.sin(angle)];
          return [f[2 * k] * c - f[2 * k + 1] * s, f[2 * k] * s + f[2 * k + 1] * c];
        }),
      );
    },
    /** Z s and Z exp(s): losses of those scattered once, and of all, for a zero-loss peak that keeps its height. */
    scatter: (zeroLoss: Float64Array, distribution: Float64Array, origin: number) => {
      const z = forward(zeroLoss);
      // Zero energy at channel 0, or each scattering would move the spectrum on by the origin.
      const s = forward(Float64Array.from(distribution, (_, i) => distribution[(i + origin) % size]));
      const times = (k: number, re: number, im: number) =>
        [z[2 * k] * re - z[2 * k + 1] * im, z[2 * k] * im + z[2 * k + 1] * re] as const;
      const single = inverse(each((k) => times(k, s[2 * k], s[2 * k + 1])));
      const plural = inverse(
        each((k) => {
          const r = Math.exp(s[2 * k]);
          return times(k, r * Math.cos(s[2 * k + 1]), r * Math.sin(s[2 * k + 1]));
        }),
      );
      return { single, plural };
    },
  };
}
