import type { Cube } from "./array-geometry";
import { BLOCK, collectiveLoss } from "./beam-response";
import { removalLoss } from "./detector";
import { type Complex, type Drude, permittivity } from "./dielectric";
import type { ArrayModes } from "./dipole-coupling";
import { fastElectron } from "./electron";
import { smoothRows } from "./gaussian-smooth";
import { localLoss } from "./local-loss";
import type { ArrayOptions } from "./options";
import type { SimulationPace } from "./pace";

const FACE_HOST = 1.2;

/** Loss of every beam position in arbitrary units, and the share of the beam that is left there. */
export interface Loss {
  readonly spectra: Float32Array;
  readonly transmitted: Float32Array;
}

/** The loss spectra of all beam positions, rows of y slowest: weights of the modes times their responses. */
export async function lossSpectra(
  cubes: readonly Cube[],
  modes: ArrayModes,
  settings: ArrayOptions,
  metal: Drude,
  energies: Float64Array,
  xs: Float64Array,
  ys: Float64Array,
  pace: SimulationPace,
): Promise<Loss> {
  const channels = energies.length;
  const electron = fastElectron(settings.beamEnergy);
  const lowest = 1e-3; // eV: nothing is lost at and below 0, where Drude's formula ends
  const eps = Array.from(energies, (energy): Complex => permittivity(metal, Math.max(energy, lowest)));
  const host = settings.hostPermittivity;
  const far = collectiveLoss(cubes, modes, electron, { energies, eps, host });
  const near = localLoss(cubes, electron, eps, {
    faces: settings.faceStrength,
    bulk: settings.bulkStrength,
    faceHost: FACE_HOST,
  });

  // The detector acts on the few responses instead of on every spectrum: both are linear.
  const raw = new Float64Array(far.responses.length + near.responses.length);
  raw.set(far.responses);
  raw.set(near.responses, far.responses.length);
  energies.forEach((energy, k) => {
    if (energy < lowest) for (let at = k; at < raw.length; at += channels) raw[at] = 0;
  });
  const sigma = settings.energyResolution / 2.3548 / (energies[1] - energies[0]);
  const responses = smoothRows(raw, channels, sigma);
  const left = energies.map((energy) => removalLoss(energy, settings.zeroLoss));
  for (let at = 0; at < responses.length; at++) responses[at] *= left[at % channels];

  const terms = far.terms + near.terms;
  const pixels = xs.length * ys.length;
  const spectra = new Float32Array(pixels * channels);
  const transmitted = new Float32Array(pixels);
  const weights = new Float64Array(BLOCK * terms);
  const row = new Float64Array(channels);
  for (let first = 0; first < pixels; first += BLOCK) {
    const block = Array.from({ length: Math.min(BLOCK, pixels - first) }, (_, i) => first + i);
    const x = block.map((p) => xs[p % xs.length]);
    const y = block.map((p) => ys[Math.floor(p / xs.length)]);
    weights.fill(0);
    far.addWeights(x, y, weights, terms);
    block.forEach((pixel, i) => {
      const thickness = near.addWeights(x[i], y[i], weights, i * terms + far.terms);
      transmitted[pixel] = Math.exp((-settings.absorption * thickness) / settings.side);
      combine(weights.subarray(i * terms, (i + 1) * terms), responses, row);
      for (let k = 0; k < channels; k++) spectra[pixel * channels + k] = transmitted[pixel] * row[k];
    });
    await pace.step(0.2 + (0.65 * first) / pixels);
  }
  return { spectra, transmitted };
}

/** row = weights . table */
function combine(weights: Float64Array, table: Float64Array, row: Float64Array): void {
  row.fill(0);
  for (let term = 0; term < weights.length; term++) {
    const weight = weights[term];
    if (weight === 0) continue;
    for (let k = 0, at = term * row.length; k < row.length; k++, at++) row[k] += weight * table[at];
  }
}
