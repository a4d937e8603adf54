import { finiteMean } from "./background-models";
import { fallingTerms, type TermName } from "./curve-models";
import { createCurveFitter, type FitWeights } from "./fit-curve";

/** The law of a zero-loss peak's tail: two falling terms, and how it is fitted. */
export interface ZeroLossLaw {
  readonly names: readonly string[];
  readonly units: readonly string[];
  /** Fits one spectrum's window; undefined where that does not converge. */
  fit(values: Float64Array): Float64Array | undefined;
  /** The law at energies; NaN where it has no value. */
  evaluate(parameters: Float64Array, energies: Float64Array, into: Float64Array): void;
  /** The parameters in the form of the formula. */
  told(parameters: Float64Array): Float64Array;
}

/** Options of `zeroLossLaw`. */
export interface LawOptions {
  readonly terms: readonly [TermName, TermName];
  readonly weights: FitWeights;
  readonly shape: "pixel" | "mean";
  /** Width of a channel, eV. */
  readonly step: number;
}

/** Decays tried where a fit begins: powers, and shares of the window's width. */
const POWERS = [1.5, 2, 2.5, 3, 4, 6, 9];
const SHARES = [0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1, 2];
/** The wings of a Lorentzian fall with the power 2; without a bound not far below it a flat term eats the losses. */
const POWER_BOUNDS = [1.5, 30] as const;
/** Two falling terms can stand in for each other: along that valley a fit ends when there is nothing to gain. */
const ENOUGH = { tolerance: 1e-7 };

/**
 * The two-term law of the tail. A fit starts from the best of a grid of decays, with the amplitudes of at least 0 that fit
 * best to each: so neither its size nor its energies matter. `mean` is the window of the mean spectrum, whose decays are
 * the start of all pixels, or their own ("mean").
 */
export function zeroLossLaw(energies: Float64Array, mean: Float64Array, options: LawOptions): ZeroLossLaw {
  const { terms, weights, shape, step } = options;
  const origin = Math.min(...energies);
  const last = Math.max(...energies);
  const width = last - origin;
  const steepest = 5 / step;
  const model = fallingTerms(terms, origin, {
    amplitude: 0,
    decay: terms.map((name) => (name === "power-law" ? POWER_BOUNDS : ([1 / last, steepest] as const))),
  });
  const fitter = createCurveFitter(model, energies, weights, ENOUGH);
  const amplitudes = amplitudeFit(energies, model, weights);
  const decays = terms.map((name) =>
    name === "power-law" ? POWERS : SHARES.map((share) => Math.min(steepest, Math.max(1 / last, 1 / (share * width)))),
  );
  const gridStart = (values: Float64Array): Float64Array => {
    let best: Float64Array = Float64Array.of(0, decays[0][0], 0, decays[1][0]);
    let least = Number.POSITIVE_INFINITY;
    for (const first of decays[0]) {
      for (const second of decays[1]) {
        if (terms[0] === terms[1] && first <= second) continue; // the first term is the one that falls faster
        const tried = amplitudes(values, first, second);
        if (tried.cost >= least) continue;
        least = tried.cost;
        best = tried.parameters;
      }
    }
    return best;
  };
  const ordered = (parameters: Float64Array): Float64Array =>
    terms[0] === terms[1] && parameters[1] < parameters[3]
      ? Float64Array.of(parameters[2], parameters[3], parameters[0], parameters[1])
      : parameters;
  const fitFrom = (values: Float64Array, start: Float64Array) => {
    const found = fitter(values, start);
    return found.converged ? ordered(found.parameters) : undefined;
  };
  const common = fitFrom(mean, gridStart(mean)) ?? gridStart(mean);
  const withCommon = (values: Float64Array) => amplitudes(values, common[1], common[3]).parameters;
  return {
    names: model.names,
    units: model.units,
    fit: (values) => {
      if (shape === "mean") return withCommon(values);
      return fitFrom(values, withCommon(values)) ?? fitFrom(values, gridStart(values));
    },
    evaluate: (parameters, at, into) => model.evaluate(parameters, at, into),
    told: (parameters) => model.told(parameters),
  };
}

/** Fits the two amplitudes, of at least 0, for given decays: two equations, and their edges where one would be negative. */
function amplitudeFit(energies: Float64Array, model: ReturnType<typeof fallingTerms>, weights: FitWeights) {
  const points = energies.length;
  const jacobian = new Float64Array(4 * points);
  const curve = new Float64Array(points);
  return (values: Float64Array, first: number, second: number): { parameters: Float64Array; cost: number } => {
    model.evaluate(Float64Array.of(1, first, 1, second), energies, curve, jacobian);
    // An empty channel is not infinitely sure: no variance is below a hundredth of the mean.
    const least = 0.01 * finiteMean(values.map(Math.abs)) || 1;
    let [aa, ab, bb, ay, by, yy] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < points; i++) {
      const y = values[i];
      if (!Number.isFinite(y)) continue;
      const w = weights === "counts" ? 1 / Math.max(Math.abs(y), least) : 1;
      const [a, b] = [jacobian[4 * i], jacobian[4 * i + 2]];
      aa += w * a * a;
      ab += w * a * b;
      bb += w * b * b;
      ay += w * a * y;
      by += w * b * y;
      yy += w * y * y;
    }
    const determinant = aa * bb - ab * ab;
    let [x, z] = [(ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant];
    if (!(x >= 0 && z >= 0)) {
      // The better of the two terms alone.
      [x, z] = ay * Math.abs(ay) * bb > by * Math.abs(by) * aa ? [ay / aa, 0] : [0, by / bb];
      [x, z] = [Math.max(0, x), Math.max(0, z)];
    }
    const cost = yy - 2 * (x * ay + z * by) + x * x * aa + 2 * x * z * ab + z * z * bb;
    return { parameters: Float64Array.of(x, first, z, second), cost };
  };
}
