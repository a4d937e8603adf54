import { checkMemory, createRandom, type Random, SpecbookError } from "../core";
import { optionsObject } from "../core/check-option";
import { addHistory, axis, axisValues, type Image, image, type SpectrumImage, spectrumImage } from "../data";
import { arrayGeometry, type Cube } from "./array-geometry";
import { detect, haadf } from "./detector";
import { type Drude, modeEnergy } from "./dielectric";
import { type ArrayModes, arrayModes } from "./dipole-coupling";
import { lossSpectra } from "./loss-spectra";
import { type ArrayOptions, arrayOptions, type NanoparticleArrayOptions } from "./options";
import { type SimulationPace, simulationPace } from "./pace";
import { type RegionMasks, regionsOf } from "./regions";

/** What the simulation knows and a measurement does not. */
export interface NanoparticleArrayTruth {
  /** The cubes of the film, some of them beyond the field of view. */
  readonly cubes: readonly Cube[];
  /** The cubes that are missing in the hole. */
  readonly missing: readonly Cube[];
  /** Which region each scan pixel is in, [rows x columns]. */
  readonly regions: RegionMasks;
  /** Distance from each pixel to the nearest cube, nm, negative inside, [rows x columns]. */
  readonly distance: Float32Array;
  /** The spectra without noise. */
  readonly spectra: SpectrumImage;
  /** Energies of the collective dipole modes, eV, ascending: polarised in the film's plane and along the beam. */
  readonly modeEnergies: { readonly inPlane: Float64Array; readonly alongBeam: Float64Array };
}

/** A simulated scan: HAADF image, spectra, and what is behind them. */
export interface NanoparticleArray {
  readonly image: Image;
  readonly spectra: SpectrumImage;
  readonly truth: NanoparticleArrayTruth;
}

const PADDING = 70; // nm; the collective field is not converged with it, so it stays the same for every film
const SOFTENING = 0.114;
/** Of the energy of the bulk plasmon: near the collective peak, where doping scatter is turned into a shift of the modes. */
const REFERENCE_ENERGY = 0.5;
const MOST_CUBES = 1500;

/**
 * A scan over a disordered film of doped indium oxide nanocubes with a hole and an edge: a stand-in for the data of
 * K. M. Roccapriore et al., "Predictability of localized plasmonic responses in nanoparticle assemblies", Small 17,
 * 2100181 (2021), doi:10.1002/smll.202100181. Takes about 3 s at the default size.
 *
 * Physics: free electrons of Drude type in the cubes; each cube answers with one bright dipole mode (of the cube modes of
 * R. Fuchs, Phys. Rev. B 11, 1732 (1975), doi:10.1103/PhysRevB.11.1732, two lumped), the dipoles see each other without
 * retardation, and a fast electron loses energy to the collective modes far beyond the film, to multipoles at the faces
 * it passes, and to the bulk plasmon it crosses (F. J. Garcia de Abajo, Rev. Mod. Phys. 82, 209 (2010),
 * doi:10.1103/RevModPhys.82.209). So the spectra have features near 0.45 to 0.5, 0.75 and 0.9 eV, the last one only on
 * particles.
 *
 * Phenomenological, chosen to look like the data: the disorder, `faceStrength`, `bulkStrength`, what `absorption` takes
 * from the beam (it makes particles dark in the spectra), the lowest energies lost with the zero-loss peak, the zero-loss
 * tail, the contrast of the HAADF image, the scaling by `peak` and `offset`. Over twelve seeds the correlation of HAADF
 * and mean signal, the variance ratios of the first components and the peak energies in the four regions come near those
 * of the published data; the signal just beyond the edge is a third too low.
 *
 * @throws OptionError for an option out of range; MemoryError for a scan too large; CancelledError when stopped.
 * @example const { image, spectra, truth } = await nanoparticleArray({ seed: 3 });
 */
