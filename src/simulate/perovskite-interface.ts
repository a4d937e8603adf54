import { checkMemory, createRandom, type Random } from "../core";
import { optionsObject } from "../core/check-option";
import type { LongWorkOptions } from "../core/pace";
import { addHistory, axis, axisValues, type Image, image, type SpectrumImage, spectrumImage } from "../data";
import { EDGE_ENERGIES, type EdgeName, edgeShape } from "./core-loss-edges";
import { type SimulationPace, simulationPace } from "./pace";
import { type AtomicColumn, perovskiteColumns } from "./perovskite-columns";
import { checkSettings, type NumberLimits } from "./settings";

/** Options of {@link perovskiteInterface}; energies in eV, lengths in nm. */
export interface PerovskiteInterfaceOptions extends LongWorkOptions {
  /** Same seed, same crystal and same noise. Default 1. */
  readonly seed?: number;
  /** Scan size. Default 64 x 64. */
  readonly rows?: number;
  readonly columns?: number;
  /** Size of a scan pixel, nm. Default 0.05. */
  readonly pixelSize?: number;
  /** Number of energies. Default 1024. */
  readonly channels?: number;
  /** Energy of the first channel and width of a channel, eV. Defaults 350 and 0.5. */
  readonly firstEnergy?: number;
  readonly channelWidth?: number;
  /** Energy of the beam, keV. Default 100. */
  readonly beamEnergy?: number;
  /** Where the interface lies, as a share of the height. Default 0.52. */
  readonly interface?: number;
  /** Half width of the mixed zone, in cells of 0.39 nm. Default 0.6. */
  readonly mixing?: number;
  /** Turn of the lattice against the scan, degrees. Default 2. */
  readonly tilt?: number;
  /** Electrons per channel at 350 eV. Default 1200. */
  readonly counts?: number;
  /** Exponent of the background E^-r. Default 3. */
  readonly power?: number;
  /** "none" for the expected counts themselves. Default "counts". */
  readonly noise?: "counts" | "none";
  /** Called about 20 times a second with the fraction done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** What the simulation knows and a measurement does not. */
export interface PerovskiteInterfaceTruth {
  /**
   * Where each signal comes from, its largest value 1: Ti L, La M, and O K of the titanate and of the gallate, which
   * together are 1 at most.
   */
  readonly maps: Readonly<Record<EdgeName, Image>>;
  /** The shape of each edge on the energy axis, counts where its map is 1 and nothing is absorbed. */
  readonly shapes: Readonly<Record<EdgeName, Float64Array>>;
  /** Expected counts of the background alone, and of everything. */
  readonly background: SpectrumImage;
  readonly spectra: SpectrumImage;
  readonly columns: readonly AtomicColumn[];
  /** Standard deviation of the signal around a column, nm. */
  readonly delocalisation: Readonly<Record<EdgeName, number>>;
}

/** A simulated core-loss scan of an interface, and what is behind it. */
export interface PerovskiteInterface {
  /** HAADF, its largest value 1 before noise. */
  readonly image: Image;
  readonly spectra: SpectrumImage;
  readonly truth: PerovskiteInterfaceTruth;
}

const CELL = 0.3905; // nm, SrTiO3
const PROBE = 0.045; // nm, standard deviation
const RESOLUTION = 1.1; // eV, full width at half maximum
const REST_ENERGY = 510998.95; // eV
const HBAR_C = 197.32698; // eV nm
/** Height of each edge over the background at 350 eV: jumps of a thin foil. */
const HEIGHTS: Readonly<Record<EdgeName, number>> = {
  titanium: 0.4,
  oxygenTitanate: 0.2,
  oxygenGallate: 0.2,
  lanthanum: 0.13,
};
const EDGE_NAMES = Object.keys(HEIGHTS) as EdgeName[]; // the keys of the record
const CHARGE = { Sr: 38, Ti: 22, La: 57, Ga: 31, O: 8 };

/**
 * Core-loss spectra (Ti L, O K, La M on a power law) and HAADF image of an SrTiO3 - LaGaO3 interface, atom column by atom
 * column: a stand-in for the oxide heterostructure of K. M. Roccapriore et al., "Discovering invariant spatial features in
 * electron energy loss spectroscopy images on the mesoscopic and atomic levels".
 *
 * Delocalisation: half of an inelastic signal lies within 0.5 lambda / theta_E^(3/4), with the wavelength lambda of the
 * electron and theta_E = E / (gamma m v^2) (R. F. Egerton, "Electron Energy-Loss Spectroscopy in the Electron Microscope",
 * 3rd ed., Springer 2011, section 3.11, doi:10.1007/978-1-4419-9583-4), folded with the probe. HAADF: Z^1.7 of each atom.
 * The noise is that of counting.
 *
 * Phenomenological: heights and widths of the lines (`core-loss-edges.ts`), a third of each signal spread over 0.25 nm
 * (channelling), elastic scattering out of the aperture over heavy columns, the mixed zone.
 *
 * @throws OptionError for an option out of range; MemoryError; CancelledError when stopped
 * @example
 * const { image, spectra, truth } = await simulate.perovskiteInterface({ seed: 2, rows: 32, columns: 32 });
 * const edge = await removeBackground(spectra, { window: [400, 450] });
 */
export async function perovskiteInterface(options: PerovskiteInterfaceOptions = {}): Promise<PerovskiteInterface> {
  optionsObject("perovskiteInterface", options);
  const settings = checked(options);
  const { seed, rows, columns, channels, counts, pixelSize, noise } = settings;
  const pixels = rows * columns;
  checkMemory(
    4 * 3 * pixels * channels,
    `three spectrum images ${rows} x ${columns} x ${channels}`,
    "ask for fewer pixels",
  );
  const pace = simulationPace(options);
  const random = createRandom(seed);
  await pace.step(0);
  const [width, height] = [columns * pixelSize, rows * pixelSize];
  const crystal = {
    width,
    height,
    cell: CELL,
    interface: settings.interface,
    mixing: settings.mixing,
    tilt: settings.tilt,
  };
  const atoms = perovskiteColumns(crystal, random.fork("columns"));
  const spread = spreads(settings.beamEnergy);
  const fields = createFields(rows, columns, pixelSize);
  const signals = await signalMaps(atoms, fields, spread, pace);
  const { haadf, mass } = await contrast(atoms, fields, pace);
  await pace.step(0.2);

  const energy = axis("energy", channels, { units: "eV", offset: settings.firstEnergy, scale: settings.channelWidth });
  const energies = axisValues(energy);
  const shapes = Object.fromEntries(
    EDGE_NAMES.map((name) => [
      name,
      edgeShape(name, energies, RESOLUTION).map((value) => counts * HEIGHTS[name] * value),
    ]),
  ) as Record<EdgeName, Float64Array>; // one entry for each name
  const decay = energies.map((value) => counts * (value / 350) ** -settings.power);
  const draw = random.fork("noise");
  const [measured, expected, background] = [0, 1, 2].map(() => new Float32Array(pixels * channels));
  for (let p = 0; p < pixels; p++) {
    const absorbed = Math.exp(-0.15 * haadf[p]);
    const behind = absorbed * Math.sqrt(mass[p]);
    for (let c = 0, at = p * channels; c < channels; c++, at++) {
      background[at] = behind * decay[c];
      let value = background[at];
      for (const name of EDGE_NAMES) value += absorbed * signals[name][p] * shapes[name][c];
      expected[at] = value;
      measured[at] = noise === "none" ? value : count(draw, value);
    }
    await pace.step(0.2 + (0.8 * p) / pixels);
  }
  await pace.step(1);
  const scan = {
    y: axis("y", rows, { units: "nm", offset: pixelSize / 2, scale: pixelSize }),
    x: axis("x", columns, { units: "nm", offset: pixelSize / 2, scale: pixelSize }),
  };
  const history = addHistory([], "simulate.perovskiteInterface", { ...settings });
  const source = `simulated SrTiO3 - LaGaO3 interface, seed ${seed}`;
  const cube = (data: Float32Array) =>
    spectrumImage(data, [rows, columns, channels], {
      axes: { ...scan, energy },
      metadata: { source, signal: "EELS", quantity: "Counts" },
      history,
    });
  const map = (data: Float64Array, quantity: string) =>
    image(Float32Array.from(data), [rows, columns], {
      axes: scan,
      metadata: { source, signal: quantity, quantity },
      history,
    });
  const grain = random.fork("image");
  return Object.freeze({
    image: map(noise === "none" ? haadf : haadf.map((value) => Math.max(0, value + grain.normal(0, 0.02))), "HAADF"),
    spectra: cube(measured),
    truth: Object.freeze({
      maps: Object.freeze(
        Object.fromEntries(EDGE_NAMES.map((name) => [name, map(signals[name], TITLES[name])])) as Record<
          EdgeName,
          Image
        >, // one entry for each name
      ),
      shapes: Object.freeze(shapes),
      background: cube(background),
      spectra: cube(expected),
      columns: Object.freeze(atoms),
      delocalisation: spread,
    }),
  });
}

/** A rounded normal above this mean is as good as a Poisson count, and much quicker. */
const MANY_COUNTS = 50;

function count(random: Random, mean: number): number {
  if (mean <= MANY_COUNTS) return random.poisson(mean);
  return Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean))));
}

