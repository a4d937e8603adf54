import type { Model } from "./model";

/**
 * Standard deviation of the noise that a model takes its data to have, in their scaling: what a Gaussian likelihood was
 * given, or found in the epoch whose weights the model holds. Undefined for other models, and before `fit` where it is
 * found. @internal
 */
export function noiseDeviation({ options, training }: Model): number | undefined {
  if (!("likelihood" in options) || options.likelihood !== "gaussian") return undefined;
  if (options.deviation !== "optimal") return options.deviation;
  return training?.epochs.find(({ epoch }) => epoch === training.keptEpoch)?.terms?.deviation;
}