export async function nanoparticleArray(options: NanoparticleArrayOptions = {}): Promise<NanoparticleArray> {
  optionsObject("nanoparticleArray", options);
  const settings = arrayOptions(options);
  const pace = simulationPace(options);
  checkSize(settings);
  const { rows, columns, channels, pixelSize, energyRange } = settings;
  const axes = {
    y: axis("y", rows, { units: "nm", offset: pixelSize / 2, scale: pixelSize }),
    x: axis("x", columns, { units: "nm", offset: pixelSize / 2, scale: pixelSize }),
    energy: axis("energy", channels, {
      units: "eV",
      offset: energyRange[0],
      scale: (energyRange[1] - energyRange[0]) / (channels - 1),
    }),
  };
  const xs = axisValues(axes.x);
  const ys = axisValues(axes.y);
  const random = createRandom(settings.seed);
  await pace.step(0);

  const shape = { ...settings, width: columns * pixelSize, height: rows * pixelSize, padding: PADDING };
  const sites = arrayGeometry(shape, random.fork("geometry"));
  const cubes = sites.filter((site) => site.fate === "kept").map((site) => site.cube);
  const metal = drude(settings);
  const modes = await filmModes(cubes, settings, metal, random.fork("doping"), pace);
  const loss = await lossSpectra(cubes, modes, settings, metal, axisValues(axes.energy), xs, ys, pace);
  const measured = await detect(loss, settings, axisValues(axes.energy), random.fork("noise"), pace);

  const history = addHistory([], "simulate.nanoparticleArray", { ...settings });
  const source = `simulated nanoparticle array, seed ${settings.seed}`;
  const metadata = { source, signal: "EELS", quantity: "Loss probability (scaled)" };
  const dark = await haadf(cubes, xs, ys, settings, random.fork("haadf"), pace);
  const { masks, distance } = await regionsOf(sites, xs, ys, pace);
  const asSpectra = (data: Float32Array) => spectrumImage(data, [rows, columns, channels], { axes, metadata, history });
  const energies = (factors: Float64Array) =>
    factors.map((n) => modeEnergy(metal, settings.hostPermittivity, n)).sort();
  await pace.step(1);
  return Object.freeze({
    image: image(dark, [rows, columns], {
      axes: { y: axes.y, x: axes.x },
      metadata: { source, signal: "HAADF" },
      history,
    }),
    spectra: asSpectra(measured.noisy),
    truth: Object.freeze({
      cubes,
      missing: sites.filter((site) => site.fate === "hole").map((site) => site.cube),
      regions: masks,
      distance,
      spectra: asSpectra(measured.clean),
      modeEnergies: { inPlane: energies(modes.inPlane.values), alongBeam: energies(modes.alongBeam.values) },
    }),
  });
}

function drude(settings: ArrayOptions): Drude {
  const { highFrequencyPermittivity: highFrequency, bulkEnergy, damping } = settings;
  return { highFrequency, plasma: bulkEnergy * Math.sqrt(highFrequency), damping };
}

/** Doping scatter moves a cube's plasma energy; near one energy that is the same as moving its depolarisation factor. */
function filmModes(
  cubes: readonly Cube[],
  settings: ArrayOptions,
  metal: Drude,
  random: Random,
  pace: SimulationPace,
): Promise<ArrayModes> {
  const { depolarisation, strength, coupling, dopingSpread, hostPermittivity } = settings;
  const free = metal.plasma ** 2 / (REFERENCE_ENERGY * settings.bulkEnergy) ** 2 / hostPermittivity;
  const contrast = metal.highFrequency / hostPermittivity - free - 1;
  const shift = ((2 * free) / contrast ** 2) * dopingSpread;
  const factors = Float64Array.from(cubes, () => depolarisation + shift * random.normal());
  return arrayModes(cubes, { depolarisation: factors, strength, coupling, softening: SOFTENING }, pace, 0.2);
}

function checkSize(settings: ArrayOptions): void {
  const { rows, columns, channels, pixelSize, side, gap } = settings;
  const bytes = 3 * 4 * rows * columns * channels; // loss, spectra without noise, spectra
  checkMemory(bytes, `a scan of ${rows} x ${columns} x ${channels}`, "ask for fewer rows, columns or channels");
  const area = (columns * pixelSize + 2 * PADDING) * (rows * pixelSize + 2 * PADDING);
  const cubes = Math.round(area / (side + gap) ** 2);
  if (cubes <= MOST_CUBES) return;
  throw new SpecbookError("OptionError", "this film has too many cubes to couple", {
    got: `about ${cubes} cubes in ${rows} x ${columns} pixels of ${pixelSize} nm and the film around them`,
    needed: `at most ${MOST_CUBES} cubes`,
    remedy: "ask for fewer or smaller pixels, or a larger side",
  });
}
