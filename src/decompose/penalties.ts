import { SpecbookError } from "../core/errors";
import { type Curvature, energyCurvature, type ScanPlaces, scanCurvature } from "./curvature";

/** One weight for maps and endmembers alike, or one for each (default 0). */
export type PerFactor = number | { readonly maps?: number; readonly endmembers?: number };

/**
 * Penalties on the factors W (maps) and H (endmembers) of P pixels and C channels. With X and the factors scaled to data
 * of mean 1 (so that a change of units changes nothing), `nmf` minimises D(X, WH) / (P C) plus, for each factor, a
 * weight times a mean over its rows i (pixels or channels), summed over the components:
 * sparsity * mean_i |f_i| + ridge / 2 * mean_i f_i^2 + smoothness / 2 * mean_i (f_(i-1) - 2 f_i + f_(i+1))^2.
 * D is |X - WH|^2 / 2 or the Kullback-Leibler divergence. `sparsity` and `ridge` are scikit-learn's `alpha_W` and
 * `alpha_H` with `l1_ratio` 1 and 0.
 */
export interface PenaltyOptions {
  /** Draws small abundances and intensities to 0 (L1). Default 0. */
  readonly sparsity?: PerFactor;
  /** Keeps the factors small (L2). Default 0. */
  readonly ridge?: PerFactor;
  /**
   * Makes endmembers smooth along the energy axis, and maps smooth along the rows and columns of the scan. Default 0. No
   * difference reaches across pixels or channels that are left out.
   */
  readonly smoothness?: PerFactor;
}

/** The penalty on one factor in the units of the data: `l1 sum f + ridge / 2 sum f^2 + smooth / 2 sum f (M f)`. */
export interface FactorPenalty {
  readonly l1: number;
  readonly ridge: number;
  readonly smooth: number;
  /** M; absent where `smooth` is 0. */
  readonly curvature?: Curvature;
}

/** The penalties on both factors, and the weights as they were used. */
export interface Penalties {
  readonly w: FactorPenalty;
  readonly h: FactorPenalty;
  readonly used: Readonly<Record<string, unknown>>;
}

export const NO_PENALTY: FactorPenalty = { l1: 0, ridge: 0, smooth: 0 };

/** What the penalties are scaled by, and where the rows of the factors lie. */
export interface PenaltyScale {
  /** Mean of the data. */
  readonly mean: number;
  readonly loss: "frobenius" | "kullback-leibler";
  readonly pixels: ScanPlaces;
  /** Channel of each column of the data matrix, rising. */
  readonly channels: ArrayLike<number>;
}

/**
 * The penalties of the options; undefined where all weights are 0.
 *
 * @throws OptionError for a weight below 0, and for a penalty on one factor alone: the scale of a component could be moved
 *   to the other factor, which would make the penalty vanish
 */
export function resolvePenalties(options: PenaltyOptions, scale: PenaltyScale): Penalties | undefined {
  const sparsity = both("sparsity", options.sparsity);
  const ridge = both("ridge", options.ridge);
  const smoothness = both("smoothness", options.smoothness);
  const maps = sparsity.maps + ridge.maps + smoothness.maps;
  const endmembers = sparsity.endmembers + ridge.endmembers + smoothness.endmembers;
  if (maps + endmembers === 0) return undefined;
  if (maps === 0 || endmembers === 0) {
    const [free, bound] = maps === 0 ? ["maps", "endmembers"] : ["endmembers", "maps"];
    throw new SpecbookError("OptionError", "a penalty on one factor alone has no effect", {
      got: `penalties on the ${bound} only`,
      needed: `a weight on the ${free} too: without, they take over the scale and the penalised factor shrinks to nothing`,
      remedy: `add for example ridge: { ${free}: 0.01 }`,
    });
  }
  // Factors for data of mean 1 are those of X over the root of the mean; a squared distance has two powers of it.
  const { mean, loss } = scale;
  const size = { w: scale.channels.length, h: scale.pixels.index.length };
  const [linear, square] = loss === "frobenius" ? [mean ** 1.5, mean] : [mean ** 0.5, 1];
  const factor = (side: "maps" | "endmembers", other: number, curvature: () => Curvature): FactorPenalty => ({
    l1: sparsity[side] * other * linear,
    ridge: ridge[side] * other * square,
    smooth: smoothness[side] * other * square,
    ...(smoothness[side] > 0 ? { curvature: curvature() } : {}),
  });
  return {
    w: factor("maps", size.w, () => scanCurvature(scale.pixels)),
    h: factor("endmembers", size.h, () => energyCurvature(scale.channels)),
    used: Object.fromEntries(
      Object.entries({ sparsity, ridge, smoothness }).filter(([, { maps, endmembers }]) => maps + endmembers > 0),
    ),
  };
}

/** The value of a penalty on a factor [rows, k]. */
export function penaltyValue(factor: Float32Array, k: number, { l1, ridge, smooth, curvature }: FactorPenalty): number {
  let sum = 0;
  let squares = 0;
  let bends = 0;
  for (let i = 0; i < factor.length; i++) {
    sum += factor[i];
    squares += factor[i] * factor[i];
    if (curvature !== undefined) bends += factor[i] * curvature.slope(factor, k, Math.floor(i / k), i % k);
  }
  return l1 * sum + (ridge * squares + smooth * bends) / 2;
}

function both(name: string, weight: PerFactor = 0): { maps: number; endmembers: number } {
  const each =
    typeof weight === "number" ? { maps: weight, endmembers: weight } : { maps: 0, endmembers: 0, ...weight };
  const { maps, endmembers } = each;
  if (maps >= 0 && endmembers >= 0 && Number.isFinite(maps + endmembers)) return { maps, endmembers };
  throw new SpecbookError("OptionError", `the ${name} of the NMF is not usable`, {
    got: `${name}: ${JSON.stringify(weight)}`,
    needed: "a finite weight of at least 0, or { maps, endmembers }",
    remedy: `for example { ${name}: 0.01 }; the data count as if their mean were 1`,
  });
}
