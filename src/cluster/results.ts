import type { Axis, FloatArray, HistoryEntry, Image } from "../data";

/** A kernel density estimate on a regular grid of one dimension or two. */
export interface Density {
  readonly kind: "density";
  /** What runs along x and y. */
  readonly names: readonly string[];
  /** Grid values along x. */
  readonly x: Float64Array;
  /** Grid values along y; two dimensions only. */
  readonly y?: Float64Array;
  /** Density per unit of x (and of y): [x], or [y, x] row-major. Its integral is 1. */
  readonly values: Float64Array;
  /** Values it was estimated from, and values left out because they were not finite. */
  readonly count: number;
  readonly left: number;
  /** Width of the kernel over the spread of the values, and the rule that chose it. */
  readonly bandwidth: number;
  readonly rule: "scott" | "silverman" | "likelihood" | "given";
}

/** Points sorted into groups. Clusters are numbered from 0 in the order of falling size. */
export interface Clustering {
  readonly kind: "clustering";
  readonly method: "k-means" | "gaussian-mixture" | "ward" | "dbscan";
  /** Number of clusters. */
  readonly clusters: number;
  /** Cluster of each point given, [n]; -1 for noise (DBSCAN) and for points with a value that is not finite. */
  readonly labels: Int32Array;
  /** Points in each cluster; 0 where there are fewer different points, or a mixture's cluster is no point's likeliest. */
  readonly sizes: Int32Array;
  /** Mean of each cluster, [clusters, d]; NaN for one without points. */
  readonly centres: FloatArray;
  /** What the d numbers of a point are. */
  readonly names: readonly string[];
  /** The cluster of each scan pixel, counted from 1; 0 for noise, NaN where there is no point. Not for bare arrays. */
  readonly map?: Image;
  /** How well it describes the points: see the method. */
  readonly score: Readonly<Record<string, number>>;
  /** False if the iterations were used up first. */
  readonly converged: boolean;
  /** Probability of each cluster for each point, [n, clusters]; Gaussian mixtures only. NaN for points left out. */
  readonly probabilities?: FloatArray;
  readonly options: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** The order in which Ward's method joins points and groups. */
export interface Merges {
  /** The two that are joined at each step, [n - 1, 2]: below n a point, above it the group of step (number - n). */
  readonly pairs: Int32Array;
  /** Distance of the two, rising: sqrt(2 |a| |b| / (|a| + |b|)) times that of their centres. */
  readonly heights: Float64Array;
}

/** How well each point lies in its cluster (P. J. Rousseeuw, J. Comput. Appl. Math. 20, 53 (1987)). */
export interface Silhouette {
  readonly kind: "silhouette";
  /** (b - a) / max(a, b) of each point given, -1 to 1; NaN for noise and points left out. */
  readonly values: Float32Array;
  /** Clusters of the points, as given. */
  readonly labels: Int32Array;
  /** Its mean over all points, and over those of each cluster (NaN where none was looked at). */
  readonly mean: number;
  readonly clusterMeans: Float64Array;
  /** Points of each cluster that were looked at: all, or a seeded sample. */
  readonly sampled: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The nearest points of each query, nearest first. */
export interface Neighbours {
  /** Places in the input of the points, [queries, neighbours]. */
  readonly indices: Int32Array;
  /** Euclidean distances, [queries, neighbours]. */
  readonly distances: Float64Array;
  readonly shape: readonly [number, number];
}

/** Points laid out in few dimensions so that neighbours stay neighbours. */
export interface Embedding {
  readonly kind: "embedding";
  readonly method: "umap";
  /** [n, dimensions]; NaN for points with a value that is not finite. */
  readonly values: FloatArray;
  /** (row, column) of each point; empty for a bare array. */
  readonly positions: Int32Array;
  readonly scan?: readonly [number, number];
  readonly axes?: { readonly y: Axis; readonly x: Axis };
  readonly options: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}
