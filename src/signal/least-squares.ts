/**
 * Writes the residuals (weighted, if the fit is) of `parameters` into `residuals` [points] and, where a Jacobian is asked
 * for, d residual[i] / d parameter[j] into `jacobian[i * parameters.length + j]`. Called many times: it allocates nothing
 * and keeps none of the arrays.
 */
export type Residuals = (parameters: Float64Array, residuals: Float64Array, jacobian?: Float64Array) => void;

/** Size of the problems that one solver solves. */
export interface LeastSquaresSize {
  /** Number of residuals, at least the number of parameters. */
  readonly points: number;
  readonly parameters: number;
}

/** Options of one fit. */
export interface LeastSquaresOptions {
  /** Smallest value of each parameter; default none. */
  readonly lower?: ArrayLike<number>;
  /** Largest value of each parameter; default none. */
  readonly upper?: ArrayLike<number>;
  /** Steps tried at most, each with one evaluation of the residuals. Default 200. */
  readonly maxIterations?: number;
  /** Converged when a step would lower the sum of squares by less than this share of it. Default 1e-12. */
  readonly tolerance?: number;
  /**
   * Covariance of residuals that were divided by their own standard deviations ("absolute"), or of residuals of one
   * unknown deviation, which is estimated from what the fit leaves ("relative"). Default "relative".
   */
  readonly sigma?: "absolute" | "relative";
}

/** Where one fit ended. */
export interface LeastSquaresFit {
  readonly parameters: Float64Array;
  /** [parameters, parameters]; NaN for those that ended on a bound, everywhere where the Jacobian has not full rank. */
  readonly covariance: Float64Array;
  /** Half the sum of the squared residuals. */
  readonly cost: number;
  /** Steps tried. */
  readonly iterations: number;
  /** True at a minimum to working precision. False: `parameters` is the best point found, and `ended` says why. */
  readonly converged: boolean;
  /** "stalled": no step lowers the sum although its gradient is not small (wrong derivatives, or a kink). */
  readonly ended: "converged" | "iterations" | "stalled" | "not finite";
}

/** Fits the problem that `residuals` describes, from `start`. */
export type LeastSquaresSolver = (
  residuals: Residuals,
  start: ArrayLike<number>,
  options?: LeastSquaresOptions,
) => LeastSquaresFit;