const TITLES: Readonly<Record<EdgeName, string>> = {
  titanium: "Ti L",
  oxygenTitanate: "O K of the titanate",
  oxygenGallate: "O K of the gallate",
  lanthanum: "La M",
};

/** Standard deviation of each signal around a column, nm. */
function spreads(beamEnergy: number): Readonly<Record<EdgeName, number>> {
  const energy = 1000 * beamEnergy;
  const gamma = 1 + energy / REST_ENERGY;
  const beta2 = 1 - 1 / gamma ** 2;
  const wavelength = (2 * Math.PI * HBAR_C) / Math.sqrt(energy ** 2 + 2 * energy * REST_ENERGY);
  const spread = (name: EdgeName) => {
    const angle = EDGE_ENERGIES[name] / (gamma * REST_ENERGY * beta2);
    return Math.hypot(PROBE, (0.5 * wavelength) / angle ** 0.75 / 2.355);
  };
  return Object.freeze(Object.fromEntries(EDGE_NAMES.map((name) => [name, spread(name)])) as Record<EdgeName, number>); // one entry for each name
}

/** Adds Gaussians to maps of the field of view. */
interface Fields {
  readonly pixels: number;
  add(map: Float64Array, { x, y }: AtomicColumn, weight: number, deviation: number): void;
}

