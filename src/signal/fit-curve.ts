import type { CurveModel } from "./curve-models";
import { createLeastSquaresSolver, type LeastSquaresOptions } from "./levenberg-marquardt";

/**
 * What counts in a fit: `"equal"`: all channels alike; `"counts"`: each by the inverse of its variance, which is that of
 * counting and taken from the fitted curve itself.
 */
export type FitWeights = "equal" | "counts";

/** A fitted curve, in the parameters that the solver sees. */
export interface CurveFit {
  readonly parameters: Float64Array;
  readonly converged: boolean;
}

/** A curve is fitted this many times, with weights from the fit before. */
const WEIGHT_PASSES = 2;
/** Least variance of a channel, as a share of the mean of all: an empty channel is not infinitely sure. */
const LEAST_VARIANCE = 0.01;

/** Fits one model to spectra at fixed energies; channels without a finite value do not count. */
export function createCurveFitter(
  model: CurveModel,
  energies: Float64Array,
  weights: FitWeights,
  limits: Pick<LeastSquaresOptions, "tolerance" | "maxIterations"> = {},
): (values: Float64Array, start: Float64Array) => CurveFit {
  const points = energies.length;
  const n = model.names.length;
  const solve = createLeastSquaresSolver({ points, parameters: n });
  const weight = new Float64Array(points);
  const curve = new Float64Array(points);
  const bounds = { lower: model.lower, upper: model.upper, ...limits };
  return (values, start) => {
    const fit = (from: Float64Array) =>
      solve(
        (parameters, residuals, jacobian) => {
          model.evaluate(parameters, energies, residuals, jacobian);
          for (let i = 0; i < points; i++) {
            residuals[i] = weight[i] === 0 ? 0 : weight[i] * (residuals[i] - values[i]);
            if (jacobian === undefined) continue;
            for (let j = i * n; j < (i + 1) * n; j++) jacobian[j] = weight[i] === 0 ? 0 : jacobian[j] * weight[i];
          }
        },
        from,
        bounds,
      );
    for (let i = 0; i < points; i++) weight[i] = Number.isFinite(values[i]) ? 1 : 0;
    if (weights === "equal") return fit(start);
    let found: CurveFit = { parameters: start, converged: true };
    for (let pass = 0; pass < WEIGHT_PASSES && found.converged; pass++) {
      if (pass === 0) runningMean(values, curve);
      else model.evaluate(found.parameters, energies, curve);
      setWeights(values, curve, weight);
      found = fit(found.parameters);
    }
    return found;
  };
}

function setWeights(values: Float64Array, variance: Float64Array, weight: Float64Array): void {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]) || !(variance[i] > 0)) continue;
    sum += variance[i];
    count++;
  }
  const least = count > 0 ? (LEAST_VARIANCE * sum) / count : 1;
  for (let i = 0; i < values.length; i++) {
    weight[i] = Number.isFinite(values[i]) ? 1 / Math.sqrt(variance[i] > least ? variance[i] : least) : 0;
  }
}

/** Mean of each value and its two neighbours on either side, of those that are finite. */
function runningMean(values: Float64Array, into: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    let count = 0;
    for (let k = Math.max(0, i - 2); k <= Math.min(values.length - 1, i + 2); k++) {
      if (!Number.isFinite(values[k])) continue;
      sum += values[k];
      count++;
    }
    into[i] = count > 0 ? sum / count : 0;
  }
}
