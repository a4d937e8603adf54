import { SpecbookError } from "../core";
import type { LongWorkOptions } from "../core/pace";
import { checkSettings, type NumberLimits } from "./settings";

/** A straight wire with hemispherical ends, in the plane of the scan. */
export interface Nanowire {
  /** Its centre, nm from the left and upper edge of the scan. */
  readonly x: number;
  readonly y: number;
  /** From tip to tip, nm. */
  readonly length: number;
  /** Of its axis against the rows, degrees; positive turns right to down. */
  readonly angle: number;
  /** How many standing waves it carries, those of lowest energy. */
  readonly modes: number;
}

/** Options of {@link nanowires}; energies in eV, lengths in nm. */
export interface NanowiresOptions extends LongWorkOptions {
  /** Same seed, same noise. Default 1. */
  readonly seed?: number;
  /** Scan size. Default 60 x 80. */
  readonly rows?: number;
  readonly columns?: number;
  /** Size of a scan pixel, nm. Default 10. */
  readonly pixelSize?: number;
  /** Number of energies. Default 191, a channel each 10 meV. */
  readonly channels?: number;
  /** First and last energy, eV. Default [0.1, 2]. */
  readonly energyRange?: readonly [number, number];
  /** Energy of the beam, keV. Default 60. */
  readonly beamEnergy?: number;
  /** The wires. Default: one of 620 nm with 8 modes and one of 400 nm with 6. */
  readonly wires?: readonly Nanowire[];
  /** Radius of all wires, nm. Default 50. */
  readonly radius?: number;
  /** Bulk plasmon, eV. Default 1.62, an effective value that spreads the modes over the published range. */
  readonly bulkEnergy?: number;
  /** Effective permittivity of the wires far above the plasmon. Default 3. */
  readonly highFrequencyPermittivity?: number;
  /** Effective permittivity around them. Default 1.25. */
  readonly hostPermittivity?: number;
  /** Damping of the free electrons, eV. Default 0.075. */
  readonly damping?: number;
  /** How strongly wires see each other: 1 as in nature, 0 not at all. Default 1. */
  readonly coupling?: number;
  /** Phenomenological: how strongly the light line bends the dispersion down. Default 1. */
  readonly retardation?: number;
  /** Phenomenological factor on the surface plasmons around the wires. Default 0.2. */
  readonly surfaceStrength?: number;
  /** Phenomenological factor on the bulk plasmon. Default 0.1. */
  readonly bulkStrength?: number;
  /** Phenomenological: beam lost to large angles, exp(-absorption thickness / diameter). Default 0.9. */
  readonly absorption?: number;
  /** Full width at half maximum of the energy resolution, eV. Default 0.04. */
  readonly energyResolution?: number;
  /** Electrons counted per channel where the signal is 1, as it is in the brightest pixels. Default 4000. */
  readonly counts?: number;
  /** Constant under the spectra. Default 0.012. */
  readonly background?: number;
  /** Height of what is left of the zero-loss peak at 0.1 eV. Default 0.06. */
  readonly zeroLoss?: number;
  /** "none" for the expected signal itself. Default "counts". */
  readonly noise?: "counts" | "none";
  /** Called about 20 times a second with the fraction done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** All physical options, filled in and checked. */
export type NanowireSettings = Required<Omit<NanowiresOptions, "signal" | "onProgress">>;

const DEFAULTS: NanowireSettings = {
  seed: 1,
  rows: 60,
  columns: 80,
  pixelSize: 10,
  channels: 191,
  energyRange: [0.1, 2],
  beamEnergy: 60,
  wires: [
    { x: 280, y: 300, length: 620, angle: 62, modes: 8 },
    { x: 540, y: 310, length: 400, angle: 104, modes: 6 },
  ],
  radius: 50,
  bulkEnergy: 1.62,
  highFrequencyPermittivity: 3,
  hostPermittivity: 1.25,
  damping: 0.075,
  coupling: 1,
  retardation: 1,
  surfaceStrength: 0.2,
  bulkStrength: 0.1,
  absorption: 0.9,
  energyResolution: 0.04,
  counts: 4000,
  background: 0.012,
  zeroLoss: 0.06,
  noise: "counts",
};

/** Smallest and largest value of each number. */
const LIMITS: NumberLimits<NanowireSettings> = {
  seed: [-(2 ** 31), 2 ** 32 - 1],
  rows: [2, 4096],
  columns: [2, 4096],
  pixelSize: [0.1, 1000],
  channels: [2, 8192],
  beamEnergy: [20, 1000],
  radius: [1, 500],
  bulkEnergy: [0.05, 10],
  highFrequencyPermittivity: [1, 20],
  hostPermittivity: [1, 10],
  damping: [0.005, 1],
  coupling: [0, 1],
  retardation: [0, 10],
  surfaceStrength: [0, 10],
  bulkStrength: [0, 10],
  absorption: [0, 10],
  energyResolution: [0, 0.5],
  counts: [1, 1e9],
  background: [0, 1e6],
  zeroLoss: [0, 1e6],
};

/** Fills in defaults; throws an OptionError that names the first option out of range. */
export function nanowireSettings({ signal: _signal, onProgress: _progress, ...given }: NanowiresOptions) {
  const settings = checkSettings<NanowireSettings>("nanowires", given, DEFAULTS, {
    limits: LIMITS,
    whole: ["seed", "rows", "columns", "channels"],
    words: { noise: ["counts", "none"] },
  });
  checkRange(settings.energyRange);
  checkWires(settings);
  return settings;
}

function checkRange(range: unknown): void {
  const [first, last] = Array.isArray(range) ? (range as unknown[]) : [];
  if (typeof first === "number" && typeof last === "number" && first >= 0.01 && last <= 20 && first < last) return;
  throw refused("energyRange", range, "[first, last] in eV, 0.01 or more, first < last, 20 at most");
}

const MOST_MODES = 30;

function checkWires({ wires, radius }: NanowireSettings): void {
  if (!Array.isArray(wires) || wires.length === 0 || wires.length > 20) {
    throw refused("wires", wires, "a list of 1 to 20 wires { x, y, length, angle, modes }");
  }
  for (const wire of wires as readonly Partial<Nanowire>[]) {
    const { x, y, length, angle, modes } = wire ?? {};
    const places = [x, y, angle].every((value) => typeof value === "number" && Math.abs(value) <= 1e6);
    const long = typeof length === "number" && length >= 2.5 * radius && length <= 100 * radius;
    const counted = typeof modes === "number" && Number.isInteger(modes) && modes >= 1 && modes <= MOST_MODES;
    if (places && long && counted) continue;
    throw refused(
      "wires",
      wire,
      `{ x, y, length, angle, modes } with a length of 2.5 to 100 radii (${2.5 * radius} to ${100 * radius} nm) and 1 to ${MOST_MODES} modes`,
    );
  }
}

function refused(name: string, value: unknown, needed: string): SpecbookError {
  return new SpecbookError("OptionError", `nanowires cannot use this ${name}`, {
    got: `${name}: ${JSON.stringify(value) ?? String(value)}`,
    needed,
    remedy: `leave ${name} out for its default`,
  });
}
