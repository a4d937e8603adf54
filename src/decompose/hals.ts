import type { Pace } from "../core/pace";
import {
  addTo,
  type BlockedMatrix,
  holding,
  type RowBlock,
  readFloats,
  transposedProduct,
} from "../engine/linear-algebra";
import { halsSweep } from "./hals-sweep";

/** Both factors of X ~ W H^T, row-major: `w` [rows, k], `h` [channels, k]. */
export interface Factors {
  readonly w: Float32Array;
  readonly h: Float32Array;
  readonly k: number;
}

/** When to stop, and whom to tell. */
export interface HalsOptions {
  /** Most iterations, those done before included. */
  readonly iterations: number;
  /** Stop when the projected gradient has fallen to this share of that of the first iteration. */
  readonly tolerance: number;
  readonly pace: Pace;
  /** What was done before, e.g. on a low-rank matrix: iterations, and the projected gradient of the first of them. */
  readonly before?: { readonly iterations: number; readonly first: number };
  /** Called after every tenth iteration and the last with the relative error |X - WH| / |X|. */
  readonly onCheck?: (iteration: number, error: number) => void;
}

/** How an iteration ended. */
export interface HalsOutcome {
  readonly state: "converged" | "exhausted" | "stopped";
  readonly iterations: number;
  /** Relative error at each check, last at the end; empty when it was stopped before it had done anything. */
  readonly trace: number[];
}

const CHECK_EVERY = 10;

/** Below this the error from inner products drowns in their float32 rounding and is computed from the residual. */
const INNER_PRODUCT_LIMIT = 5e-3;

/**
 * Alternates sweeps over W and H, both changed in place, until the projected gradient is small (the rule of
 * scikit-learn's coordinate descent: the sum of its magnitudes over an iteration, as a share of the first iteration's),
 * the iterations are used up or a stop is asked for. Each block of X is read once an iteration: its rows of W are
 * updated and at once multiplied into X^T W.
 *
 * @throws CancelledError when stopped before the first iteration is complete
 */
export async function hals(
  x: BlockedMatrix,
  factors: Factors,
  squaredNorm: number,
  options: HalsOptions,
): Promise<HalsOutcome> {
  const { iterations, tolerance, pace, onCheck } = options;
  const { h, k } = factors;
  const trace: number[] = [];
  const begun = options.before?.iterations ?? 0;
  let first = options.before?.first ?? 0;
  let state: HalsOutcome["state"] = "exhausted";
  let done = begun;
  let estimate = Number.NaN;
  let gram = gramOf(h, k);
  while (state === "exhausted" && done < iterations) {
    const swept = await sweepBlocks(x, factors, gram, pace);
    if (swept === undefined) {
      state = "stopped"; // W is new in some rows, which lowers the error all the same
      break;
    }
    const violation = swept.violation + halsSweep(h, descentOf(swept.cross, h, swept.gram, k), swept.gram, k);
    gram = gramOf(h, k);
    done++;
    if (begun === 0 && done === 1) first = violation;
    estimate = innerProductError(squaredNorm, swept, h, gram);
    if (violation <= tolerance * first) state = "converged";
    else if (pace.stopped()) state = "stopped";
    if (done % CHECK_EVERY !== 0 || state !== "exhausted" || done === iterations) continue;
    trace.push(estimate > INNER_PRODUCT_LIMIT ? estimate : await residualError(x, factors, squaredNorm));
    onCheck?.(done, trace[trace.length - 1]);
  }
  if (state === "stopped" && done === begun) {
    if (begun === 0) throw pace.cancelled();
    return { state, iterations: done, trace };
  }
  // Whoever stops the work does not wait for another pass through the data.
  const isQuick = state === "stopped" && estimate > INNER_PRODUCT_LIMIT;
  trace.push(isQuick ? estimate : await residualError(x, factors, squaredNorm));
  onCheck?.(done, trace[trace.length - 1]);
  return { state, iterations: done, trace };
}

