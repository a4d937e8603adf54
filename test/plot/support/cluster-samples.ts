import type { Clustering, Embedding, Silhouette } from "../../../src/cluster/results";
import { image } from "../../../src/data";
import type { VegaLiteSpec } from "../../../src/plot";
import * as plot from "../../../src/plot";
import type { Samples } from "./samples";

/** Results of clustering. */
export interface ClusterSamples {
  readonly clustering: Clustering;
  readonly embedding: Embedding;
  readonly silhouette: Silhouette;
}

/** Made by hand: three groups by brightness, one pixel of noise, one without a point. */
export function clusterSamples(s: Pick<Samples, "image">): ClusterSamples {
  const [rows, columns] = s.image.shape;
  const n = rows * columns;
  const labels = Int32Array.from({ length: n }, (_, i) => (i < 2 ? -1 : Math.floor((3 * i) / n)));
  const sizes = new Int32Array(3);
  for (const label of labels) if (label >= 0) sizes[label]++;
  const clustering: Clustering = {
    kind: "clustering",
    method: "k-means",
    clusters: 3,
    labels,
    sizes,
    centres: { data: new Float32Array(6), shape: [3, 2] },
    names: ["Score 1", "Score 2"],
    map: image(
      Float32Array.from(labels, (label, i) => (i === 0 ? Number.NaN : label + 1)),
      [rows, columns],
      { axes: s.image.axes },
    ),
    score: { inertia: 12.5, explained: 0.875 },
    converged: false,
    options: { clusters: 3, seed: 1 },
    history: [],
  };
  const embedding: Embedding = {
    kind: "embedding",
    method: "umap",
    values: {
      data: Float32Array.from({ length: 2 * n }, (_, i) =>
        i < 2 ? Number.NaN : Math.sin(i * 1.3) + (i % 2) * labels[i >> 1],
      ),
      shape: [n, 2],
    },
    positions: Int32Array.from({ length: 2 * n }, (_, i) =>
      i % 2 === 0 ? Math.floor((i >> 1) / columns) : (i >> 1) % columns,
    ),
    scan: [rows, columns],
    axes: s.image.axes,
    options: { neighbours: 15, minDistance: 0.1, seed: 0 },
    history: [],
  };
  const silhouette: Silhouette = {
    kind: "silhouette",
    values: Float32Array.from(labels, (label, i) => (label < 0 ? Number.NaN : 0.5 + 0.45 * Math.cos(i) - 0.1 * label)),
    labels,
    mean: 0.4,
    clusterMeans: Float64Array.of(0.5, 0.4, -0.3),
    sampled: sizes.reduce((a, b) => a + b, 0),
    options: { sample: 4000, seed: 0 },
  };
  return { clustering, embedding, silhouette };
}

/** The figures of clusters. */
export function clusterFigures(s: Samples): Record<string, () => VegaLiteSpec> {
  const { clustering, embedding, silhouette } = clusterSamples(s);
  const { map: _, ...bare } = clustering;
  return {
    clusters: () => plot.clusters(clustering, { spectra: s.spectra, image: s.image }),
    "clusters of an array": () => plot.clusters({ ...bare, method: "dbscan" }),
    "embedding by cluster": () => plot.embedding(embedding, { colour: clustering }),
    "embedding by image": () => plot.embedding(embedding, { colour: s.image }),
    silhouette: () => plot.silhouette(silhouette),
  };
}
