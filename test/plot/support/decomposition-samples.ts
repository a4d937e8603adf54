import { image } from "../../../src/data";
import {
  type ComponentMatch,
  type IcaResult,
  matchComponents,
  type NmfResult,
  type ResidualMap,
  type ScreeResult,
  type StabilityResult,
} from "../../../src/decompose";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import type { Samples } from "./samples";

/** Results of decompositions, made by hand out of the others. */
export interface DecompositionSamples {
  readonly ica: IcaResult;
  readonly scree: ScreeResult;
  readonly stability: StabilityResult;
  readonly match: ComponentMatch;
  readonly residual: ResidualMap;
  readonly restarted: NmfResult;
}

export function decompositionSamples(s: Samples): DecompositionSamples {
  const { nmf, pca } = s;
  const count = pca.components.shape[1];
  const variances = Float64Array.from({ length: count }, (_, i) =>
    i < 2 ? 5 / 10 ** i : 0.01 * (1 - i / count) + 1e-4,
  );
  const total = variances.reduce((a, b) => a + b, 0);
  const ratio = variances.map((v) => v / total);
  let sum = 0;
  const cumulative = ratio.map((v) => {
    sum += v;
    return sum;
  });
  const components = [2, 3, 4, 5];
  return {
    ica: {
      kind: "ica",
      maps: pca.maps,
      components: pca.components,
      mean: pca.mean,
      explainedVarianceRatio: 0.95,
      converged: true,
      trace: [0.1, 1e-5],
      axes: pca.axes,
      options: { components: pca.options.components, contrast: "logcosh", independent: "maps", seed: 2 },
      metadata: pca.metadata,
      history: [],
    },
    scree: {
      kind: "scree",
      variances,
      ratio,
      cumulative,
      suggested: 2,
      ranks: { "marchenko-pastur": 2, "gavish-donoho": 2 },
      noise: { variance: 0.005, edge: 0.02, rounding: false },
      axes: pca.axes,
      options: { method: "marchenko-pastur", weighting: "none", centred: true, seed: 0 },
      metadata: pca.metadata,
      history: [],
    },
    stability: {
      kind: "stability",
      components,
      scores: [0.99, 0.98, 0.95, 0.7],
      deviations: [0.001, 0.01, 0.02, 0.1],
      componentScores: components.map((k) => Array.from({ length: k }, () => 0.9)),
      errors: [0.08, 0.03, 0.02, 0.019],
      best: components.map(() => nmf),
      suggested: 4,
      axes: nmf.axes,
      options: { restarts: 10, similarity: "correlation", threshold: 0.9, seed: 3 },
      metadata: nmf.metadata,
      history: [],
    },
    match: matchComponents(nmf, nmf),
    residual: {
      kind: "residual-map",
      error: s.errors.map,
      relative: s.errors.map,
      noise: s.errors.map,
      ratio: image(
        s.errors.map.data.map((v) => 30 * v),
        s.errors.map.shape,
        s.errors.map,
      ),
      overall: { error: 0.05, relative: 0.04, noise: 0.03, ratio: 1.4 },
      method: "nmf",
      components: nmf.options.components,
      reference: "differences",
    },
    restarted: {
      ...nmf,
      trace: [0.2, 0.05, 0.02, 0.0123],
      objective: {
        name: "Kullback-Leibler divergence + sparsity",
        iterations: [10, 20, 30, 36],
        values: [2e-4, 1e-4, 9e-5, 8.9e-5],
      },
      restarts: [8.9e-5, 9.4e-5, 8.95e-5].map((objective, i) => ({
        seed: 7 + i,
        error: 0.0123 + 0.001 * i,
        objective,
        iterations: 36,
        converged: true,
      })),
    },
  };
}

/** The figures of decompositions. */
export function decompositionFigures(s: Samples): Record<string, () => VegaLiteSpec> {
  const d = decompositionSamples(s);
  return {
    "scree with a noise floor": () => plot.scree(d.scree),
    stability: () => plot.stability(d.stability),
    convergence: () => plot.convergence(s.nmf),
    "convergence of several starts": () => plot.convergence(d.restarted),
    ica: () => plot.ica(d.ica),
    "component match": () => plot.componentMatch(d.match),
    "residual map": () => plot.residualMap(d.residual),
  };
}
