import { describe, expect, test, vi } from "vitest";
import { dbscan, gaussianMixture, kMeans, silhouette, ward } from "../../src/cluster";
import { axis, image, spectrumImage } from "../../src/data";
import { caught } from "../support/caught";
import { isSamePartition, PEER, POINTS } from "./support";

describe("k-means", () => {
  test("finds scikit-learn's clusters and inertia", async () => {
    const found = await kMeans(POINTS, { clusters: 3, restarts: 20 });
    expect(isSamePartition(found.labels, PEER.kMeans.labels)).toBe(true);
    expect(found.score.inertia / PEER.kMeans.inertia).toBeCloseTo(1, 5); // float32 points against float64
    expect(found.converged).toBe(true);
  });

  test("numbers clusters by falling size and gives their means", async () => {
    const { sizes, labels, centres } = await kMeans(POINTS, { clusters: 3 });
    expect([...sizes]).toEqual([...sizes].sort((a, b) => b - a));
    const members = Array.from(labels.keys()).filter((i) => labels[i] === 1);
    const mean = [0, 1, 2].map((j) => members.reduce((sum, i) => sum + POINTS.data[3 * i + j], 0) / members.length);
    expect(centres.data.slice(3, 6)).toMatchArray(mean, { relative: 1e-5 });
  });

  test("the same seed gives the same clusters, one start may end worse than many", async () => {
    const options = { clusters: 6, restarts: 1, seed: 4 };
    expect((await kMeans(POINTS, options)).labels).toEqual((await kMeans(POINTS, options)).labels);
    const many = await kMeans(POINTS, { ...options, restarts: 20 });
    const single = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => kMeans(POINTS, { ...options, seed })));
    expect(new Set(single.map(({ score }) => score.inertia.toFixed(6))).size).toBeGreaterThan(1);
    for (const { score } of single) expect(score.inertia).toBeGreaterThanOrEqual(many.score.inertia * (1 - 1e-6));
  });

  test("few iterations say that they did not converge", async () => {
    expect((await kMeans(POINTS, { clusters: 6, iterations: 1, restarts: 1 })).converged).toBe(false);
    expect((await kMeans(POINTS, { clusters: 6, iterations: 1, restarts: 1, tolerance: 10 })).converged).toBe(true);
  });

  test("as many clusters as points leave nothing, and equal points do not trouble it", async () => {
    const line = { data: Float32Array.from([1, 1, 1, 5, 9]), shape: [5, 1] };
    const { score, clusters } = await kMeans(line, { clusters: 3 });
    expect([score.inertia, score.explained, clusters]).toEqual([0, 1, 3]);
    expect((await kMeans({ data: new Float32Array(4), shape: [4, 1] }, { clusters: 2 })).score.explained).toBe(1);
  });
});

describe("Gaussian mixture", () => {
  test.for(["full", "diagonal", "spherical", "tied"] as const)(
    "reaches scikit-learn's likelihood: %s",
    async (shape) => {
      const options = { clusters: 3, covariance: shape, restarts: 1, tolerance: 1e-12, iterations: 20000 };
      const found = await gaussianMixture(POINTS, { ...options });
      const peer = PEER.mixtures[shape];
      // Both start from the same k-means partition; the points are float32 here and float64 there.
      for (const name of ["logLikelihood", "bic", "aic"] as const) {
        expect(found.score[name] / peer[name]).toBeCloseTo(1, 5);
      }
      expect(found.probabilities?.data).toMatchArray(peer.probabilities, { absolute: 1e-4 });
    },
  );

  test("its probabilities add up to one and its labels are the likeliest", async () => {
    const { probabilities, labels } = await gaussianMixture(POINTS, { clusters: 3 });
    const rows = Array.from({ length: 160 }, (_, i) => [...(probabilities?.data.slice(3 * i, 3 * i + 3) ?? [])]);
    for (const [i, row] of rows.entries()) {
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(row[labels[i]]).toBe(Math.max(...row));
    }
  });

  test("more starts never end worse", async () => {
    const one = await gaussianMixture(POINTS, { clusters: 4, restarts: 1 });
    const many = await gaussianMixture(POINTS, { clusters: 4, restarts: 10 });
    expect(many.score.logLikelihood).toBeGreaterThanOrEqual(one.score.logLikelihood);
    expect((await gaussianMixture(POINTS, { clusters: 4, restarts: 10, iterations: 2 })).converged).toBe(false);
  });

  test("a floor of the variances makes clusters wider, and saves points that do not vary", async () => {
    const narrow = await gaussianMixture(POINTS, { clusters: 3 });
    const wide = await gaussianMixture(POINTS, { clusters: 3, regularisation: 0.3 });
    expect(wide.score.logLikelihood).toBeLessThan(narrow.score.logLikelihood - 1);
    const flat = { data: Float32Array.from(POINTS.data, (v, i) => (i % 3 === 2 ? 1 : v)), shape: [160, 3] };
    const error = await caught(() => gaussianMixture(flat, { clusters: 2, regularisation: 0 }));
    expect([error.tag, error.remedy]).toEqual(["DataError", expect.stringContaining("regularisation")]);
    expect((await gaussianMixture(flat, { clusters: 2 })).clusters).toBe(2);
    const equal = { data: new Float32Array(20).fill(0.1), shape: [10, 2] };
    expect((await caught(() => gaussianMixture(equal, { clusters: 2 }))).tag).toBe("DataError");
  });
});

