/**
 * A curve over energy whose parameters are fitted. Inside, amplitudes are the values at the energy `origin` of the fit, so
 * that all parameters have sizes that a solver can work with; `names` and `told` are what results say.
 */
export interface CurveModel {
  /** Names of the parameters in results. */
  readonly names: readonly string[];
  readonly units: readonly string[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Writes the curve at the energies and, on request, its derivatives [energies, parameters]. */
  evaluate(parameters: Float64Array, energies: Float64Array, values: Float64Array, jacobian?: Float64Array): void;
  /** The parameters in the form of the formula. */
  told(parameters: Float64Array): Float64Array;
}

/** One falling term. `decay` is the power r, or 1 / tau. */
interface Term {
  readonly shape: (energy: number, decay: number) => number;
  /** d log shape / d decay. */
  readonly slope: (energy: number) => number;
  readonly names: readonly [string, string];
  readonly units: readonly [string, string];
  readonly told: (amplitude: number, decay: number) => readonly [number, number];
}

/** The formula of a falling term: A E^-r, or A exp(-E / tau). */
export type TermName = "power-law" | "exponential";

function termOf(name: TermName, origin: number): Term {
  if (name === "power-law") {
    return {
      // No value at and below zero, where the law has none.
      shape: (energy, r) => (energy > 0 ? (energy / origin) ** -r : Number.NaN),
      slope: (energy) => -Math.log(energy / origin),
      names: ["A", "r"],
      units: ["", ""],
      told: (amplitude, r) => [amplitude * origin ** r, r],
    };
  }
  return {
    shape: (energy, rate) => Math.exp(-rate * (energy - origin)),
    slope: (energy) => origin - energy,
    names: ["A", "tau"],
    units: ["", "eV"],
    told: (amplitude, rate) => [amplitude * Math.exp(rate * origin), 1 / rate],
  };
}

/** A sum of falling terms, each with an amplitude at `origin` and a decay; `bounds` are those of the decays. */
export function fallingTerms(
  terms: readonly TermName[],
  origin: number,
  bounds: { readonly amplitude: number; readonly decay: readonly (readonly [number, number])[] },
): CurveModel {
  const laws = terms.map((name) => termOf(name, origin));
  const n = 2 * laws.length;
  const mark = (name: string, i: number) => (laws.length === 1 ? name : `${name}${i + 1}`);
  return {
    names: laws.flatMap(({ names }, i) => names.map((name) => mark(name, i))),
    units: laws.flatMap(({ units }) => units),
    lower: laws.flatMap((_, i) => [bounds.amplitude, bounds.decay[i][0]]),
    upper: laws.flatMap((_, i) => [Number.POSITIVE_INFINITY, bounds.decay[i][1]]),
    evaluate: (parameters, energies, values, jacobian) => {
      for (let i = 0; i < energies.length; i++) {
        let sum = 0;
        for (let k = 0; k < laws.length; k++) {
          const shape = laws[k].shape(energies[i], parameters[2 * k + 1]);
          sum += parameters[2 * k] * shape;
          if (jacobian === undefined) continue;
          jacobian[i * n + 2 * k] = shape;
          jacobian[i * n + 2 * k + 1] = parameters[2 * k] * shape * laws[k].slope(energies[i]);
        }
        values[i] = sum;
      }
    },
    told: (parameters) =>
      Float64Array.from(laws.flatMap(({ told }, k) => told(parameters[2 * k], parameters[2 * k + 1]))),
  };
}

/** A polynomial of u = (E - origin) / reach; told as coefficients of the powers of E, the constant first. */
export function polynomial(order: number, origin: number, reach: number): CurveModel {
  const n = order + 1;
  const free = (limit: number) => new Array<number>(n).fill(limit);
  return {
    names: Array.from({ length: n }, (_, k) => `a${k}`),
    units: Array.from({ length: n }, (_, k) => (k === 0 ? "" : `per eV${k === 1 ? "" : `^${k}`}`)),
    lower: free(Number.NEGATIVE_INFINITY),
    upper: free(Number.POSITIVE_INFINITY),
    evaluate: (parameters, energies, values, jacobian) => {
      for (let i = 0; i < energies.length; i++) {
        const u = (energies[i] - origin) / reach;
        let sum = 0;
        for (let k = 0, power = 1; k < n; k++, power *= u) {
          sum += parameters[k] * power;
          if (jacobian !== undefined) jacobian[i * n + k] = power;
        }
        values[i] = sum;
      }
    },
    told: (parameters) => {
      // sum over k of p[k] ((E - origin) / reach)^k, multiplied out by Horner's rule in polynomials of E.
      let told = new Float64Array(n);
      for (let k = order; k >= 0; k--) {
        const next = new Float64Array(n);
        for (let j = 0; j < n; j++) {
          next[j] = (-origin / reach) * told[j] + (j > 0 ? told[j - 1] / reach : 0);
        }
        next[0] += parameters[k];
        told = next;
      }
      return told;
    },
  };
}
