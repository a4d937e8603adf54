import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { Pace } from "../core/pace";
import {
  addTo,
  type BlockedMatrix,
  holding,
  type RowBlock,
  readFloats,
  transposedProduct,
} from "../engine/linear-algebra";
import type { Factors } from "./hals";
import { multiplicativeSweep } from "./multiplicative-sweep";
import { penalisedSweep } from "./penalised-sweep";
import { type FactorPenalty, penaltyValue } from "./penalties";

/** What `alternate` minimises. */
export interface AlternateProblem {
  /** The data; blocks with marks where values are missing. */
  readonly x: BlockedMatrix;
  /** Whether values are missing. */
  readonly isMasked: boolean;
  readonly loss: "frobenius" | "kullback-leibler";
  readonly penalties: { readonly w: FactorPenalty; readonly h: FactorPenalty };
  /** Mean of the measured data. */
  readonly mean: number;
  /** Sum of their squares. */
  readonly squaredNorm: number;
}

/** When to stop, and whom to tell. */
export interface AlternateOptions {
  readonly iterations: number;
  readonly tolerance: number;
  readonly pace: Pace;
  readonly onCheck?: (iteration: number, error: number) => void;
}

/** How an NMF ended. */
export interface NmfOutcome {
  readonly state: "converged" | "exhausted" | "stopped";
  readonly iterations: number;
  /** At each check, last at the end: the iteration, the relative error |X - WH| / |X|, and the objective. */
  readonly checks: readonly NmfCheck[];
}

/** One look at how far an NMF has come. */
export interface NmfCheck {
  readonly iteration: number;
  readonly error: number;
  /** Sum over the measured values, plus the penalties. */
  readonly objective: number;
}

const CHECK_EVERY = 10;

/** Share of the data's mean that stands for a model of 0 under a fraction or a logarithm. */
const FLOOR = 1.2e-7;

/**
 * The general descent of NMF, both factors changed in place: least squares by hierarchical alternating least squares or
 * Kullback-Leibler by multiplicative updates, each with penalties and with missing values. The objective never rises.
 *
 * Missing values count nothing. Kullback-Leibler leaves them out of its sums; least squares puts the present model in
 * their place at each iteration, which bounds the objective from above and touches it (S. Zhang, W. Wang, J. Ford and
 * F. Makedon, Proc. SIAM Data Mining, 549 (2006), doi:10.1137/1.9781611972764.58).
 */
export async function alternate(
  problem: AlternateProblem,
  factors: Factors,
  options: AlternateOptions,
): Promise<NmfOutcome> {
  const { iterations, tolerance, pace, onCheck } = options;
  const step = problem.loss === "frobenius" ? leastSquaresStep(problem, factors) : divergenceStep(problem, factors);
  const checks: NmfCheck[] = [];
  const begin = (await objective(problem, factors)).objective;
  let before = begin;
  let first = 0;
  let state: NmfOutcome["state"] = "exhausted";
  let done = 0;
  while (done < iterations && state === "exhausted") {
    const violation = await step(pace);
    if (violation === undefined) state = "stopped";
    else done++;
    if (done === 1) first = violation ?? 0;
    if (state === "stopped" && checks.length > 0) break; // whoever stops the work does not wait for another pass
    if (problem.loss === "frobenius" && violation !== undefined && violation <= tolerance * first) state = "converged";
    else if (pace.stopped()) state = "stopped";
    if (state === "exhausted" && done < iterations && done % CHECK_EVERY !== 0) continue;
    const now = await objective(problem, factors);
    checks.push({ iteration: done, ...now });
    if (problem.loss === "kullback-leibler" && state === "exhausted" && done % CHECK_EVERY === 0) {
      const fall = (root(before) - root(now.objective)) / root(begin);
      if (tolerance > 0 && fall < tolerance) state = "converged";
      before = now.objective;
    }
    onCheck?.(done, now.error);
  }
  return { state, iterations: done, checks };
}

const root = (value: number) => Math.sqrt(Math.max(0, value));

/** One iteration; gives the sum of the magnitudes of the projected gradient, undefined when it was stopped. */
type Step = (pace: Pace) => Promise<number | undefined>;

