import { SpecbookError } from "../core";
import { wrongModelOption } from "./option-errors";

/** How a variational model compares its output with the data: what it takes for noise. */
export interface LikelihoodOptions {
  /**
   * "gaussian": the data are the output plus normal noise of `deviation`. "bernoulli": binary cross-entropy, for data
   * from 0 to 1; the output is a probability. Default "gaussian".
   */
  readonly likelihood?: "gaussian" | "bernoulli";
  /**
   * Standard deviation of the noise of a Gaussian likelihood, in the units of the data the model is given. A number
   * far above the noise makes the latents collapse: at 1, which AtomAI uses, spectra scaled to 0-1 do. "optimal", the
   * default, takes the root mean square of what the output misses in each batch, the most likely value (Rybkin,
   * Daniilidis & Levine 2021, arXiv:2006.13202), and never below 1e-3.
   */
  readonly deviation?: number | "optimal";
}

/** How a variational model weighs the KL divergence against the misfit. */
export interface KlOptions {
  /** Factor of the KL divergence: above 1 favours few, independent latents (beta-VAE, Higgins et al. 2017). Default 1. */
  readonly beta?: number;
  /** Holds the KL divergence at a capacity that grows, instead of `beta`; AtomAI's [largest, steps, gamma]. Default none. */
  readonly capacity?: Capacity;
}

/** gamma * |KL - C| with C growing linearly to `largest` nats within `steps` (Burgess et al. 2018, arXiv:1804.03599). */
export interface Capacity {
  /** Nats. */
  readonly largest: number;
  readonly steps: number;
  readonly gamma: number;
}

/** Throws unless these are a likelihood and a deviation. */
export function checkLikelihood(kind: string, { likelihood, deviation }: Required<LikelihoodOptions>): void {
  if (likelihood !== "gaussian" && likelihood !== "bernoulli") {
    throw wrongModelOption(kind, { likelihood }, '"gaussian" or "bernoulli"', 'leave it out for "gaussian"');
  }
  if (deviation === "optimal" || (Number.isFinite(deviation) && deviation > 0)) return;
  const needed = 'a positive number in the units of the scaled data, or "optimal"';
  throw wrongModelOption(kind, { deviation }, needed, 'leave it out for "optimal"');
}

/** Throws unless these are weights that can be used. */
export function checkKl(kind: string, { beta = 1, capacity }: KlOptions): void {
  if (!(Number.isFinite(beta) && beta >= 0)) {
    throw wrongModelOption(kind, { beta }, "a number of at least 0", "leave it out for 1");
  }
  if (capacity === undefined) return;
  const { largest, steps, gamma } = capacity;
  if (![largest, steps, gamma].every((value) => Number.isFinite(value) && value > 0)) {
    throw wrongModelOption(
      kind,
      { capacity },
      "positive largest (nats), steps and gamma",
      "try AtomAI's 5, 25000 and 30",
    );
  }
  if (beta !== 1) {
    throw wrongModelOption(
      kind,
      { beta },
      "no beta beside a capacity, whose gamma is the weight",
      "leave one of them out",
    );
  }
}

/** Throws unless every value of data for a Bernoulli likelihood lies from 0 to 1. */
export function checkUnitRange(kind: string, o: Required<LikelihoodOptions>, data: Float32Array): void {
  if (o.likelihood !== "bernoulli") return;
  const at = data.findIndex((value) => value < 0 || value > 1);
  if (at < 0) return;
  throw new SpecbookError("DataError", `${kind} with a Bernoulli likelihood needs data from 0 to 1`, {
    got: `${data[at]} at value ${at}`,
    needed: "values from 0 to 1",
    remedy: 'scale the data to 0-1 when cutting them, or set likelihood: "gaussian"',
  });
}