function createFields(rows: number, columns: number, pixelSize: number): Fields {
  const profile = (count: number, centre: number, deviation: number) =>
    Float64Array.from({ length: count }, (_, i) =>
      Math.exp(-0.5 * (((i + 0.5) * pixelSize - centre) / deviation) ** 2),
    );
  return {
    pixels: rows * columns,
    add: (map, { x, y }, weight, deviation) => {
      const along = profile(columns, x, deviation);
      const down = profile(rows, y, deviation);
      for (let r = 0; r < rows; r++) {
        if (down[r] < 1e-9) continue;
        for (let c = 0; c < columns; c++) map[r * columns + c] += weight * down[r] * along[c];
      }
    },
  };
}

/** Width of the third of the signal that channelling spreads, and the width whose integral all have. */
const SPREAD = 0.25;
const SAME = 0.1;

async function signalMaps(
  atoms: readonly AtomicColumn[],
  fields: Fields,
  spread: Readonly<Record<EdgeName, number>>,
  pace: SimulationPace,
): Promise<Record<EdgeName, Float64Array>> {
  const maps = Object.fromEntries(EDGE_NAMES.map((name) => [name, new Float64Array(fields.pixels)])) as Record<
    EdgeName,
    Float64Array
  >; // one entry for each name
  const add = (name: EdgeName, atom: AtomicColumn, weight: number) => {
    fields.add(maps[name], atom, 0.65 * weight * (SAME / spread[name]) ** 2, spread[name]);
    fields.add(maps[name], atom, 0.35 * weight * (SAME / SPREAD) ** 2, SPREAD);
  };
  for (const [i, atom] of atoms.entries()) {
    await pace.step((0.15 * i) / atoms.length);
    const { site, gallate } = atom;
    if (site === "A") {
      add("lanthanum", atom, gallate);
      continue;
    }
    if (site === "B") add("titanium", atom, 1 - gallate);
    add("oxygenTitanate", atom, 1 - gallate);
    add("oxygenGallate", atom, gallate);
  }
  const oxygen = maps.oxygenTitanate.map((value, i) => value + maps.oxygenGallate[i]);
  const largest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b)) || 1;
  const heights = { titanium: largest(maps.titanium), lanthanum: largest(maps.lanthanum), oxygen: largest(oxygen) };
  for (const name of EDGE_NAMES) {
    const height = name === "titanium" || name === "lanthanum" ? heights[name] : heights.oxygen;
    for (let i = 0; i < fields.pixels; i++) maps[name][i] /= height;
  }
  return maps;
}

