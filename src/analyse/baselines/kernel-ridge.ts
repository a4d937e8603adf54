import { checkMemory } from "../../core/memory";
import { addMean, centred } from "./centred";
import { principalAxes } from "./principal-scores";
import type { BaselinePrediction, BaselineTask, Rows } from "./task";

/** Samples whose distances give the default gamma. */
const SAMPLE = 400;

/**
 * Kernel ridge regression with a Gaussian kernel on the principal components of the inputs: (K + alpha I) a = Y - mean,
 * K = exp(-gamma d^2) (Saunders, Gammerman & Vovk, ICML 515 (1998)).
 */
export async function kernelRidgeBaseline(
  task: BaselineTask,
  options: { readonly components?: number; readonly gamma?: number; readonly alpha?: number } = {},
): Promise<BaselinePrediction> {
  const { train, test, pace } = task;
  const { alpha = 0.1 } = options;
  const n = train.inputs.count;
  checkMemory(24 * n * n, `the kernel of ${n} training samples`, "leave kernel-ridge out, or use fewer samples");
  const axes = await principalAxes(task, train.inputs, options.components ?? 10);
  const known = axes.scores(train.inputs);
  const gamma = options.gamma ?? 1 / medianSquaredDistance(known);
  const y = centred(train.targets);
  const kernel = gaussian(known, known, gamma);
  for (let i = 0; i < n; i++) kernel[i * n + i] += alpha;
  await factorise(kernel, n, pace.step);
  const weights = await solve(kernel, n, y, pace.step);
  const across = gaussian(axes.scores(test.inputs), known, gamma);
  const predicted = new Float32Array(test.inputs.count * y.size);
  for (let i = 0; i < test.inputs.count; i++) {
    const own = new Float64Array(y.size);
    for (let k = 0; k < n; k++) {
      const factor = across[i * n + k];
      for (let c = 0; c < y.size; c++) own[c] += factor * weights[k * y.size + c];
    }
    predicted.set(own, i * y.size);
    await pace.step();
  }
  return {
    name: `${axes.components} principal components + kernel ridge`,
    predicted: addMean(predicted, y.mean),
    parameters: n * y.size + y.size + (axes.components + 1) * train.inputs.size,
    settings: { components: axes.components, gamma, alpha },
  };
}

/** exp(-gamma d^2) between the rows of a and those of b, [a, b]. */
function gaussian(a: Rows, b: Rows, gamma: number): Float64Array {
  const out = new Float64Array(a.count * b.count);
  for (let i = 0; i < a.count; i++) {
    for (let k = 0; k < b.count; k++) out[i * b.count + k] = Math.exp(-gamma * squaredDistance(a, i, b, k));
  }
  return out;
}

function squaredDistance(a: Rows, i: number, b: Rows, k: number): number {
  let squared = 0;
  for (let c = 0; c < a.size; c++) squared += (a.data[i * a.size + c] - b.data[k * a.size + c]) ** 2;
  return squared;
}

function medianSquaredDistance(rows: Rows): number {
  const step = Math.max(1, Math.floor(rows.count / SAMPLE));
  const all: number[] = [];
  for (let i = 0; i < rows.count; i += step) {
    for (let k = 0; k < i; k += step) all.push(squaredDistance(rows, i, rows, k));
  }
  all.sort((p, q) => p - q);
  return all[Math.floor(all.length / 2)] || 1;
}

/** Cholesky factor L of a symmetric positive definite matrix, in its lower triangle, in place, row by row. */
async function factorise(matrix: Float64Array, n: number, rest: () => Promise<void>): Promise<void> {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = matrix[i * n + k];
      for (let c = 0; c < k; c++) sum -= matrix[i * n + c] * matrix[k * n + c];
      matrix[i * n + k] = i === k ? Math.sqrt(sum) : sum / matrix[k * n + k];
    }
    await rest();
  }
}

/** L L^T a = y for all columns of y at once; [n, size]. */
async function solve(lower: Float64Array, n: number, y: Rows, rest: () => Promise<void>): Promise<Float64Array> {
  const { size } = y;
  const a = Float64Array.from(y.data);
  const subtract = (to: number, from: number, factor: number) => {
    for (let c = 0; c < size; c++) a[to * size + c] -= factor * a[from * size + c];
  };
  const divide = (i: number) => {
    for (let c = 0; c < size; c++) a[i * size + c] /= lower[i * n + i];
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, lower[i * n + k]);
    divide(i);
    await rest();
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtract(i, k, lower[k * n + i]);
    divide(i);
    await rest();
  }
  return a;
}
