import { choleskyFactor, choleskySolve } from "../core/cholesky";
import type { LeastSquaresFit, LeastSquaresSize, LeastSquaresSolver } from "./least-squares";

export type {
  LeastSquaresFit,
  LeastSquaresOptions,
  LeastSquaresSize,
  LeastSquaresSolver,
  Residuals,
} from "./least-squares";

/** First damping, as a share of the (scaled) normal matrix's diagonal of ones. */
const FIRST_DAMPING = 1e-3;
/** Above this damping the steps are too short to be of use. */
const LARGEST_DAMPING = 1e16;
/** Cosine between the residuals and a column of the Jacobian below which the point is stationary. */
const STATIONARY = 1e-8;
/** The same for a point from which no step leads down: rounding of the residuals hides what is below. */
const STATIONARY_IN_ROUNDING = 1e-4;
/** A step this short beside the parameters (both scaled) changes the curve by nothing but rounding. */
const SMALLEST_STEP = 1e-13;

/**
 * A solver for small nonlinear least-squares problems of one size in float64, minimising half the sum of the squared
 * residuals; its arrays are made once and serve all fits, e.g. those of all pixels of a scan.
 *
 * Levenberg-Marquardt with the damping of Nielsen (K. Madsen, H. B. Nielsen, O. Tingleff, "Methods for Non-Linear Least
 * Squares Problems", 2nd ed., IMM, DTU, 2004, section 3.2), the parameters scaled by the largest column norms of the
 * Jacobian seen so far (J. J. More, Lecture Notes in Mathematics 630, 105 (1978), doi:10.1007/BFb0067700), and bounds by
 * projection: a parameter on its bound is left out of a step while the gradient presses it there (D. P. Bertsekas, SIAM
 * J. Control Optim. 20, 221 (1982), doi:10.1137/0320018).
 *
 * @example
 * const solve = createLeastSquaresSolver({ points: y.length, parameters: 2 });
 * const fit = solve((p, r, jacobian) => {
 *   for (let i = 0; i < y.length; i++) {
 *     const decay = Math.exp(-p[1] * x[i]);
 *     r[i] = p[0] * decay - y[i];
 *     jacobian?.set([decay, -p[0] * x[i] * decay], 2 * i);
 *   }
 * }, [1, 1]);
 */
