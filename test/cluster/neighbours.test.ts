import { describe, expect, test } from "vitest";
import { classifyByNeighbours, density, nearestNeighbours, umap } from "../../src/cluster";
import { image } from "../../src/data";
import { caught } from "../support/caught";
import { thrown } from "../support/errors";
import { PEER, POINTS, QUERIES } from "./support";

describe("nearest neighbours", () => {
  test("are scikit-learn's, of queries and of the points themselves", () => {
    const found = nearestNeighbours(POINTS, { neighbours: 4, queries: QUERIES });
    expect([...found.indices]).toEqual(PEER.neighbours.indices);
    expect(found.distances).toMatchArray(PEER.neighbours.distances, { relative: 1e-5 }); // float32 points
    const own = nearestNeighbours(POINTS, { neighbours: 4 });
    expect([...own.indices]).toEqual(PEER.neighbours.ownIndices);
    expect(own.distances).toMatchArray(PEER.neighbours.ownDistances, { relative: 1e-5 });
  });

  test("skip points and queries without a value, keeping the numbers of the input", () => {
    const points = { data: Float32Array.from([0, Number.NaN, 1, 5]), shape: [4, 1] };
    const queries = { data: Float32Array.from([Number.NaN, 4]), shape: [2, 1] };
    const { indices, distances } = nearestNeighbours(points, { neighbours: 2, queries });
    expect([...indices]).toEqual([-1, -1, 3, 2]);
    expect([...distances]).toEqual([Number.NaN, Number.NaN, 1, 3]);
  });

  test.for(["uniform", "distance"] as const)("vote as scikit-learn's do: %s", (weights) => {
    const found = classifyByNeighbours(POINTS, PEER.kMeans.labels, QUERIES, { neighbours: 7, weights });
    expect([...found]).toEqual(PEER.neighbours.votes[weights]);
  });

  test("a point on a labelled one gets its class by distance; unlabelled points do not vote", () => {
    const points = { data: Float32Array.from([0, 1, 2, 3]), shape: [4, 1] };
    const query = { data: Float32Array.from([3]), shape: [1, 1] };
    const labels = [0, 0, 0, 1];
    expect([...classifyByNeighbours(points, labels, query, { neighbours: 3 })]).toEqual([0]);
    expect([...classifyByNeighbours(points, labels, query, { neighbours: 3, weights: "distance" })]).toEqual([1]);
    expect([...classifyByNeighbours(points, [-1, -1, -1, 1], query, { neighbours: 1 })]).toEqual([1]);
    expect(thrown(() => classifyByNeighbours(points, [1, 2], query))).toMatchObject({ tag: "ShapeError" });
    expect(thrown(() => classifyByNeighbours(points, labels, QUERIES))).toMatchObject({ tag: "ShapeError" });
    expect(thrown(() => nearestNeighbours(points, { neighbours: 4 }))).toMatchObject({ tag: "OptionError" });
  });
});

describe("the likeliest bandwidth of a density", () => {
  test("is the one that a search over left-out likelihoods finds", () => {
    const line = { data: POINTS.data.filter((_, i) => i % 3 === 0), shape: [160, 1] };
    const plane = { data: POINTS.data.filter((_, i) => i % 3 < 2), shape: [160, 2] };
    for (const [points, expected] of [
      [line, PEER.likelihoodBandwidth.line],
      [plane, PEER.likelihoodBandwidth.plane],
    ] as const) {
      const found = density(points, { bandwidth: "likelihood", points: 16 });
      expect(found.bandwidth / expected).toBeCloseTo(1, 3); // where the search over its logarithm stops
      expect(found.rule).toBe("likelihood");
      expect(density(points, { points: 16 }).bandwidth).toBeGreaterThan(found.bandwidth); // Scott smooths the groups over
    }
  });
});

describe("UMAP", () => {
  test("keeps the groups apart, with the same seed the same way", async () => {
    const options = { neighbours: 10, epochs: 60, seed: 2 };
    const { values } = await umap(POINTS, options);
    expect((await umap(POINTS, options)).values.data).toEqual(values.data);
    expect((await umap(POINTS, { ...options, seed: 3 })).values.data).not.toEqual(values.data);
    const own = nearestNeighbours(values, { neighbours: 1 });
    const same = own.indices.filter((j, i) => PEER.kMeans.labels[i] === PEER.kMeans.labels[j]).length;
    expect(same / 160).toBeGreaterThan(0.9);
  });

  test("its options change it, and pixels keep their place", async () => {
    const maps = [0, 1, 2].map((j) =>
      image(
        POINTS.data.filter((_, i) => i % 3 === j).map((v, i) => (i === 5 ? Number.NaN : v)),
        [16, 10],
      ),
    );
    const base = { neighbours: 10, epochs: 20 };
    const found = await umap(maps, base);
    expect(found.values.shape).toEqual([160, 2]);
    expect([...found.values.data.slice(10, 12)]).toEqual([Number.NaN, Number.NaN]);
    expect([...found.positions.slice(24, 26)]).toEqual([1, 2]);
    for (const more of [{ dimensions: 3 }, { neighbours: 20 }, { minDistance: 0.8 }, { epochs: 30 }]) {
      expect((await umap(maps, { ...base, ...more })).values.data).not.toEqual(found.values.data);
    }
    const told: number[] = [];
    await umap(maps, { ...base, onProgress: ({ epoch }) => void told.push(epoch) });
    expect(told.at(-1)).toBe(20);
    expect((await caught(() => umap(maps, { neighbours: 500 }))).tag).toBe("OptionError");
    expect((await caught(() => umap(maps, { signal: AbortSignal.abort() }))).tag).toBe("CancelledError");
  });
});
