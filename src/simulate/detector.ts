import type { Random } from "../core";
import { type Cube, outline } from "./array-geometry";
import { smoothImage } from "./gaussian-smooth";
import { softInside } from "./local-loss";
import type { Loss } from "./loss-spectra";
import type { ArrayOptions } from "./options";
import type { SimulationPace } from "./pace";

/** The q-quantile of a list, by the nearest rank. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.round(q * (sorted.length - 1)))];
}

/**
 * Share of the signal that is left at an energy after the zero-loss peak was fitted and taken away: such a fit takes
 * some of the lowest energies with it (phenomenological). 1 everywhere where the peak is kept.
 */
export function removalLoss(energy: number, zeroLoss: number): number {
  return zeroLoss > 0 ? 1 : Math.max(0, 1 - 0.7 * Math.exp(-(energy - 0.2) / 0.06));
}

/**
 * The zero-loss peak with its tail and the phonons of a silicon nitride support near 0.11 eV, in units of the tail at
 * 0.2 eV. Phenomenological: two exponentials and a Gaussian.
 */
export function zeroLossShape(energy: number): number {
  const above = Math.abs(energy) - 0.2;
  const phonons = 0.5 * Math.exp(-0.5 * ((energy - 0.11) / 0.045) ** 2);
  return 0.85 * Math.exp(-above / 0.035) + 0.15 * Math.exp(-above / 0.15) + phonons;
}

const PUBLISHED_CHANNEL = 0.000623; // eV, in which the noise of the published data is stated
const MANY_COUNTS = 50; // above it a rounded normal is as good as a Poisson count

/** Returns a function that adds the stated noise to one value of a spectrum. */
export function spectrumNoise(options: ArrayOptions, step: number, random: Random): (value: number) => number {
  if (options.noise === "none") return (value) => value;
  if (options.noise === "gaussian") {
    const deviation = options.noiseDeviation / Math.sqrt(step / PUBLISHED_CHANNEL);
    return (value) => value + random.normal(0, deviation);
  }
  const { counts, readout } = options;
  return (value) => {
    const mean = value * counts;
    const counted =
      mean > MANY_COUNTS ? Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean)))) : random.poisson(mean);
    return (counted + random.normal(0, readout)) / counts;
  };
}

/** Scales the loss to the stated peak, adds offset and zero-loss peak, then noise. */
export async function detect(
  loss: Loss,
  settings: ArrayOptions,
  energies: Float64Array,
  random: Random,
  pace: SimulationPace,
): Promise<{ clean: Float32Array; noisy: Float32Array }> {
  const channels = energies.length;
  const maxima = loss.transmitted.map((_, p) =>
    loss.spectra.subarray(p * channels, (p + 1) * channels).reduce((a, b) => Math.max(a, b)),
  );
  const scale = settings.peak / Math.max(quantile(maxima, 0.999), 1e-12);
  const zeroLoss = energies.map((energy) => settings.zeroLoss * zeroLossShape(energy));
  const addNoise = spectrumNoise(settings, energies[1] - energies[0], random);
  const clean = new Float32Array(loss.spectra.length);
  const noisy = new Float32Array(loss.spectra.length);
  for (let p = 0; p < loss.transmitted.length; p++) {
    for (let k = 0, at = p * channels; k < channels; k++, at++) {
      clean[at] = loss.spectra[at] * scale + settings.offset + zeroLoss[k] * loss.transmitted[p];
      noisy[at] = addNoise(clean[at]);
    }
    await pace.step(0.85 + (0.1 * p) / loss.transmitted.length);
  }
  return { clean, noisy };
}

const HAADF_BLUR = 0.45; // pixels
const HAADF_NOISE = 0.012;
const TILT_CONTRAST = 0.16; // cubes away from a zone axis look darker

/**
 * The annular dark-field image: thickness under the beam, times a brightness of each cube for its orientation
 * (phenomenological), blurred, scaled to 0..1. Noise, if there is any, is a Gaussian deviation of 0.012.
 */
export async function haadf(
  cubes: readonly Cube[],
  xs: Float64Array,
  ys: Float64Array,
  { side, noise }: ArrayOptions,
  random: Random,
  pace: SimulationPace,
): Promise<Float32Array> {
  const brightness = cubes.map(() => Math.max(0.5, 1 - TILT_CONTRAST * Math.abs(random.normal())));
  const outlines = cubes.map(outline);
  const thickness = new Float64Array(xs.length * ys.length);
  for (const [row, y] of ys.entries()) {
    await pace.step(0.95 + (0.02 * row) / ys.length);
    xs.forEach((x, column) => {
      let seen = 0;
      cubes.forEach((cube, i) => {
        seen = Math.max(seen, (softInside(outlines[i](x, y)) * cube.thickness * brightness[i]) / side);
      });
      thickness[row * xs.length + column] = seen;
    });
  }
  const blurred = smoothImage(thickness, xs.length, HAADF_BLUR);
  const bright = Math.max(quantile(blurred, 0.995), 1e-6);
  return Float32Array.from(blurred, (value) => {
    const clean = 0.03 + (0.95 * value) / bright;
    return Math.min(1, Math.max(0, noise === "none" ? clean : clean + random.normal(0, HAADF_NOISE)));
  });
}
