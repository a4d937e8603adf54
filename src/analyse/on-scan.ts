import { SpecbookError } from "../core/errors";
import { addHistory, type HistoryEntry, type Image, image, type Samples } from "../data";

/** Where samples lie in their scan. */
export type Scanned = Pick<Samples, "positions" | "scan"> & {
  readonly axes: Pick<Samples["axes"], "y" | "x">;
  readonly metadata?: Samples["metadata"];
  readonly history?: readonly HistoryEntry[];
};

/** One value a sample as an image of the scan, NaN where there is no sample. */
export function onScan(values: ArrayLike<number>, samples: Scanned, title: string, operation: string): Image {
  const [rows, columns] = samples.scan;
  const data = new Float32Array(rows * columns).fill(Number.NaN);
  for (let i = 0; i < values.length; i++)
    data[samples.positions[2 * i] * columns + samples.positions[2 * i + 1]] = values[i];
  return image(data, [rows, columns], {
    axes: { y: samples.axes.y, x: samples.axes.x },
    metadata: { ...samples.metadata, title },
    history: addHistory(samples.history ?? [], operation),
  });
}

/** Throws unless a posterior has one entry for each sample. */
export function checkSameCount(count: number, { positions }: Scanned): void {
  if (2 * count === positions.length) return;
  throw new SpecbookError("ShapeError", "the posterior is not that of these samples", {
    got: `a posterior of ${count} samples, and ${positions.length / 2} samples`,
    needed: "one entry for each sample, in the same order",
    remedy: "give the samples that posterior(model, samples) was asked for",
  });
}
