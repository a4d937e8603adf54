import { checkMemory, createRandom } from "../core";
import { optionsObject } from "../core/check-option";
import { addHistory, axis, axisValues, type Image, image, type SpectrumImage, spectrumImage } from "../data";
import { modeEnergy } from "./dielectric";
import { smoothImage } from "./gaussian-smooth";
import { drudeMetal, wireLoss } from "./nanowire-loss";
import { coupledModes, wireAxis } from "./nanowire-modes";
import { type NanowireSettings, type NanowiresOptions, nanowireSettings } from "./nanowire-options";
import { simulationPace } from "./pace";

/** One plasmon mode of the simulated wires. */
export interface NanowireMode {
  /** Where it resonates without damping, eV. */
  readonly energy: number;
  /** The wire that carries most of it (its place in `wires`), and how many half waves it has there. */
  readonly wire: number;
  readonly order: number;
  /** How much of it that standing wave is, 0..1; the rest is in others that the wires' fields mix in. */
  readonly share: number;
  /** How strongly the beam excites it at its energy, before absorption; its largest value 1. */
  readonly map: Image;
}

/** What the simulation knows and a measurement does not. */
export interface NanowiresTruth {
  /** Modes, lowest energy first. */
  readonly modes: readonly NanowireMode[];
  /** Energy of the surface plasmons around the wires and of the bulk plasmon, eV. */
  readonly surfaceEnergy: number;
  readonly bulkEnergy: number;
  /** Thickness of wire under the beam, nm. */
  readonly thickness: Image;
  /** Spectra before noise. */
  readonly spectra: SpectrumImage;
}

/** A simulated low-loss scan of nanowires, and what is behind it. */
export interface Nanowires {
  /** HAADF, 0..1. */
  readonly image: Image;
  readonly spectra: SpectrumImage;
  readonly truth: NanowiresTruth;
}

/**
 * Low-loss spectra and HAADF image of semiconductor nanowires: plasmons as standing waves along each wire, higher modes at
 * higher energies and closer to the wire, and the wires' coupling. A stand-in for the pair of nanowires of
 * K. M. Roccapriore et al., "Discovering invariant spatial features in electron energy loss spectroscopy images on the
 * mesoscopic and atomic levels".
 *
 * Mode energies: dispersion of the charge waves of a cylinder, depolarisation factor x I1(x) K0(x) at x = k radius
 * (C. A. Pfeiffer, E. N. Economou, K. L. Ngai, Phys. Rev. B 10, 3038 (1974), doi:10.1103/PhysRevB.10.3038), with
 * k = n pi / (length + radius). Loss: sum over modes of the square of the potential of the mode's charges along the
 * electron's path, 2 K0(E r / hbar v gamma) for a point charge, times the mode's response (G. Boudarham and M. Kociak,
 * Phys. Rev. B 85, 245447 (2012), doi:10.1103/PhysRevB.85.245447). The noise is that of counting.
 *
 * Phenomenological: the effective permittivities, which spread the modes over the published range; the light line, added
 * to the dispersion as 1/E^2 = 1/E0^2 + 1/(hbar c k)^2; charge on the axis at the surface's distance; surface and bulk plasmons'
 * strength; absorption; the rest of the zero-loss peak.
 *
 * @throws OptionError for an option out of range; MemoryError; CancelledError when stopped
 * @example
 * const { image, spectra, truth } = await simulate.nanowires({ seed: 1 });
 * truth.modes.map(({ energy, wire, order }) => `${energy.toFixed(2)} eV: wire ${wire + 1}, ${order} half waves`)
 */
export async function nanowires(options: NanowiresOptions = {}): Promise<Nanowires> {
  optionsObject("nanowires", options);
  const settings = nanowireSettings(options);
  const { seed, rows, columns, channels, pixelSize, noise, counts, energyRange } = settings;
  const pixels = rows * columns;
  checkMemory(16 * pixels * channels, `spectra ${rows} x ${columns} x ${channels}`, "ask for fewer pixels");
  const pace = simulationPace(options);
  const random = createRandom(seed);
  const [first, last] = energyRange;
  const energy = axis("energy", channels, { units: "eV", offset: first, scale: (last - first) / (channels - 1) });
  const axes = settings.wires.map((wire) => wireAxis(wire, settings.radius));
  const modes = await coupledModes(axes, settings, pace);
  const loss = await wireLoss(axes, modes, settings, axisValues(energy), pace);

  const draw = random.fork("noise");
  const clean = new Float32Array(pixels * channels);
  const measured = new Float32Array(pixels * channels);
  for (let p = 0, at = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c++, at++) {
      clean[at] = loss.spectra[at];
      measured[at] = noise === "none" ? clean[at] : draw.poisson(Math.max(0, clean[at]) * counts) / counts;
    }
    await pace.step(0.8 + (0.2 * p) / pixels);
  }
  await pace.step(1);

  const scan = {
    y: axis("y", rows, { units: "nm", offset: pixelSize / 2, scale: pixelSize }),
    x: axis("x", columns, { units: "nm", offset: pixelSize / 2, scale: pixelSize }),
  };
  const history = addHistory([], "simulate.nanowires", { ...settings });
  const source = `simulated nanowires, seed ${seed}`;
  const map = (data: Float64Array, quantity: string) =>
    image(Float32Array.from(data), [rows, columns], {
      axes: scan,
      metadata: { source, signal: quantity, quantity },
      history,
    });
  const cube = (data: Float32Array) =>
    spectrumImage(data, [rows, columns, channels], {
      axes: { ...scan, energy },
      metadata: { source, signal: "EELS", quantity: "Intensity (arb. units)" },
      history,
    });
  const metal = drudeMetal(settings);
  const { waves, weights, depolarisation } = modes;
  return Object.freeze({
    image: map(haadf(loss.thickness, settings), "HAADF"),
    spectra: cube(measured),
    truth: Object.freeze({
      modes: Object.freeze(
        loss.maps.map((data, m) => {
          const shares = waves.map((_, w) => weights[m * waves.length + w] ** 2);
          const main = shares.indexOf(Math.max(...shares));
          const { wire, order } = waves[main];
          const at = modeEnergy(metal, settings.hostPermittivity, depolarisation[m]);
          const title = `mode at ${at.toFixed(2)} eV`;
          return Object.freeze({ energy: at, wire, order, share: shares[main], map: map(data, title) });
        }),
      ),
      surfaceEnergy: metal.plasma / Math.sqrt(metal.highFrequency + settings.hostPermittivity),
      bulkEnergy: settings.bulkEnergy,
      thickness: map(loss.thickness, "Thickness (nm)"),
      spectra: cube(clean),
    }),
  });
}

const HAADF_BLUR = 0.6; // pixels
const HAADF_NOISE = 0.015;

function haadf(thickness: Float64Array, { seed, columns, radius, noise }: NanowireSettings): Float64Array {
  const grain = createRandom(seed).fork("image");
  const relative = thickness.map((t) => t / (2 * radius));
  return smoothImage(relative, columns, HAADF_BLUR).map((value) => {
    const clean = 0.04 + 0.9 * value;
    return Math.min(1, Math.max(0, noise === "none" ? clean : clean + grain.normal(0, HAADF_NOISE)));
  });
}