export function createLeastSquaresSolver({ points, parameters: n }: LeastSquaresSize): LeastSquaresSolver {
  const residual = new Float64Array(points);
  const jacobian = new Float64Array(points * n);
  const at = new Float64Array(n);
  const candidate = new Float64Array(n);
  const gradient = new Float64Array(n);
  const normal = new Float64Array(n * n);
  const scale = new Float64Array(n);
  const norms = new Float64Array(n);
  const matrix = new Float64Array(n * n);
  const step = new Float64Array(n);
  const free = new Int32Array(n);

  return function solve(residuals, start, options = {}) {
    const { maxIterations = 200, tolerance = 1e-12, sigma = "relative" } = options;
    const lower = (j: number) => options.lower?.[j] ?? Number.NEGATIVE_INFINITY;
    const upper = (j: number) => options.upper?.[j] ?? Number.POSITIVE_INFINITY;
    const inside = (value: number, j: number) => Math.min(upper(j), Math.max(lower(j), value));
    let cost = evaluate();
    let damping = FIRST_DAMPING;
    let growth = 2;
    let iterations = 0;
    let ended: LeastSquaresFit["ended"] = "iterations";
    scale.fill(0);

    if (!Number.isFinite(cost) || !linearise()) return result("not finite");
    while (iterations < maxIterations) {
      const count = freeParameters();
      if (cost === 0 || steepest(count) <= STATIONARY) {
        ended = "converged";
        break;
      }
      const predicted = propose(count);
      if (damping > LARGEST_DAMPING || Number.isNaN(predicted)) {
        ended = steepest(count) <= STATIONARY_IN_ROUNDING ? "converged" : "stalled";
        break;
      }
      if (damping <= 1 && stepShare() < SMALLEST_STEP) {
        ended = "converged";
        break;
      }
      iterations++;
      residuals(candidate, residual);
      const next = half(residual);
      const gain = predicted > 0 ? (cost - next) / predicted : 0;
      if (!(gain > 0) || !Number.isFinite(next)) {
        if (predicted > 0 && predicted <= tolerance * cost && damping <= 1) {
          ended = "converged";
          break;
        }
        damping *= growth;
        growth *= 2;
        continue;
      }
      const gained = cost - next;
      at.set(candidate);
      cost = next;
      if (!linearise()) return result("not finite");
      damping *= Math.max(1 / 3, 1 - (2 * gain - 1) ** 3);
      growth = 2;
      if (gained <= tolerance * cost && predicted <= tolerance * cost && damping <= 1) {
        ended = "converged";
        break;
      }
    }
    return result(ended);

    function evaluate(): number {
      for (let j = 0; j < n; j++) at[j] = inside(start[j], j);
      residuals(at, residual);
      return half(residual);
    }

    /** Jacobian, gradient and normal matrix at the current point; false where they are not finite. */
    function linearise(): boolean {
      residuals(at, residual, jacobian);
      gradient.fill(0);
      normal.fill(0);
      for (let i = 0; i < points; i++) {
        const row = i * n;
        for (let j = 0; j < n; j++) {
          const value = jacobian[row + j];
          gradient[j] += value * residual[i];
          for (let k = 0; k <= j; k++) normal[j * n + k] += value * jacobian[row + k];
        }
      }
      let finite = true;
      for (let j = 0; j < n; j++) {
        norms[j] = Math.sqrt(normal[j * n + j]);
        if (!Number.isFinite(norms[j]) || !Number.isFinite(gradient[j])) finite = false;
        scale[j] = Math.max(scale[j], norms[j]);
      }
      return finite;
    }

    /** Lists the parameters that may move, and says how many these are. */
    function freeParameters(): number {
      let count = 0;
      for (let j = 0; j < n; j++) {
        const held = (at[j] <= lower(j) && gradient[j] >= 0) || (at[j] >= upper(j) && gradient[j] <= 0);
        if (!held && scale[j] > 0) free[count++] = j;
      }
      return count;
    }

    /** Largest cosine between the residuals and the column of a free parameter. */
    function steepest(count: number): number {
      const length = Math.sqrt(2 * cost);
      let largest = 0;
      for (let a = 0; a < count; a++) {
        const j = free[a];
        if (norms[j] > 0) largest = Math.max(largest, Math.abs(gradient[j]) / (norms[j] * length));
      }
      return largest;
    }

    /** Sets `candidate` by a damped step; what the linear model says that it gains, NaN for no step. */
    function propose(count: number): number {
      while (damping <= LARGEST_DAMPING) {
        if (boundedStep(count)) return predictedGain();
        damping *= growth;
        growth *= 2;
      }
      return Number.NaN;
    }

    /**
     * Steps to the minimum of the damped model inside the bounds. Cutting all that leaves them at once need not lead down:
     * the parameter that meets its bound first is put there, and the step of the rest is found anew.
     */
    function boundedStep(count: number): boolean {
      candidate.set(at);
      for (let left = count; left > 0; left--) {
        for (let a = 0; a < left; a++) {
          const j = free[a];
          for (let b = 0; b <= a; b++) matrix[a * n + b] = entry(j, free[b]) / (scale[j] * scale[free[b]]);
          matrix[a * n + a] += damping;
          let slope = gradient[j];
          for (let b = left; b < count; b++) slope += entry(j, free[b]) * (candidate[free[b]] - at[free[b]]);
          step[a] = -slope / scale[j];
        }
        if (!choleskyFactor(matrix, left, n)) return false;
        choleskySolve(matrix, left, n, step);
        let first = -1;
        let share = 1;
        for (let a = 0; a < left; a++) {
          const j = free[a];
          const move = step[a] / scale[j];
          candidate[j] = inside(at[j] + move, j);
          const possible = (candidate[j] - at[j]) / move;
          if (candidate[j] === at[j] + move || possible >= share) continue;
          first = a;
          share = possible;
        }
        if (first < 0) return true;
        const j = free[first];
        free[first] = free[left - 1];
        free[left - 1] = j;
      }
      return true;
    }

    /** Length of the proposed step over that of the parameters, both scaled. */
    function stepShare(): number {
      let moved = 0;
      let size = 0;
      for (let j = 0; j < n; j++) {
        moved += (scale[j] * (candidate[j] - at[j])) ** 2;
        size += (scale[j] * at[j]) ** 2;
      }
      return Math.sqrt(moved / size);
    }

    function entry(j: number, k: number): number {
      return j > k ? normal[j * n + k] : normal[k * n + j];
    }

    function predictedGain(): number {
      let gain = 0;
      for (let j = 0; j < n; j++) {
        const dj = candidate[j] - at[j];
        gain -= gradient[j] * dj + 0.5 * normal[j * n + j] * dj * dj;
        for (let k = 0; k < j; k++) gain -= normal[j * n + k] * dj * (candidate[k] - at[k]);
      }
      return gain;
    }

    function result(how: LeastSquaresFit["ended"]): LeastSquaresFit {
      const parameters = at.slice();
      const covariance = how === "not finite" ? new Float64Array(n * n).fill(Number.NaN) : spread();
      return { parameters, covariance, cost, iterations, converged: how === "converged", ended: how };
    }

    /** The inverse of the normal matrix of the parameters that are not on a bound. */
    function spread(): Float64Array {
      const covariance = new Float64Array(n * n).fill(Number.NaN);
      let count = 0;
      for (let j = 0; j < n; j++) if (at[j] > lower(j) && at[j] < upper(j)) free[count++] = j;
      for (let a = 0; a < count; a++) {
        for (let b = 0; b <= a; b++) {
          matrix[a * n + b] = normal[free[a] * n + free[b]] / (norms[free[a]] * norms[free[b]]);
        }
      }
      if (!choleskyFactor(matrix, count, n)) return covariance;
      const variance = sigma === "absolute" ? 1 : points > count ? (2 * cost) / (points - count) : Number.NaN;
      for (let a = 0; a < count; a++) {
        step.fill(0);
        step[a] = 1;
        choleskySolve(matrix, count, n, step);
        for (let b = 0; b < count; b++) {
          covariance[free[b] * n + free[a]] = (variance * step[b]) / (norms[free[a]] * norms[free[b]]);
        }
      }
      return covariance;
    }
  };
}

function half(residual: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < residual.length; i++) sum += residual[i] * residual[i];
  return 0.5 * sum;
}