describe("Ward's clustering", () => {
  test("joins in SciPy's order at SciPy's heights", async () => {
    const { merges } = await ward(POINTS);
    expect(merges.heights).toMatchArray(PEER.ward.heights, { relative: 1e-5 }); // float32 points against float64
    const sorted = PEER.ward.pairs.map((_, i) => {
      const pair = PEER.ward.pairs.slice(i - (i % 2), i - (i % 2) + 2).sort((a, b) => a - b);
      return pair[i % 2];
    });
    expect([...merges.pairs]).toEqual(sorted);
  });

  test.for(["2", "4", "7"] as const)("cuts the tree into SciPy's %s clusters", async (clusters) => {
    const { labels } = await ward(POINTS, { clusters: Number(clusters) });
    expect(isSamePartition(labels, PEER.ward.labels[clusters])).toBe(true);
  });

  test("the gap is largest where the number of clusters fits", async () => {
    const groups = Float32Array.from({ length: 60 }, (_, i) => 10 * (i % 3) + Math.sin(i));
    const gaps = await Promise.all(
      [2, 3, 4, 5].map((clusters) => ward({ data: groups, shape: [60, 1] }, { clusters }).then((w) => w.score.gap)),
    );
    expect(gaps.indexOf(Math.max(...gaps))).toBe(1);
  });

  test("every point by itself, and all in one, are cuts as well", async () => {
    const line = { data: Float32Array.from([1, 2, 4]), shape: [3, 1] };
    expect([...(await ward(line, { clusters: 3 })).sizes]).toEqual([1, 1, 1]);
    expect([...(await ward(line, { clusters: 1 })).sizes]).toEqual([3]);
  });
});

describe("DBSCAN", () => {
  test("finds scikit-learn's clusters and noise", async () => {
    const { labels, score } = await dbscan(POINTS, { radius: 1.1, neighbours: 5 });
    expect(isSamePartition(labels, PEER.dbscan)).toBe(true);
    expect(Array.from(labels).map((label) => label < 0)).toEqual(PEER.dbscan.map((label) => label < 0));
    expect(score.noise).toBeCloseTo(PEER.dbscan.filter((label) => label < 0).length / 160, 12);
  });

  test("more neighbours make more noise", async () => {
    const few = await dbscan(POINTS, { radius: 1.1, neighbours: 4 });
    const many = await dbscan(POINTS, { radius: 1.1, neighbours: 40 });
    expect(many.score.noise).toBeGreaterThan(few.score.noise);
  });

  test("lists each point of a dense cluster once, not once for each neighbour", async () => {
    const push = Array.prototype.push;
    let longest = 0;
    Array.prototype.push = function (...items) {
      longest = Math.max(longest, this.length + items.length);
      return push.apply(this, items);
    };
    try {
      const dense = { data: Float32Array.from({ length: 600 }, (_, i) => i / 1e4), shape: [300, 2] };
      expect((await dbscan(dense, { radius: 1 })).sizes).toEqual(Int32Array.of(300));
      expect(longest).toBeLessThanOrEqual(300); // it was half the square of that
    } finally {
      Array.prototype.push = push;
    }
  });

  test("without a radius the message suggests one that works", async () => {
    const error = await caught(() => dbscan(POINTS, {} as { radius: number }));
    expect(error.tag).toBe("OptionError");
    const suggested = Number(/within ([\d.]+)/.exec(error.remedy)?.[1]);
    expect((await dbscan(POINTS, { radius: suggested })).clusters).toBeGreaterThan(0);
    expect((await caught(() => dbscan(POINTS, { radius: 1e-6 }))).tag).toBe("DataError");
  });
});

