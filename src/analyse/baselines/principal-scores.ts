import { pca } from "../../decompose/pca";
import { rowBlocks, transpose } from "../../engine/linear-algebra";
import { centred } from "./centred";
import type { BaselineTask, Rows } from "./task";

/** Principal components of training rows. */
export interface PrincipalAxes {
  readonly components: number;
  /** [components, size], orthonormal. */
  readonly vectors: Float32Array;
  readonly mean: Float64Array;
  /** Scores [n, components] of any rows of the same size. */
  scores(rows: Rows): Rows;
}

/** The leading principal components of rows; fewer where the rows do not have as many. */
export async function principalAxes({ engine }: BaselineTask, rows: Rows, wanted: number): Promise<PrincipalAxes> {
  const { count, size } = rows;
  const components = Math.min(wanted, count, size);
  const found = await pca({ data: rows.data, shape: [count, size] }, { components, engine });
  const vectors = found.components.data;
  const mean = Float64Array.from(found.mean);
  const turned = Float32Array.from(transpose(vectors, components, size));
  return {
    components,
    vectors,
    mean,
    scores: (other) => {
      const blocks = rowBlocks(engine, centred(other, mean).data, other.count, size);
      try {
        return { data: blocks.times(turned, components), count: other.count, size: components };
      } finally {
        blocks.dispose();
      }
    },
  };
}
