import { SpecbookError } from "../core/errors";

/** Options of {@link nanoparticleArray}; energies in eV, lengths in nm. */
export interface NanoparticleArrayOptions {
  /** Same seed, same film and same noise. Default 1. */
  readonly seed?: number;
  /** Scan size. Default 62 x 75, as published. */
  readonly rows?: number;
  readonly columns?: number;
  /** Size of a scan pixel, nm. Default 1.4. */
  readonly pixelSize?: number;
  /** Number of energies. Default 187; the published data have 1496 in the same range. */
  readonly channels?: number;
  /** First and last energy, eV. Default [0.2, 1.13]. */
  readonly energyRange?: readonly [number, number];
  /** Energy of the beam, keV. Default 60. */
  readonly beamEnergy?: number;

  /** Mean side of a cube, nm. Default 14. */
  readonly side?: number;
  /** Relative scatter of the sides. Default 0.13. */
  readonly sideSpread?: number;
  /** Mean gap between cubes, nm. Default 1. */
  readonly gap?: number;
  /** Scatter of the gaps, nm. Default 0.3. */
  readonly gapSpread?: number;
  /** Whether a few neighbouring cubes are missing. Default true. */
  readonly hole?: boolean;
  /** Where the film ends on the right, as a fraction of the field of view; 2 is beyond it. Default 0.85. */
  readonly edge?: number;

  /** Bulk plasmon, eV. Default 0.9. */
  readonly bulkEnergy?: number;
  /** Permittivity of the cubes far above the plasmon. Default 4 (indium oxide). */
  readonly highFrequencyPermittivity?: number;
  /** Damping of the free electrons, eV. Default 0.135. */
  readonly damping?: number;
  /** Effective permittivity around the cubes. Default 2.4. */
  readonly hostPermittivity?: number;
  /** Depolarisation factor of a lone cube's bright mode, 0..1. Default 0.178, two cube modes lumped. */
  readonly depolarisation?: number;
  /** Share of the polarisability in that mode. Default 0.32. */
  readonly strength?: number;
  /** How strongly cubes see each other: 1 as in nature, 0 not at all. Default 1. */
  readonly coupling?: number;
  /** Relative scatter of the plasma energy from cube to cube. Default 0.03. */
  readonly dopingSpread?: number;
  /** Phenomenological factor on the multipoles at faces, the feature near 0.75 eV. Default 0.6. */
  readonly faceStrength?: number;
  /** Phenomenological factor on the bulk loss, the feature near 0.9 eV. Default 0.5. */
  readonly bulkStrength?: number;
  /** Phenomenological: beam lost to large angles, exp(-absorption thickness / side). Default 1.6. */
  readonly absorption?: number;

  /** Full width at half maximum of the energy resolution, eV. Default 0.04. */
  readonly energyResolution?: number;
  /** Signal of the brightest pixels above `offset`, in the units of the spectra. Default 0.74. */
  readonly peak?: number;
  /** Constant under the spectra: the published ones are scaled to 0..1. Default 0.108. */
  readonly offset?: number;
  /** Height of the zero-loss tail at 0.2 eV in the units of the spectra; 0: removed as in the paper. Default 0. */
  readonly zeroLoss?: number;
  /** "gaussian": the same deviation everywhere; "counts": Poisson counts and read-out noise; "none". Default "gaussian". */
  readonly noise?: "gaussian" | "counts" | "none";
  /** Standard deviation of the Gaussian noise in a channel of 0.62 meV; wider channels average it. Default 0.018. */
  readonly noiseDeviation?: number;
  /** Electrons counted per channel where the signal is 1. Default 6000. */
  readonly counts?: number;
  /** Read-out noise per channel, electrons. Default 10. */
  readonly readout?: number;