/** One iteration of least squares. */
function leastSquaresStep({ x, penalties }: AlternateProblem, { w, h, k }: Factors): Step {
  const { engine } = x;
  const { tf } = engine;
  return async (pace) => {
    const gram = gramOf(h, k);
    const cross = new Float64Array(h.length);
    const ownGram = new Float64Array(k * k);
    let violation = 0;
    const right = tf.tensor2d(h.slice(), [x.columns, k]);
    const gramTensor = tf.tensor2d(Float32Array.from(gram), [k, k]);
    const sweep = ({ start, rows, tensor, observed }: RowBlock) => {
      const part = w.subarray(start * k, (start + rows) * k);
      const left = tf.tensor2d(part.slice(), [rows, k]);
      const model = observed && tf.matMul(left, right, false, true);
      const full = observed && model ? tf.add(tensor, tf.sub(model, tf.mul(model, observed))) : tensor;
      const descent = readFloats(tf.sub(tf.matMul(full, right), tf.matMul(left, gramTensor)));
      violation += penalisedSweep(w, start, descent, gram, k, penalties.w);
      const moved = tf.tensor2d(part.slice(), [rows, k]);
      addTo(cross, readFloats(transposedProduct(engine, full as Tensor2D, moved))); // add keeps the rank
      addTo(ownGram, readFloats(transposedProduct(engine, moved, moved)));
    };
    if (!(await holding(engine, [right, gramTensor], () => x.each(sweep, pace)))) return undefined;
    const descent = cross; // X^T W - H G, in place
    for (let i = 0; i < h.length; i++) {
      const at = i - (i % k);
      for (let l = 0; l < k; l++) descent[i] -= h[at + l] * ownGram[l * k + (i % k)];
    }
    return violation + penalisedSweep(h, 0, descent, ownGram, k, penalties.h);
  };
}

/** One iteration of multiplicative updates; there is no gradient to tell of. */
function divergenceStep(problem: AlternateProblem, { w, h, k }: Factors): Step {
  const { x, isMasked, penalties, mean } = problem;
  const { engine } = x;
  const { tf } = engine;
  return async (pace) => {
    const ratioSum = new Float64Array(h.length);
    const sums = new Float64Array(isMasked ? h.length : k);
    const columnSums = sumsOf(h, k);
    const right = tf.tensor2d(h.slice(), [x.columns, k]);
    const sweep = ({ start, rows, tensor, observed }: RowBlock) => {
      const part = w.subarray(start * k, (start + rows) * k);
      const ratioTo = (left: Tensor2D): Tensor2D =>
        tf.div(tensor, tf.maximum(tf.matMul(left, right, false, true), FLOOR * mean));
      const ratio = readFloats(tf.matMul(ratioTo(tf.tensor2d(part.slice(), [rows, k])), right));
      const sum = observed === undefined ? columnSums : readFloats(tf.matMul(observed, right));
      multiplicativeSweep(w, start, ratio, sum, k, penalties.w);
      const moved = tf.tensor2d(part.slice(), [rows, k]);
      addTo(ratioSum, readFloats(transposedProduct(engine, ratioTo(moved), moved)));
      if (observed !== undefined) addTo(sums, readFloats(transposedProduct(engine, observed, moved)));
    };
    if (!(await holding(engine, [right], () => x.each(sweep, pace)))) return undefined;
    if (!isMasked) sums.set(sumsOf(w, k));
    multiplicativeSweep(h, 0, ratioSum, sums, k, penalties.h);
    return 0;
  };
}

/** Relative error and objective at the factors, over the measured values. */
async function objective(
  problem: AlternateProblem,
  { w, h, k }: Factors,
): Promise<{ error: number; objective: number }> {
  const { x, loss, penalties, mean, squaredNorm } = problem;
  const { tf } = x.engine;
  let squares = 0;
  let divergence = 0;
  const right = tf.tensor2d(h.slice(), [x.columns, k]);
  const addUp = ({ start, rows, tensor, observed }: RowBlock) => {
    const left = tf.tensor2d(w.slice(start * k, (start + rows) * k), [rows, k]);
    const whole = tf.matMul(left, right, false, true);
    const model = observed === undefined ? whole : tf.mul(whole, observed);
    const difference = tf.sub(tensor, model);
    for (const value of readFloats(tf.sum(tf.square(difference), 1))) squares += value;
    if (loss === "frobenius") return;
    // x log(x / m) - x + m, which is m where x is 0
    const fraction = tf.div(tf.maximum(tensor, FLOOR * mean), tf.maximum(model, FLOOR * mean));
    const terms = tf.sub(tf.mul(tensor, tf.log(fraction)), difference);
    for (const value of readFloats(tf.sum(terms, 1))) divergence += value;
  };
  await holding(x.engine, [right], () => x.each(addUp));
  const penalty = penaltyValue(w, k, penalties.w) + penaltyValue(h, k, penalties.h);
  return {
    error: Math.sqrt(squares / squaredNorm),
    objective: (loss === "frobenius" ? squares / 2 : divergence) + penalty,
  };
}

/** F^T F of a factor [rows, k] in float64. */
function gramOf(factor: Float32Array, k: number): Float64Array {
  const gram = new Float64Array(k * k);
  for (let start = 0; start < factor.length; start += k) {
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) gram[i * k + j] += factor[start + i] * factor[start + j];
    }
  }
  return gram;
}

/** Column sums of a factor [rows, k]. */
function sumsOf(factor: Float32Array, k: number): Float64Array {
  const sums = new Float64Array(k);
  for (let i = 0; i < factor.length; i++) sums[i % k] += factor[i];
  return sums;
}
