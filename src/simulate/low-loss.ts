import { checkMemory, createRandom, type Random } from "../core";
import { optionsObject } from "../core/check-option";
import type { LongWorkOptions } from "../core/pace";
import { addHistory, axis, type Image, image, type SpectrumImage, spectrumImage } from "../data";
import { CHANNELS, lowLossShapes } from "./low-loss-shapes";
import { simulationPace } from "./pace";
import { checkSettings, type NumberLimits } from "./settings";

/** Options of {@link lowLoss}; energies in eV. */
export interface LowLossOptions extends LongWorkOptions {
  /**
   * `"eV"`: -5 to 46 eV in 0.1 eV, a zero-loss peak of 0.8 eV and the plasmon of a foil of changing thickness; `"meV"`:
   * -0.3 to 1.74 eV in 4 meV, a monochromated peak of 30 meV and the spectra of `nanoparticleArray`. Default "meV".
   */
  readonly scale?: "meV" | "eV";
  /** Same seed, same spectra. Default 1. */
  readonly seed?: number;
  /** Scan size. Default 24 x 32. */
  readonly rows?: number;
  readonly columns?: number;
  /** Electrons in the zero-loss peak of each spectrum; the noise is that of counting. Default 1e6. */
  readonly counts?: number;
  /** Largest drift of the zero-loss peak, in its full widths at half maximum. Default 1.5. */
  readonly drift?: number;
  /** Height of the brightest loss over that of the zero-loss peak, "meV" only. Default 0.002. */
  readonly lossHeight?: number;
  /** "none" for the expected counts themselves. Default "counts". */
  readonly noise?: "counts" | "none";
  /** Called about 20 times a second with the fraction done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** What the simulation knows and a measurement does not. All spectra are expected counts, peak at 0 eV, no drift. */
export interface LowLossTruth {
  /** Energy of the zero-loss peak on the axis of the spectra, eV. */
  readonly positions: Image;
  readonly zeroLoss: SpectrumImage;
  /** Everything but the zero-loss peak. */
  readonly loss: SpectrumImage;
  /** Losses of electrons that lost energy once, "eV" only: without the plural scattering in `loss`. */
  readonly single: SpectrumImage | undefined;
  /** Thickness in mean free paths, "eV" only. */
  readonly thickness: Image | undefined;
  /** Full width at half maximum of the Gaussian in the zero-loss peak, eV; with its tails the peak is 2 % wider. */
  readonly width: number;
}

/** A simulated low-loss spectrum image, and what is behind it. */
export interface LowLoss {
  readonly spectra: SpectrumImage;
  readonly truth: LowLossTruth;
}

/**
 * Low-loss spectra with a drifting zero-loss peak and counting noise, to try the clean-up on: alignment, removal of the
 * peak, deconvolution, thickness.
 *
 * Phenomenological: the zero-loss peak is a Gaussian with Lorentzian and hyperbolic-secant tails, a quarter stronger on
 * the loss side; the drift is a slow wave with a small random step per pixel. The foil's loss is a Drude plasmon near 17
 * eV; its plural scattering follows the Poisson law (R. F. Egerton, "Electron Energy-Loss Spectroscopy in the Electron
 * Microscope", 3rd ed., Springer 2011, section 4.1, doi:10.1007/978-1-4419-9583-4).
 *
 * @throws OptionError for an option out of range; MemoryError; CancelledError when stopped
 * @example
 * const { spectra, truth } = await simulate.lowLoss({ scale: "eV", seed: 2 });
 * const aligned = await alignZeroLoss(spectra);
 */
export async function lowLoss(options: LowLossOptions = {}): Promise<LowLoss> {
  optionsObject("lowLoss", options);
  const settings = checked(options);
  const { scale, seed, rows, columns, counts, drift, noise } = settings;
  const pace = simulationPace(options);
  const random = createRandom(seed);
  const pixels = rows * columns;
  checkMemory(
    4 * 4 * pixels * CHANNELS,
    `four spectrum images ${rows} x ${columns} x ${CHANNELS}`,
    "ask for fewer pixels",
  );
  await pace.step(0);
  const shapes = await lowLossShapes(settings, random.fork("shapes"), {
    ...options,
    onProgress: (fraction) => options.onProgress?.(SHAPES * fraction),
  });
  const { energy, width } = shapes;
  const channels = energy.size;
  const positions = driftOf(rows, columns, drift * width, random.fork("drift"));
  const draw = random.fork("noise");
  const measured = new Float32Array(pixels * channels);
  const [zeroLoss, loss, single] = [0, 1, 2].map(() => new Float32Array(pixels * channels));
  for (let p = 0; p < pixels; p++) {
    const parts = shapes.at(p);
    const drifted = shapes.shifted(parts, positions[p]);
    for (let c = 0, at = p * channels; c < channels; c++, at++) {
      zeroLoss[at] = counts * parts.zeroLoss[c];
      loss[at] = counts * parts.loss[c];
      single[at] = counts * (parts.single?.[c] ?? 0);
      const mean = Math.max(0, counts * drifted[c]);
      measured[at] = noise === "none" ? mean : draw.poisson(mean);
    }
    await pace.step(SHAPES + ((1 - SHAPES) * p) / pixels);
  }
  await pace.step(1);

  const step = scale === "eV" ? 5 : 1.4;
  const scan = {
    y: axis("y", rows, { units: "nm", scale: step }),
    x: axis("x", columns, { units: "nm", scale: step }),
  };
  const history = addHistory([], "simulate.lowLoss", { ...settings });
  const metadata = { source: `simulated low loss, seed ${seed}`, signal: "EELS", quantity: "Counts" };
  const cube = (data: Float32Array) =>
    spectrumImage(data, [rows, columns, channels], { axes: { ...scan, energy }, metadata, history });
  const map = (data: ArrayLike<number>, quantity: string, units: string) =>
    image(Float32Array.from(data), [rows, columns], {
      axes: scan,
      metadata: { ...metadata, signal: quantity, quantity, units },
      history,
    });
  return Object.freeze({
    spectra: cube(measured),
    truth: Object.freeze({
      positions: map(positions, "Position of the zero-loss peak", "eV"),
      zeroLoss: cube(zeroLoss),
      loss: cube(loss),
      single: scale === "eV" ? cube(single) : undefined,
      thickness: shapes.thickness && map(shapes.thickness, "Thickness", "mean free paths"),
      width,
    }),
  });
}

/** Share of the work that the spectra without noise take. */
const SHAPES = 0.3;

/** A slow wave over the rows, a slower one over the columns, and a random step from pixel to pixel. */
function driftOf(rows: number, columns: number, largest: number, random: Random): Float64Array {
  const phase = random.between(0, 2 * Math.PI);
  return Float64Array.from({ length: rows * columns }, (_, p) => {
    const [row, column] = [Math.floor(p / columns) / rows, (p % columns) / columns];
    const wave = 0.7 * Math.sin(2 * Math.PI * row + phase) + 0.2 * Math.cos(5 * column + phase);
    return largest * Math.max(-1, Math.min(1, wave + 0.05 * random.normal()));
  });
}

/** Options of `lowLoss` that change what it makes. */
export interface LowLossSettings {
  readonly scale: "meV" | "eV";
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
  readonly counts: number;
  readonly drift: number;
  readonly lossHeight: number;
  readonly noise: "counts" | "none";
}

const DEFAULTS: LowLossSettings = {
  scale: "meV",
  seed: 1,
  rows: 24,
  columns: 32,
  counts: 1e6,
  drift: 1.5,
  lossHeight: 0.002,
  noise: "counts",
};

/** Smallest and largest value of each number. */
const LIMITS: NumberLimits<LowLossSettings> = {
  seed: [-(2 ** 31), 2 ** 32 - 1],
  rows: [2, 4096],
  columns: [2, 4096],
  counts: [1, 1e12],
  drift: [0, 4],
  lossHeight: [0, 1],
};

function checked({ signal: _signal, onProgress: _progress, ...given }: LowLossOptions): LowLossSettings {
  return checkSettings("lowLoss", given, DEFAULTS, {
    limits: LIMITS,
    whole: ["seed", "rows", "columns"],
    words: { scale: ["meV", "eV"], noise: ["counts", "none"] },
  });
}
