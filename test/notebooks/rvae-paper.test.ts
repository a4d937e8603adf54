import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runNotebook } from "../../src/cli/jupyter/run-notebook";
import { hasNativeEngine, isBuilt } from "../support/built";
import { type Claim, claimsOf } from "../support/claims";
import { report } from "../support/report";
import { shared, testShared } from "../support/shared-data";

const NOTEBOOKS = resolve(__dirname, "../../notebooks/rvae-paper");
const CHART = "application/vnd.vegalite.v5+json";

interface SavedCell {
  cell_type: string;
  source: string[];
  outputs: { output_type: string; name?: string; data?: Record<string, unknown>; text?: string[] }[];
}

/** Runs a copy of a notebook with other values in its parameter cell; gives its charts and its claims. */
async function run(name: string, parameters: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "specbook-rvae-notebook-"));
  try {
    const path = join(folder, name);
    copyFileSync(join(NOTEBOOKS, name), path);
    const lines: string[] = [];
    const {
      ok,
      bytes = 0,
      seconds,
    } = await runNotebook(path, { parameters, output: path, onProgress: (line) => lines.push(line) });
    expect(ok, lines.join("\n")).toBe(true);
    expect(bytes).toBeLessThan(300_000);
    report(name, `${seconds.toFixed(1)} s, ${(bytes / 1000).toFixed(0)} kB`);
    const cells: SavedCell[] = JSON.parse(readFileSync(path, "utf8")).cells;
    const outputs = cells.filter(({ cell_type }) => cell_type === "code").flatMap((cell) => cell.outputs);
    expect(outputs.filter(({ output_type, name }) => output_type === "error" || name === "stderr")).toEqual([]);
    const text = outputs.flatMap(({ text = [] }) => text).join("");
    return { charts: outputs.flatMap(({ data }) => data?.[CHART] ?? []), claims: claimsOf(text), text };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Least number of charts, and the range of each number that is compared with the paper's. */
const EXPECTED: Readonly<
  Record<string, { charts: number; ranges: Readonly<Record<string, readonly [number, number]>> }>
> = {
  "1-nanowires-nmf.ipynb": {
    charts: 2,
    ranges: {
      "different modes among those kept (4 or more: limit ours)": [4, 7],
      "modes among those kept, over those among all (0.75: limit ours)": [0.76, 1],
      "modes among principal components, over those of NMF (0.5: limit ours)": [0, 0.45],
      "rank correlation of energy and share outside (-0.6: chance)": [-0.8, -0.601],
    },
  },
  "2-vae-nanowires.ipynb": {
    charts: 6,
    ranges: {
      "typical error of a pixel (median rms), % of full scale": [1.01, 1.8],
      "latents in use": [2, 2],
      "variance explained by the latents (0.95: limit ours)": [0.8, 0.94],
      "variance explained by two latents, above that of two principal components": [0.08, 0.22],
      "variance that 6 latents explain beyond 2 (0.05: limit ours)": [0.06, 0.19],
      "distance from the truth, decoded over measured, 4000 counts": [3, 9],
      "distance from the truth, decoded over measured, 50 counts": [0.4, 0.95],
      "least distance with principal components, over measured, 50 counts": [0.2, 0.5],
    },
  },
  "3-design-and-rvae.ipynb": {
    charts: 6,
    ranges: {
      "latents in use": [2, 2],
      "explained variance of the windows": [0.55, 0.85],
      "angle changes at edges, over elsewhere": [1.2, 3],
      "share of channel 2 (green) in the variance decoded": [0.05, 0.2],
      "share of channel 2 decoded, over its share of the windows": [0.3, 1],
    },
  },
  "4-core-loss-vae.ipynb": {
    charts: 6,
    ranges: {
      "pixels that two groups put on the right side (0.85: limit ours)": [0.86, 1],
      "correlation of mean images before and after (0.95: limit ours)": [0.98, 1],
      "explained variance of the spectra (0.9: limit ours)": [0.9, 0.95],
      "distance from the truth, decoded over measured": [0.7, 0.99],
      "atomic share of a latent, the larger, over that of the counts (0.5: limit ours)": [0.6, 2.2],
    },
  },
  "5-core-loss-rvae.ipynb": {
    charts: 6,
    ranges: {
      "windows that two groups put on the right side (0.8: limit ours)": [0.81, 1],
      "regions of the density, parted by valleys below 0.75 (limit ours)": [2, 2],
      "least correlation of atomic contrast that came back (0.3: limit ours)": [-0.2, 0.29],
      "atomic share of a latent, the larger of rVAE over VAE (1.5: limit ours)": [0.5, 1.45],
      "angle changes at the interface, over elsewhere (1.2: limit ours)": [0.6, 1.15],
      "least share of a channel in the manifold's variance (0.1: limit ours)": [0.11, 0.33],
      "angle alike to itself a cell further, less the most alike input or HAADF": [-0.2, 0.06],
    },
  },
  "6-windows-and-weights.ipynb": {
    charts: 5,
    ranges: {
      "centre pixel told by the latents, largest window over smallest": [0.1, 0.5],
      "room of half of the points, largest window less smallest": [0, 0.25],
      "angle's change at edges, smallest window over largest": [1, 3.5],
      "share of channel 2 in the variance decoded, weight 1": [0.05, 0.2],
      "share of channel 2 in the variance decoded, weight 2": [0.3, 0.5],
      "gain of channel 2 in explained variance": [0.05, 0.45],
      "change of a latent at edges, over elsewhere, weight 2 less 1": [-0.6, 0],
    },
  },
  "7-channels.ipynb": {
    charts: 2,
    ranges: {
      "most latents in use with 1 or 2 channels, plain squares": [1, 1],
      "least latents in use with 3 or more channels, plain squares": [1, 2],
      "most latents in use with 1 or 2 channels, s.d. fitted": [2, 2],
      "least latents in use with 3 or more channels, s.d. fitted": [2, 2],
      "planes of 3 and 9 channels overlap, more than of 1 or 2 and 3, plain squares": [0, 0.5],
      "planes of 3 and 9 channels overlap, more than of 1 or 2 and 3, s.d. fitted": [-0.1, 0.3],
      "channel 1 explained with 9 channels, less with 1, plain squares": [-0.85, -0.3],
      "channel 1 explained with 9 channels, less with 1, s.d. fitted": [-0.25, 0],
      "angles alike, 3 and 9 channels, less two seeds, plain squares": [-0.35, 0.1],
      "angles alike, 3 and 9 channels, less two seeds, s.d. fitted": [-0.9, -0.3],
      "planes alike, two seeds less the mean of different choices": [0.2, 0.7],
      "angles alike, two seeds less the mean of different choices": [0.3, 0.9],
    },
  },
};

describe.skipIf(!isBuilt || !hasNativeEngine)("notebooks/rvae-paper", () => {
  test.each(Object.entries(EXPECTED))(
    "%s runs in the quick preset, and its numbers are what they were",
    async (name, { charts: least, ranges }) => {
      const { charts, claims } = await run(name);
      expect(charts.length).toBeGreaterThanOrEqual(least);
      const titles = charts.map((chart) => JSON.stringify((chart as { title?: { text?: unknown } }).title?.text));
      expect(
        titles
          .filter((title) => title?.includes("P2 Fig."))
          .every((title) => /simulated|drawn from the network/.test(title)),
      ).toBe(true);
      expect([...claims.keys()].sort()).toEqual(Object.keys(ranges).sort());
      for (const [claim, [low, high]] of Object.entries(ranges)) {
        const { ours, origin } = claims.get(claim) as Claim; // the names were compared above
        expect(origin).toMatch(/^simulated/);
        expect(ours, claim).toBeGreaterThanOrEqual(low);
        expect(ours, claim).toBeLessThanOrEqual(high);
      }
    },
    900_000,
  );

  for (const name of ["4-core-loss-vae.ipynb", "5-core-loss-rvae.ipynb"]) {
    testShared(`${name} learns core losses from a measured scan too`, { timeout: 900_000 }, async () => {
      const files = {
        "hp.file": shared("data/eels/DMReader_SpectrumImage_SI-EELS.dm3"),
        "hp.haadf": shared("data/eels/DMReader_SI-HAADF.dm3"),
      };
      const { claims, text, charts } = await run(name, files);
      expect(text).toContain("measured oxide heterostructure, 6 x 49 x 256");
      if (name.startsWith("5")) expect(text).toContain("room for windows of 4 pixels only");
      expect(charts.length).toBeGreaterThanOrEqual(5);
      expect(claims.size).toBeGreaterThanOrEqual(4);
      for (const [claim, { origin, ours }] of claims) {
        expect(origin, claim).toBe("measured");
        expect(ours, claim).toSatisfy(Number.isFinite);
      }
    });
  }

  test.each(Object.keys(EXPECTED))(
    "%s can be read: short cells, one place for its settings, no outputs left over",
    (name) => {
      const { cells }: { cells: (SavedCell & { metadata: { tags?: string[] } })[] } = JSON.parse(
        readFileSync(join(NOTEBOOKS, name), "utf8"),
      );
      for (const { source } of cells.filter(({ cell_type }) => cell_type === "code")) {
        expect(source.length).toBeLessThanOrEqual(25);
      }
      const tagged = cells.filter(({ metadata }) => metadata.tags?.includes("parameters"));
      expect(tagged.length).toBe(1);
      expect(tagged[0].source.join("")).toMatch(/const preset: "quick" \| "paper" = "quick";[\s\S]*const hp = \{/);
    },
  );
});
