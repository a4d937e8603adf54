import { plainEigen } from "../engine/linear-algebra";

/** The function whose expectation measures how far a signal is from normal. */
export type Contrast = "logcosh" | "exp" | "cube";

/** What `fastIca` does. */
export interface FastIcaOptions {
  readonly contrast: Contrast;
  readonly iterations: number;
  /** Converged when no direction turns by more than this in an iteration, as 1 - |cosine|. */
  readonly tolerance: number;
  /** Called after every iteration; true stops. */
  readonly afterEach?: (iteration: number, change: number) => Promise<boolean>;
}

/** What `fastIca` found. */
export interface FastIca {
  /** Orthonormal rows [k, k]: sources = unmixing * signals. */
  readonly unmixing: Float64Array;
  readonly state: "converged" | "exhausted" | "stopped";
  /** Largest change of direction in each iteration. */
  readonly trace: readonly number[];
}

/** g and its derivative. */
const CONTRASTS: { readonly [name in Contrast]: (x: number) => readonly [number, number] } = {
  logcosh: (x) => {
    const t = Math.tanh(x);
    return [t, 1 - t * t];
  },
  exp: (x) => {
    const e = Math.exp((-x * x) / 2);
    return [x * e, (1 - x * x) * e];
  },
  cube: (x) => [x * x * x, 3 * x * x],
};

/**
 * Symmetric fixed-point ICA: every direction w becomes E(x g(w x)) - E(g'(w x)) w, and all are made orthonormal together
 * (A. Hyvarinen, IEEE Trans. Neural Networks 10, 626 (1999), doi:10.1109/72.761722).
 *
 * @param signals [k, n], white: each of mean 0 and variance 1 (n in the denominator), uncorrelated
 * @param start directions to start from [k, k]; they need not be orthonormal
 */
export async function fastIca(
  signals: Float64Array,
  k: number,
  start: Float64Array,
  options: FastIcaOptions,
): Promise<FastIca> {
  const { contrast, iterations, tolerance, afterEach } = options;
  const n = signals.length / k;
  let unmixing = decorrelate(start, k);
  const trace: number[] = [];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const next = decorrelate(turned(signals, unmixing, k, n, CONTRASTS[contrast]), k);
    const change = largestTurn(unmixing, next, k);
    unmixing = next;
    trace.push(change);
    if (change < tolerance) return { unmixing, state: "converged", trace };
    if (await afterEach?.(iteration, change)) return { unmixing, state: "stopped", trace };
  }
  return { unmixing, state: "exhausted", trace };
}

function turned(
  signals: Float64Array,
  unmixing: Float64Array,
  k: number,
  n: number,
  g: (x: number) => readonly [number, number],
): Float64Array {
  const next = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    let slope = 0;
    for (let t = 0; t < n; t++) {
      let source = 0;
      for (let j = 0; j < k; j++) source += unmixing[i * k + j] * signals[j * n + t];
      const [value, derivative] = g(source);
      slope += derivative;
      for (let j = 0; j < k; j++) next[i * k + j] += value * signals[j * n + t];
    }
    for (let j = 0; j < k; j++) next[i * k + j] = (next[i * k + j] - slope * unmixing[i * k + j]) / n;
  }
  return next;
}

/** (W W^T)^(-1/2) W: the nearest orthonormal rows. */
export function decorrelate(w: Float64Array, k: number): Float64Array {
  const products = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) for (let l = 0; l < k; l++) products[i * k + j] += w[i * k + l] * w[j * k + l];
  }
  const { values, vectors } = plainEigen(products, k);
  const result = new Float64Array(k * k);
  for (let e = 0; e < k; e++) {
    const scale = 1 / Math.sqrt(Math.max(values[e], Number.MIN_VALUE));
    for (let l = 0; l < k; l++) {
      let along = 0;
      for (let j = 0; j < k; j++) along += vectors[e * k + j] * w[j * k + l];
      for (let i = 0; i < k; i++) result[i * k + l] += scale * vectors[e * k + i] * along;
    }
  }
  return result;
}

function largestTurn(old: Float64Array, next: Float64Array, k: number): number {
  let largest = 0;
  for (let i = 0; i < k; i++) {
    let cosine = 0;
    for (let j = 0; j < k; j++) cosine += old[i * k + j] * next[i * k + j];
    largest = Math.max(largest, Math.abs(Math.abs(cosine) - 1));
  }
  return largest;
}