  /** Stops the work. Default: the stop button of the running cell. */
  readonly signal?: AbortSignal;
  /** Called about 20 times a second with the fraction done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** All physical options, filled in and checked. */
export type ArrayOptions = Required<Omit<NanoparticleArrayOptions, "signal" | "onProgress">>;

const DEFAULTS: ArrayOptions = {
  seed: 1,
  rows: 62,
  columns: 75,
  pixelSize: 1.4,
  channels: 187,
  energyRange: [0.2, 1.13],
  beamEnergy: 60,
  side: 14,
  sideSpread: 0.13,
  gap: 1,
  gapSpread: 0.3,
  hole: true,
  edge: 0.85,
  bulkEnergy: 0.9,
  highFrequencyPermittivity: 4,
  damping: 0.135,
  hostPermittivity: 2.4,
  depolarisation: 0.178,
  strength: 0.32,
  coupling: 1,
  dopingSpread: 0.03,
  faceStrength: 0.6,
  bulkStrength: 0.5,
  absorption: 1.6,
  energyResolution: 0.04,
  peak: 0.74,
  offset: 0.108,
  zeroLoss: 0,
  noise: "gaussian",
  noiseDeviation: 0.018,
  counts: 6000,
  readout: 10,
};

type NumberOption = { [K in keyof ArrayOptions]: ArrayOptions[K] extends number ? K : never }[keyof ArrayOptions];

/** Smallest and largest value of each number, and whether it is whole. */
const LIMITS: Readonly<Record<NumberOption, readonly [number, number, "whole"?]>> = {
  seed: [-(2 ** 31), 2 ** 32 - 1, "whole"],
  rows: [2, 4096, "whole"],
  columns: [2, 4096, "whole"],
  pixelSize: [0.05, 20],
  channels: [2, 8192, "whole"],
  beamEnergy: [20, 1000],
  side: [3, 60],
  sideSpread: [0, 0.4],
  gap: [0.2, 20],
  gapSpread: [0, 5],
  edge: [0.1, 2],
  bulkEnergy: [0.2, 5],
  highFrequencyPermittivity: [1, 12],
  damping: [0.01, 1],
  hostPermittivity: [1, 10],
  depolarisation: [0.05, 0.9],
  strength: [0, 1],
  coupling: [0, 1],
  dopingSpread: [0, 0.3],
  faceStrength: [0, 10],
  bulkStrength: [0, 10],
  absorption: [0, 10],
  energyResolution: [0, 0.5],
  peak: [1e-3, 1e6],
  offset: [0, 1e6],
  zeroLoss: [0, 1e6],
  noiseDeviation: [0, 100],
  counts: [1, 1e9],
  readout: [0, 1e6],
};

const NOISES = ["gaussian", "counts", "none"];

/** Fills in defaults; throws an OptionError that names the first option out of range. */
export function arrayOptions(given: NanoparticleArrayOptions): ArrayOptions {
  const { signal: _signal, onProgress: _onProgress, ...physical } = given;
  const set = Object.entries(physical).filter(([, value]) => value !== undefined);
  for (const [name] of set) {
    if (!(name in DEFAULTS)) refuse(name, "an option of this name", `one of ${Object.keys(DEFAULTS).join(", ")}`);
  }
  const options: ArrayOptions = { ...DEFAULTS, ...Object.fromEntries(set) };
  for (const [name, [low, high, whole]] of Object.entries(LIMITS))
    checkNumber(options, name as NumberOption, low, high, whole);
  checkRange(options.energyRange);
  if (typeof options.hole !== "boolean") refuse("hole", describe(options.hole), "true or false");
  if (!NOISES.includes(options.noise)) refuse("noise", describe(options.noise), `one of "${NOISES.join('", "')}"`);
  return options;
}

function checkNumber(options: ArrayOptions, name: NumberOption, low: number, high: number, whole?: "whole"): void {
  const value: unknown = options[name];
  const fits = typeof value === "number" && value >= low && value <= high && (!whole || Number.isInteger(value));
  if (!fits) refuse(name, describe(value), `a ${whole ? "whole " : ""}number from ${low} to ${high}`);
}

function checkRange(range: unknown): void {
  const [first, last] = Array.isArray(range) ? (range as unknown[]) : [];
  const fits =
    typeof first === "number" && typeof last === "number" && first >= -1 && last <= 10 && last > first && last > 0;
  if (!fits)
    refuse("energyRange", describe(range), "[first, last] in eV, first < last, between -1 and 10, with last above 0");
}

function describe(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}

function refuse(name: string, got: string, needed: string): never {
  throw new SpecbookError("OptionError", `nanoparticleArray cannot use this ${name}`, {
    got: `${name}: ${got}`,
    needed,
    remedy: `leave ${name} out for its default${name in DEFAULTS ? ` (${describe(DEFAULTS[name as keyof ArrayOptions])})` : ""}`,
  });
}
