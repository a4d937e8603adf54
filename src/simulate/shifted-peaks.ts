import { checkMemory, createRandom } from "../core";
import { optionsObject } from "../core/check-option";
import { type Axis, axis, type FloatArray, type Scaling } from "../data";
import { checkSettings, type NumberLimits } from "./settings";

/** Options of `shiftedPeaks`. */
export interface ShiftedPeaksOptions {
  /** Number of spectra. Default 5000. */
  readonly samples?: number;
  /** Channels from -12 to 12. Default 100. */
  readonly channels?: number;
  /** Seed of the draw. Default 0. */
  readonly seed?: number;
}

/** Spectra of one peak each, and what they were made of. */
export interface ShiftedPeaks {
  readonly kind: "shifted-peaks";
  /** [samples, channels], scaled as a whole to 0-1. */
  readonly spectra: FloatArray;
  readonly scaling: Scaling;
  readonly axis: Axis;
  readonly truth: {
    /** Peak positions, [samples], -3 to 2.9 in steps of 0.1. */
    readonly centre: Float32Array;
    /** Standard deviations of the peaks, [samples], 0.5 to 4.99 in steps of 0.01. */
    readonly width: Float32Array;
    /** Standard deviation of the noise of each spectrum before scaling, [samples], 0.001 to 0.099. */
    readonly noise: Float32Array;
    /** The spectra without noise, in the scaling of `spectra`, [samples, channels]. */
    readonly clean: FloatArray;
  };
  readonly seed: number;
}

const DEFAULTS: Required<ShiftedPeaksOptions> = { samples: 5000, channels: 100, seed: 0 };

/** Smallest and largest value of each number. */
const LIMITS: NumberLimits<Required<ShiftedPeaksOptions>> = {
  samples: [2, 1e8],
  channels: [2, 65536],
  seed: [-(2 ** 31), 2 ** 32 - 1],
};

/**
 * Gaussian peaks of height 1 whose width is the physics and whose position is a disturbance, with noise of a level of
 * its own on each spectrum: the test set of shift-invariant autoencoders of pyroVED's shiftVAE notebook (Ziatdinov).
 *
 * @throws OptionError for an option out of range; MemoryError
 * @example
 * const { spectra, truth } = simulate.shiftedPeaks({ seed: 1 });
 * const model = vae({ spectrum: 100, shift: true, shiftPrior: 0.3, likelihood: "bernoulli" });
 * await fit(model, spectra, { epochs: 250 });
 */
export function shiftedPeaks(options: ShiftedPeaksOptions = {}): ShiftedPeaks {
  optionsObject("shiftedPeaks", options);
  const { samples, channels, seed } = checkSettings("shiftedPeaks", options, DEFAULTS, {
    limits: LIMITS,
    whole: ["samples", "channels", "seed"],
    words: {},
  });
  checkMemory(4 * 4 * samples * channels, `four arrays ${samples} x ${channels}`, "ask for fewer samples");
  const random = createRandom(seed);
  const draw = (make: () => number) => Float32Array.from({ length: samples }, make);
  const centre = draw(() => (random.integer(60) - 30) / 10);
  const width = draw(() => (random.integer(450) + 50) / 100);
  const noise = draw(() => (random.integer(99) + 1) / 1000);
  const spread = 24 / (channels - 1);
  const clean = new Float32Array(samples * channels);
  const noisy = new Float32Array(samples * channels);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < samples; i++) {
    for (let k = 0; k < channels; k++) {
      const at = i * channels + k;
      clean[at] = Math.exp(-((-12 + k * spread - centre[i]) ** 2) / (2 * width[i] ** 2));
      noisy[at] = clean[at] + random.normal(0, noise[i]);
      least = Math.min(least, noisy[at]);
      most = Math.max(most, noisy[at]);
    }
  }
  const scaling = { offset: least, range: most - least };
  const scaled = (data: Float32Array): FloatArray => ({
    data: data.map((value) => (value - scaling.offset) / scaling.range),
    shape: [samples, channels],
  });
  return Object.freeze({
    kind: "shifted-peaks",
    spectra: scaled(noisy),
    scaling,
    axis: axis("x", channels, { offset: -12, scale: spread }),
    truth: { centre, width, noise, clean: scaled(clean) },
    seed,
  });
}