interface Swept {
  readonly violation: number;
  /** X^T W [channels, k] */
  readonly cross: Float64Array;
  /** W^T W [k, k] */
  readonly gram: Float64Array;
}

/** One sweep over W; undefined when it was stopped on the way. */
async function sweepBlocks(
  x: BlockedMatrix,
  { w, h, k }: Factors,
  gram: Float64Array,
  pace: Pace,
): Promise<Swept | undefined> {
  const { tf } = x.engine;
  const cross = new Float64Array(h.length);
  const ownGram = new Float64Array(k * k);
  let violation = 0;
  const hTensor = tf.tensor2d(h.slice(), [x.columns, k]);
  const gramTensor = tf.tensor2d(Float32Array.from(gram), [k, k]);
  const sweep = ({ start, rows, tensor }: RowBlock) => {
    const part = w.subarray(start * k, (start + rows) * k);
    const before = tf.tensor2d(part.slice(), [rows, k]);
    violation += halsSweep(
      part,
      readFloats(tf.sub(tf.matMul(tensor, hTensor), tf.matMul(before, gramTensor))),
      gram,
      k,
    );
    const after = tf.tensor2d(part.slice(), [rows, k]);
    addTo(cross, readFloats(transposedProduct(x.engine, tensor, after)));
    addTo(ownGram, readFloats(transposedProduct(x.engine, after, after)));
  };
  const isWhole = await holding(x.engine, [hTensor, gramTensor], () => x.each(sweep, pace));
  return isWhole ? { violation, cross, gram: ownGram } : undefined;
}

/** cross - factor gram: the negative gradient for the sweep over `factor`. */
function descentOf(cross: Float64Array, factor: Float32Array, gram: Float64Array, k: number): Float64Array {
  const descent = cross.slice();
  for (let start = 0; start < factor.length; start += k) {
    for (let l = 0; l < k; l++) {
      const value = factor[start + l];
      if (value === 0) continue;
      for (let j = 0; j < k; j++) descent[start + j] -= value * gram[l * k + j];
    }
  }
  return descent;
}

/** F^T F of a factor [rows, k] in float64. */
function gramOf(factor: Float32Array, k: number): Float64Array {
  const gram = new Float64Array(k * k);
  for (let start = 0; start < factor.length; start += k) {
    for (let i = 0; i < k; i++) {
      const value = factor[start + i];
      if (value === 0) continue;
      for (let j = i; j < k; j++) gram[i * k + j] += value * factor[start + j];
    }
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) gram[i * k + j] = gram[j * k + i];
  return gram;
}

/** |X - WH^T| / |X| from |X|^2 - 2 <X^T W, H> + <W^T W, H^T H>, which are at hand; NaN where rounding ate it. */
function innerProductError(squaredNorm: number, swept: Swept, h: Float32Array, gram: Float64Array): number {
  let squared = squaredNorm;
  for (let i = 0; i < h.length; i++) squared -= 2 * swept.cross[i] * h[i];
  for (let i = 0; i < gram.length; i++) squared += swept.gram[i] * gram[i];
  return Math.sqrt(squared / squaredNorm);
}

/** |X - WH^T| / |X| from the residual itself. */
async function residualError(x: BlockedMatrix, { w, h, k }: Factors, squaredNorm: number): Promise<number> {
  const { tf } = x.engine;
  let squared = 0;
  const hTensor = tf.tensor2d(h.slice(), [x.columns, k]);
  const addUp = ({ start, rows, tensor }: RowBlock) => {
    const part = tf.tensor2d(w.slice(start * k, (start + rows) * k), [rows, k]);
    const residual = tf.sub(tensor, tf.matMul(part, hTensor, false, true));
    const sums = readFloats(tf.sum(tf.square(residual), 1)); // row sums: the total is added up in float64
    for (const value of sums) squared += value;
  };
  await holding(x.engine, [hTensor], () => x.each(addUp));
  return Math.sqrt(squared / squaredNorm);
}