/** HAADF image, its largest value 1, and the thickness of matter that the background follows, its mean 1. */
async function contrast(
  atoms: readonly AtomicColumn[],
  fields: Fields,
  pace: SimulationPace,
): Promise<{ haadf: Float64Array; mass: Float64Array }> {
  const haadf = new Float64Array(fields.pixels);
  const mass = new Float64Array(fields.pixels);
  const weigh = (charge: number) => charge ** 1.7;
  for (const [i, atom] of atoms.entries()) {
    await pace.step(0.15 + (0.05 * i) / atoms.length);
    const { site, gallate } = atom;
    const [plain, other, extra] = {
      A: [CHARGE.Sr, CHARGE.La, 0],
      B: [CHARGE.Ti, CHARGE.Ga, CHARGE.O],
      O: [CHARGE.O, CHARGE.O, 0],
    }[site];
    const weight = (1 - gallate) * weigh(plain) + gallate * weigh(other) + weigh(extra);
    fields.add(haadf, atom, weight, 0.055);
    fields.add(haadf, atom, 0.09 * weight, 0.16);
    fields.add(mass, atom, weight, 0.22);
  }
  const largest = haadf.reduce((a, b) => Math.max(a, b)) || 1;
  const mean = mass.reduce((a, b) => a + b, 0) / mass.length || 1;
  return { haadf: haadf.map((value) => value / largest), mass: mass.map((value) => value / mean) };
}

type Settings = Required<Omit<PerovskiteInterfaceOptions, "signal" | "onProgress">>;

const DEFAULTS: Settings = {
  seed: 1,
  rows: 64,
  columns: 64,
  pixelSize: 0.05,
  channels: 1024,
  firstEnergy: 350,
  channelWidth: 0.5,
  beamEnergy: 100,
  interface: 0.52,
  mixing: 0.6,
  tilt: 2,
  counts: 1200,
  power: 3,
  noise: "counts",
};

/** Smallest and largest value of each number. */
const LIMITS: NumberLimits<Settings> = {
  seed: [-(2 ** 31), 2 ** 32 - 1],
  rows: [2, 4096],
  columns: [2, 4096],
  pixelSize: [0.005, 1],
  channels: [2, 65536],
  firstEnergy: [50, 10000],
  channelWidth: [0.001, 10],
  beamEnergy: [20, 1000],
  interface: [-2, 3],
  mixing: [0.001, 100],
  tilt: [-90, 90],
  counts: [1e-3, 1e12],
  power: [1, 8],
};

function checked({ signal: _signal, onProgress: _progress, ...given }: PerovskiteInterfaceOptions): Settings {
  return checkSettings("perovskiteInterface", given, DEFAULTS, {
    limits: LIMITS,
    whole: ["seed", "rows", "columns", "channels"],
    words: { noise: ["counts", "none"] },
  });
}
