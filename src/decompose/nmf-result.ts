import { addHistory } from "../data";
import type { NmfOutcome } from "./alternate";
import type { Factors } from "./hals";
import type { NmfRestart, NmfResult } from "./results";
import type { SpectraMatrix } from "./scan-matrix";

/** What the result says of the way to it. */
export interface NmfRecord {
  readonly used: NmfResult["options"];
  /** Name of the objective. */
  readonly objective: string;
  readonly restarts?: readonly NmfRestart[];
}

/** Brings the factors to their conventions: falling energy, largest abundance 1. */
export function nmfResult(matrix: SpectraMatrix, factors: Factors, outcome: NmfOutcome, record: NmfRecord): NmfResult {
  const { w, h, k } = factors;
  const columns = Array.from({ length: k }, (_, j) => ({ j, ...measure(w, k, j), length: measure(h, k, j).norm }));
  columns.sort((a, b) => b.norm * b.length - a.norm * a.length);
  const scale = columns.map(({ largest }) => largest || 1); // a component without weight stays 0
  const maps = Float32Array.from(w, (_, i) => w[i - (i % k) + columns[i % k].j] / scale[i % k]);
  const endmembers = new Float32Array(h.length);
  for (const [place, { j }] of columns.entries()) {
    for (let c = 0; c < matrix.channels; c++) endmembers[place * matrix.channels + c] = h[c * k + j] * scale[place];
  }
  const { checks } = outcome;
  const values = matrix.pixels * matrix.channels;
  return Object.freeze({
    kind: "nmf",
    maps: matrix.toMaps(maps, k),
    endmembers: matrix.toSpectra(endmembers, k),
    error: checks[checks.length - 1].error,
    trace: Object.freeze(checks.map(({ error }) => error)),
    objective: Object.freeze({
      name: record.objective,
      iterations: Object.freeze(checks.map(({ iteration }) => iteration)),
      values: Object.freeze(checks.map(({ objective }) => objective / values)),
    }),
    converged: outcome.state === "converged",
    ...(record.restarts === undefined ? {} : { restarts: Object.freeze(record.restarts) }),
    axes: matrix.axes,
    options: Object.freeze(record.used),
    metadata: matrix.metadata,
    history: addHistory(matrix.history, "nmf", { ...record.used, iterationsDone: outcome.iterations }),
  });
}

/** Length and largest value of a column. */
function measure(factor: Float32Array, k: number, j: number): { norm: number; largest: number } {
  let squares = 0;
  let largest = 0;
  for (let i = j; i < factor.length; i += k) {
    squares += factor[i] * factor[i];
    largest = Math.max(largest, factor[i]);
  }
  return { norm: Math.sqrt(squares), largest };
}