describe("silhouette", () => {
  const clustering = { labels: Int32Array.from(PEER.kMeans.labels), clusters: 3 };

  test("equals scikit-learn's, point by point", async () => {
    const found = await silhouette(POINTS, clustering);
    expect(found.values).toMatchArray(PEER.silhouette, { absolute: 1e-6 });
    expect(found.mean).toBeCloseTo(PEER.silhouette.reduce((a, b) => a + b, 0) / 160, 6);
  });

  test("a seeded sample comes near the whole", async () => {
    const whole = await silhouette(POINTS, clustering);
    const sample = await silhouette(POINTS, clustering, { sample: 80, seed: 3 });
    expect(sample.sampled).toBe(80);
    expect(Math.abs(sample.mean - whole.mean)).toBeLessThan(0.05);
    expect((await silhouette(POINTS, clustering, { sample: 80, seed: 4 })).mean).not.toBe(sample.mean);
  });

  test("refuses clusters of other points, and one cluster alone", async () => {
    const other = { labels: new Int32Array(3), clusters: 2 };
    expect((await caught(() => silhouette(POINTS, other))).tag).toBe("ShapeError");
    expect((await caught(() => silhouette(POINTS, { ...clustering, clusters: 1 }))).tag).toBe("DataError");
  });
});

describe("what is clustered", () => {
  const axes = { y: axis("y", 2, { units: "nm" }), x: axis("x", 3, { units: "nm", scale: 2 }) };
  const values = Float32Array.from([0, 0.1, Number.NaN, 8, 8.1, 0.05]);

  test("images of one scan give a map with their axes; pixels without a value stay empty", async () => {
    const { map, labels } = await kMeans([image(values, [2, 3], { axes })], { clusters: 2 });
    expect([...labels]).toEqual([0, 0, -1, 1, 1, 0]);
    expect([...(map?.data ?? [])]).toEqual([1, 1, Number.NaN, 2, 2, 1]);
    expect(map?.axes).toEqual(axes);
  });

  test("a spectrum image gives one point a pixel", async () => {
    const data = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => (i < 12 ? 0 : 5) + (i % 4));
    const { names, map } = await kMeans(spectrumImage(data, [2, 3, 4]), { clusters: 2 });
    expect(names.length).toBe(4);
    expect(map?.data.slice(0, 3)).not.toEqual(map?.data.slice(3));
  });

  test("points that do not fit into memory are refused before they are laid out", async () => {
    vi.stubEnv("SPECBOOK_MEMORY_LIMIT", "3kB"); // 160 points of 3 numbers take 3.84 kB in float64
    const error = await caught(() => kMeans(POINTS));
    vi.unstubAllEnvs();
    expect(error).toMatchObject({ tag: "MemoryError", remedy: expect.stringContaining("pca") });
  });

  test("anything else is refused with what to give", async () => {
    for (const wrong of [[], { kind: "model" }, { data: new Float32Array(5), shape: [2, 2] }]) {
      const error = await caught(() => kMeans(wrong as never));
      expect([error.tag, error.remedy]).toEqual(["ShapeError", expect.stringContaining("kMeans(await pca")]);
    }
    const other = image(new Float32Array(4), [2, 2]);
    expect((await caught(() => kMeans([image(values, [2, 3]), other]))).tag).toBe("ShapeError");
    expect((await caught(() => kMeans(POINTS, { clusters: 0 }))).tag).toBe("OptionError");
    expect((await caught(() => kMeans(POINTS, { clusters: 161 }))).tag).toBe("OptionError");
  });

  test("a stop ends the work with an error that says so", async () => {
    const signal = AbortSignal.abort();
    for (const work of [kMeans, gaussianMixture, ward]) {
      expect((await caught(() => work(POINTS, { signal }))).tag).toBe("CancelledError");
    }
    expect((await caught(() => dbscan(POINTS, { radius: 1, signal }))).tag).toBe("CancelledError");
  });
});
