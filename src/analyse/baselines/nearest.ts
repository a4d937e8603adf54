import { nearestRows } from "../nearest-rows";
import type { BaselinePrediction, BaselineTask, Rows } from "./task";

/** Mean of the targets of the training samples with the nearest inputs, weighted by 1 / distance. */
export async function nearestBaseline(
  task: BaselineTask,
  neighbours: number,
  what: "images" | "spectra",
): Promise<BaselinePrediction> {
  const { train, test } = task;
  const used = Math.min(neighbours, train.inputs.count);
  return {
    name: `${used} nearest ${what}`,
    predicted: await averaged(task, train.inputs, test.inputs, used),
    settings: { neighbours: used },
  };
}

/** Points of a square grid that can lie at one distance, less one. */
const TIES = 11;

/**
 * The same by the distance of scan positions. On a grid many are equally far: those at the largest distance share the
 * places that are left, so that the order of the training set does not matter (scikit-learn takes some of them).
 */
export async function positionsBaseline(task: BaselineTask, neighbours: number): Promise<BaselinePrediction> {
  const { train, test } = task;
  const used = Math.min(neighbours, train.inputs.count);
  const rows = (positions: Int32Array): Rows => ({
    data: Float32Array.from(positions),
    count: positions.length / 2,
    size: 2,
  });
  return {
    name: `${used} nearest positions`,
    predicted: await averaged(task, rows(train.positions), rows(test.positions), used, TIES),
    settings: { neighbours: used },
  };
}

async function averaged({ train, pace }: BaselineTask, from: Rows, to: Rows, neighbours: number, ties = 0) {
  const { data, size } = train.targets;
  const predicted = new Float32Array(to.count * size);
  for (let i = 0; i < to.count; i++) {
    const near = nearestRows(from, to.data.subarray(i * to.size, (i + 1) * to.size), neighbours + ties);
    const weights = inverseDistances(
      near.map(({ squared }) => Math.sqrt(squared)),
      neighbours,
    );
    const own = new Float64Array(size);
    for (const [k, { index }] of near.entries()) {
      for (let c = 0; c < size; c++) own[c] += weights[k] * data[index * size + c];
    }
    predicted.set(own, i * size);
    await pace.step();
  }
  return predicted;
}

/**
 * Weights 1 / distance with sum 1 of rising distances, of which `count` are to be taken: those as far as the last of
 * them share its place. Where some distances are 0, those samples alone count.
 */
export function inverseDistances(distances: readonly number[], count: number): number[] {
  const last = distances[Math.min(count, distances.length) - 1];
  const nearer = distances.filter((d) => d < last).length;
  const tied = distances.filter((d) => d === last).length;
  const exact = distances[0] === 0;
  const weights = distances.map((d) => {
    if (d > last) return 0;
    if (exact) return Number(d === 0);
    return d < last ? 1 / d : (count - nearer) / (tied * d);
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}
