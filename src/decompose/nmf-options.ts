import { SpecbookError } from "../core/errors";
import type { LongWorkOptions } from "../core/pace";
import type { Image } from "../data";
import type { Engine } from "../engine/engine";
import type { Missing } from "./missing";
import type { PenaltyOptions } from "./penalties";
import type { NmfResult } from "./results";

/** Where NMF starts from: a rule, or maps and endmembers to go on from, e.g. an earlier result. */
export type NmfStart = "nndsvd" | "nndsvda" | "random" | Pick<NmfResult, "maps" | "endmembers">;

/** What measures the distance of the model from the data: see `nmf`. */
export type NmfLoss = "frobenius" | "kullback-leibler";

/** Options of `nmf`. */
export interface NmfOptions extends LongWorkOptions, PenaltyOptions {
  /** Number of endmembers. Default 4. */
  readonly components?: number;
  /**
   * `"frobenius"`: squared differences, for noise of one size, by hierarchical alternating least squares;
   * `"kullback-leibler"`: for counts with Poisson noise (the negative log-likelihood up to a constant), by multiplicative
   * updates, which need more iterations and never leave a zero (so not with the start "nndsvd"). Default "frobenius".
   */
  readonly loss?: NmfLoss;
  /**
   * `"nndsvd"`: from the singular vectors, with zeros; `"nndsvda"`: the same with the root of the data's mean for the
   * zeros (what scikit-learn does on data of mean 1; so a change of units changes nothing); `"random"`: seeded.
   * Default "nndsvda", with `restarts` "random".
   */
  readonly init?: NmfStart;
  /**
   * Number of random starts, with the seeds `seed`, `seed` + 1, ...; the one with the lowest objective is the result,
   * and `restarts` in it tells of each. Default 1.
   */
  readonly restarts?: number;
  /** Seed of the random start, and of the randomised singular vectors. Default 0. */
  readonly seed?: number;
  /** Most iterations, each an update of the maps and one of the endmembers. Default 500. */
  readonly iterations?: number;
  /**
   * Frobenius: converged when the projected gradient is at most this share of that of the first iteration;
   * Kullback-Leibler: when ten iterations lower the root of the objective by less than this share of its first value (the
   * rules of scikit-learn's two solvers). Default 1e-4.
   */
  readonly tolerance?: number;
  /**
   * `"ignore"`: pixels and channels that are NaN throughout are left out (NaN in the result), single NaN values count
   * nothing. A source is read once more to find them. Default "refuse".
   */
  readonly missing?: Missing;
  /**
   * Iterate first on the truncated singular value decomposition that "nndsvd" and "nndsvda" start from, where an
   * iteration costs a small part of one on the data, and at the end on the data: ten iterations of those allowed, or one
   * where it has converged. The way is nearly the same. Plain least squares only; without effect elsewhere. Default true.
   */
  readonly lowRank?: boolean;
  /** Decomposes only the pixels where this is not 0 (scan-shaped); the maps are NaN elsewhere. */
  readonly mask?: Image | ArrayLike<number>;
  /** Called after every tenth iteration and the last. */
  readonly onProgress?: (progress: NmfProgress) => void;
  /** Rows of a source that are read at once; without effect on the result. Default: as many as fill 64 MiB. */
  readonly block?: number;
  /** The engine to compute on; default that of `loadEngine()`. @internal */
  readonly engine?: Engine;
}

/** How far an NMF is. */
export interface NmfProgress {
  readonly iteration: number;
  readonly iterations: number;
  /** Relative error |X - WH| / |X| so far. */
  readonly error: number;
  /** Which of the starts it is, from 1, and how many there are; absent without `restarts`. */
  readonly restart?: number;
  readonly restarts?: number;
}

/** Throws unless the options that are plain numbers and names can be used. */
export function checkNmfOptions(options: NmfOptions): void {
  const { loss = "frobenius", iterations = 500, tolerance = 1e-4, restarts = 1, init } = options;
  if (!(Number.isInteger(iterations) && iterations >= 1 && tolerance >= 0)) {
    throw new SpecbookError("OptionError", "the stopping rule of the NMF is not usable", {
      got: `iterations: ${iterations}, tolerance: ${tolerance}`,
      needed: "at least 1 iteration, a tolerance of at least 0",
      remedy: "leave both out for 500 and 1e-4",
    });
  }
  if (loss !== "frobenius" && loss !== "kullback-leibler") {
    throw new SpecbookError("OptionError", "unknown loss for the NMF", {
      got: `loss: ${JSON.stringify(loss)}`,
      needed: '"frobenius" or "kullback-leibler"',
      remedy: "leave it out for frobenius",
    });
  }
  if (loss === "kullback-leibler" && init === "nndsvd") {
    throw new SpecbookError("OptionError", "multiplicative updates cannot leave the zeros of this start", {
      got: 'loss: "kullback-leibler" with init: "nndsvd"',
      needed: "a start without zeros",
      remedy: 'leave init out for "nndsvda", or give "random"',
    });
  }
  if (!Number.isInteger(restarts) || restarts < 1 || (restarts > 1 && init !== undefined && init !== "random")) {
    throw new SpecbookError("OptionError", "the number of restarts is not usable", {
      got: `restarts: ${restarts}${init === undefined ? "" : `, init: ${typeof init === "string" ? `"${init}"` : "given"}`}`,
      needed: "a whole number of at least 1, and random starts for more than one",
      remedy: "for example { restarts: 10, seed: 1 } without init",
    });
  }
}
