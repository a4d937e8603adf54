import type { Engine } from "../../engine/engine";
import { plainEigen, type RowBlocks, rowBlocks, symmetricEigen, transpose } from "../../engine/linear-algebra";
import { addMean, centred } from "./centred";
import type { BaselinePrediction, BaselineTask, Rows } from "./task";

/** Up to this size the eigenvectors are float64 in plain JavaScript, half a second; above, float32 on the engine. */
const PLAIN = 400;
/** 1e-4 to 1e4 in half decades. */
const ALPHAS = Array.from({ length: 17 }, (_, i) => 10 ** (i / 2 - 4));

/** Ridge regression of all targets on all inputs, with an intercept that is not penalised. */
export async function ridgeBaseline(task: BaselineTask, alpha?: number): Promise<BaselinePrediction> {
  const { train, test, engine, pace } = task;
  await pace.step();
  const fitted = fitRidge(engine, train.inputs, train.targets, alpha);
  await pace.step();
  return {
    name: `ridge on ${train.inputs.size} values`,
    predicted: fitted.predict(test.inputs),
    parameters: (train.inputs.size + 1) * train.targets.size,
    settings: { alpha: fitted.alpha },
  };
}

/** A fitted ridge regression. */
export interface FittedRidge {
  readonly alpha: number;
  predict(inputs: Rows): Float32Array;
}

/**
 * Least squares with alpha |W|^2 (Hoerl & Kennard, Technometrics 12, 55 (1970), doi:10.1080/00401706.1970.10488634) by
 * the eigenvectors of the smaller Gram matrix. Without an alpha the one of 17 with the least leave-one-out error is
 * taken, which needs one fit only (Allen, Technometrics 16, 125 (1974), doi:10.1080/00401706.1974.10489157).
 */
export function fitRidge(engine: Engine, inputs: Rows, targets: Rows, alpha?: number): FittedRidge {
  const x = centred(inputs);
  const y = centred(targets);
  const frame = eigenFrame(engine, x);
  const power = withBlocks(engine, frame.scores, (scores) => scores.transposedTimes(y.data, y.size));
  const chosen = alpha ?? bestAlpha(engine, frame, power, y);
  const turned = solved(frame.values, power, y.size, chosen);
  const weights = withBlocks(engine, frame.axes, (axes) => axes.times(turned, y.size));
  return {
    alpha: chosen,
    predict: (rows) => {
      const predicted = withBlocks(engine, centred(rows, x.mean), (blocks) => blocks.times(weights, y.size));
      return addMean(predicted, y.mean);
    },
  };
}

/** X = scores axes^T: scores [n, r] with orthogonal columns of squared length `values`, axes [size, r] orthonormal. */
interface EigenFrame {
  readonly values: Float64Array;
  readonly scores: Rows;
  readonly axes: Rows;
  /** Smallest alpha that rounding leaves a meaning. */
  readonly floor: number;
}

function eigenFrame(engine: Engine, x: Rows): EigenFrame {
  const turn = ({ data, count, size }: Rows): Rows => ({
    data: Float32Array.from(transpose(data, count, size)),
    count: size,
    size: count,
  });
  if (x.size > x.count) {
    // Fewer samples than values: the same of X^T, with the two sides exchanged and their lengths moved over.
    const { values, scores, axes, floor } = eigenFrame(engine, turn(x));
    const length = values.map((value) => Math.sqrt(value));
    const scaled = (rows: Rows, factor: (length: number) => number): Rows => ({
      ...rows,
      data: rows.data.map((v, i) => v * factor(length[i % rows.size])),
    });
    return { values, scores: scaled(axes, (l) => l), axes: scaled(scores, (l) => (l > 0 ? 1 / l : 0)), floor };
  }
  return withBlocks(engine, x, (blocks) => {
    const plain = x.size <= PLAIN;
    const gram = blocks.gram();
    const found = plain ? plainEigen(gram, x.size) : symmetricEigen(engine, gram, x.size);
    const values = found.values.map((value) => Math.max(0, value)); // what rounding made negative
    const axes = turn({ data: Float32Array.from(found.vectors), count: x.size, size: x.size });
    const scores = { data: blocks.times(axes.data, x.size), count: x.count, size: x.size };
    return { values, scores, axes, floor: plain ? 0 : 1e-6 * values[0] };
  });
}

function withBlocks<T>(engine: Engine, { data, count, size }: Rows, work: (blocks: RowBlocks) => T): T {
  const blocks = rowBlocks(engine, data, count, size);
  try {
    return work(blocks);
  } finally {
    blocks.dispose();
  }
}

/** Rows of `power` divided by values + alpha. */
function solved(values: Float64Array, power: Float64Array, width: number, alpha: number): Float32Array {
  return Float32Array.from(power, (p, i) => p / (values[Math.floor(i / width)] + alpha));
}

/** The alpha of least sum of (residual / (1 - leverage))^2: the error of each sample when it is left out of the fit. */
function bestAlpha(engine: Engine, { values, scores, floor }: EigenFrame, power: Float64Array, y: Rows): number {
  const usable = ALPHAS.filter((alpha) => alpha >= floor);
  let best = usable[0] ?? floor;
  let least = Number.POSITIVE_INFINITY;
  withBlocks(engine, scores, (blocks) => {
    for (const alpha of usable) {
      const fitted = blocks.times(solved(values, power, y.size, alpha), y.size);
      let error = 0;
      for (let i = 0; i < y.count; i++) {
        let leverage = 1 / y.count; // the intercept's
        for (let j = 0; j < scores.size; j++) leverage += scores.data[i * scores.size + j] ** 2 / (values[j] + alpha);
        let squares = 0;
        for (let c = i * y.size; c < (i + 1) * y.size; c++) squares += (y.data[c] - fitted[c]) ** 2;
        error += squares / Math.max(1e-12, 1 - leverage) ** 2;
      }
      if (error >= least) continue;
      least = error;
      best = alpha;
    }
  });
  return best;
}
