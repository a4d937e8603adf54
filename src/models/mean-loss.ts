import type { BatchWork } from "./epoch-work";

/** Mean loss over samples, and the means of the terms it is made of, where it has several. */
export interface MeanLoss {
  readonly loss: number;
  readonly terms?: Readonly<Record<string, number>>;
}

/** Runs batches one after the other; `afterBatch` is awaited after each, with its loss. */
export async function meanLoss(
  batches: readonly BatchWork[],
  termNames: () => readonly string[],
  afterBatch: (loss: number) => Promise<void>,
): Promise<MeanLoss> {
  let sum = 0;
  let samples = 0;
  const sums: number[] = [];
  for (const batch of batches) {
    const { loss, terms } = batch.run();
    sum += loss * batch.samples;
    for (const [i, term] of terms.entries()) sums[i] = (sums[i] ?? 0) + term * batch.samples;
    samples += batch.samples;
    await afterBatch(loss);
  }
  if (sums.length === 0) return { loss: sum / samples };
  const terms = Object.fromEntries(termNames().map((name, i) => [name, sums[i] / samples]));
  return { loss: sum / samples, terms: Object.freeze(terms) };
}
