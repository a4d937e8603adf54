import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { Pace } from "../core/pace";
import type { Engine } from "../engine/engine";
import { addTo, type RowBlocks, readFloats, transposedProduct } from "../engine/linear-algebra";
import { halsSweep } from "./hals-sweep";

/** Both factors of X ~ W H^T, row-major: `w` [rows, k], `h` [channels, k]. */
export interface Factors {
  readonly w: Float32Array;
  readonly h: Float32Array;
  readonly k: number;
}

/** When to stop, and whom to tell. */
export interface HalsOptions {
  readonly iterations: number;
  /** Stop when the projected gradient has fallen to this share of that of the first iteration. */
  readonly tolerance: number;
  readonly pace: Pace;
  /** Called after every tenth iteration and the last with the relative error |X - WH| / |X|. */
  readonly onCheck?: (iteration: number, error: number) => void;
}

/** How an iteration ended. */
export interface HalsOutcome {
  readonly state: "converged" | "exhausted" | "stopped";
  readonly iterations: number;
  /** Relative error at each check, last at the end. */
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
 */
export async function hals(
  engine: Engine,
  x: RowBlocks,
  factors: Factors,
  squaredNorm: number,
  options: HalsOptions,
): Promise<HalsOutcome> {
  const { iterations, tolerance, pace, onCheck } = options;
  const { w, h, k } = factors;
  const trace: number[] = [];
  let first = 0;
  let state: HalsOutcome["state"] = "exhausted";
  let done = 0;
  const parts = uploadRows(engine, x, w, k);
  try {
    let gram = gramOf(h, k);
    while (done < iterations) {
      const swept = sweepBlocks(engine, x, parts, factors, gram);
      const violation = swept.violation + halsSweep(h, descentOf(swept.cross, h, swept.gram, k), swept.gram, k);
      gram = gramOf(h, k);
      done++;
      if (done === 1) first = violation;
      await pace.rest();
      if (violation <= tolerance * first) state = "converged";
      else if (pace.stopped()) state = "stopped";
      const last = state !== "exhausted" || done === iterations;
      if (last || done % CHECK_EVERY === 0) {
        const estimate = innerProductError(squaredNorm, swept, h, gram);
        const exact = last || !(estimate > INNER_PRODUCT_LIMIT);
        trace.push(exact ? residualError(engine, x, parts, h, k, squaredNorm) : estimate);
        onCheck?.(done, trace[trace.length - 1]);
      }
      if (last) break;
    }
  } finally {
    engine.tf.dispose(parts);
  }
  return { state, iterations: done, trace };
}

function uploadRows({ tf }: Engine, x: RowBlocks, w: Float32Array, k: number): Tensor2D[] {
  return x.blocks.map(({ start, rows }) => tf.tensor2d(w.slice(start * k, (start + rows) * k), [rows, k]));
}

interface Swept {
  readonly violation: number;
  /** X^T W [channels, k] */
  readonly cross: Float64Array;
  /** W^T W [k, k] */
  readonly gram: Float64Array;
}

function sweepBlocks(engine: Engine, x: RowBlocks, parts: Tensor2D[], { w, h, k }: Factors, gram: Float64Array): Swept {
  const { tf } = engine;
  const cross = new Float64Array(h.length);
  const ownGram = new Float64Array(k * k);
  let violation = 0;
  const hTensor = tf.tensor2d(h.slice(), [x.columns, k]);
  const gramTensor = tf.tensor2d(Float32Array.from(gram), [k, k]);
  for (const [i, { start, rows, tensor }] of x.blocks.entries()) {
    const descent = tf.tidy(() => tf.sub(tf.matMul(tensor, hTensor), tf.matMul(parts[i], gramTensor)));
    const part = w.subarray(start * k, (start + rows) * k);
    violation += halsSweep(part, readFloats(descent), gram, k);
    tf.dispose([descent, parts[i]]);
    parts[i] = tf.tensor2d(part.slice(), [rows, k]);
    tf.tidy(() => {
      addTo(cross, readFloats(transposedProduct(engine, tensor, parts[i])));
      addTo(ownGram, readFloats(transposedProduct(engine, parts[i], parts[i])));
    });
  }
  tf.dispose([hTensor, gramTensor]);
  return { violation, cross, gram: ownGram };
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
function residualError(
  { tf }: Engine,
  x: RowBlocks,
  parts: readonly Tensor2D[],
  h: Float32Array,
  k: number,
  squaredNorm: number,
): number {
  let squared = 0;
  tf.tidy(() => {
    const hTensor = tf.tensor2d(h.slice(), [x.columns, k]);
    for (const [i, { tensor }] of x.blocks.entries()) {
      const residual = tf.sub(tensor, tf.matMul(parts[i], hTensor, false, true));
      const sums = readFloats(tf.sum(tf.square(residual), 1)); // row sums: the total is added up in float64
      for (const value of sums) squared += value;
      tf.dispose(residual);
    }
  });
  return Math.sqrt(squared / squaredNorm);
}
