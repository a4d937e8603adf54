import { SpecbookError } from "../core";
import type { FloatArray } from "../data";
import type { ModelBase } from "./model";

/** What is known when a loss or a weight stops being a number. */
export interface DivergenceFacts {
  /** What was not a number: "a loss of NaN", "weights that are not finite". */
  readonly what: string;
  readonly epoch: number;
  readonly learningRate: number;
  /** What the model holds now, in words. */
  readonly kept: string;
  readonly model: ModelBase & { readonly options?: Readonly<Record<string, unknown>> };
  readonly data: readonly FloatArray[];
}

/** Scaled data lie near 0 to 1, standardised ones within some 10. */
const LARGEST_SCALED = 30;

/** Below this standard deviation of the likelihood the squared error counts ten thousand times and more. */
const SMALLEST_DEVIATION = 0.01;

/** The error of a training that diverged: names the likeliest cause by the data, the likelihood and the learning rate. */
export function diverged(facts: DivergenceFacts): SpecbookError {
  const { cause, remedy } = likelyCause(facts);
  return new SpecbookError("DataError", "the training diverged", {
    got: `${facts.what} in epoch ${facts.epoch}; the model holds ${facts.kept}`,
    needed: `finite numbers; the likely cause is ${cause}`,
    remedy,
  });
}

function likelyCause({ data, model, learningRate }: DivergenceFacts): { cause: string; remedy: string } {
  const largest = Math.max(...data.map(largestValue));
  const slower = (learningRate / 10).toPrecision(1);
  if (largest > LARGEST_SCALED) {
    return {
      cause: `data that were not scaled: they reach ${largest.toPrecision(3)}`,
      remedy: "scale images and spectra to 0 to 1, as windows(image, spectra, { size }) does unless told not to",
    };
  }
  const deviation = model.options?.deviation;
  if (typeof deviation === "number" && deviation < SMALLEST_DEVIATION) {
    return {
      cause: `the likelihood's small standard deviation, ${deviation}: errors weigh ${(deviation ** -2).toPrecision(1)} times`,
      remedy: `make the model with a larger deviation, or set learningRate: ${slower}`,
    };
  }
  return {
    cause: `too large a learning rate, ${learningRate.toPrecision(3)} (the data lie within ${largest.toPrecision(3)})`,
    remedy: `set learningRate: ${slower}`,
  };
}

function largestValue({ data }: FloatArray): number {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest;
}
