import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runNotebook } from "../../src/cli/jupyter/run-notebook";
import type { RunRecord } from "../../src/cli/jupyter/run-record";
import { save } from "../../src/io";
import { hasNativeEngine, isBuilt } from "../support/built";
import { type Claim, claimsOf } from "../support/claims";
import { reconstructedFito } from "../support/fito";
import { report } from "../support/report";
import { testShared } from "../support/shared-data";

const NOTEBOOKS = resolve(__dirname, "../../notebooks/im2spec-paper");
const CHART = "application/vnd.vegalite.v5+json";
const names = readdirSync(NOTEBOOKS).filter((name) => /^\d.*\.ipynb$/.test(name) && !name.endsWith(".run.ipynb"));

interface SavedCell {
  cell_type: string;
  source: string[];
  outputs: { output_type: string; name?: string; data?: Record<string, unknown>; text?: string[] }[];
}

interface Ran {
  readonly cells: readonly SavedCell[];
  readonly said: string;
  /** The key numbers, by the path of each: "rows.mean". */
  readonly numbers: Readonly<Record<string, number | boolean>>;
  /** The claims of the paper, by their sentence. */
  readonly claims: ReadonlyMap<string, Claim>;
  readonly record: RunRecord;
}

/** Runs a notebook in its quick preset into a folder of its own. */
async function run(name: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), "specbook-im2spec-paper-"));
  const output = join(folder, name);
  try {
    const lines: string[] = [];
    const options = { output, parameters, onProgress: (line: string) => void lines.push(line) };
    const { ok, bytes = 0, seconds, record } = await runNotebook(join(NOTEBOOKS, name), options);
    expect(ok, lines.join("\n")).toBe(true);
    expect(bytes).toBeLessThan(300_000);
    expect(JSON.parse(readFileSync(join(folder, name.replace(".ipynb", ".run.json")), "utf8"))).toEqual(record);
    report(name, `${seconds.toFixed(1)} s, ${(bytes / 1000).toFixed(0)} kB`);
    const all: SavedCell[] = JSON.parse(readFileSync(output, "utf8")).cells;
    const cells = all.filter(({ cell_type }) => cell_type === "code");
    const said = cells.flatMap(({ outputs }) => outputs.flatMap(({ text }) => text ?? [])).join("");
    const [, json = "{}"] = /^numbers (.*)$/m.exec(said) ?? [];
    const numbers = flat(JSON.parse(json));
    return { cells, said, numbers, claims: claimsOf(said), record: record as RunRecord };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function flat(value: unknown, path = ""): Record<string, number | boolean> {
  if (typeof value !== "object" || value === null) return { [path]: value as number | boolean }; // JSON of the notebooks
  const parts = Object.entries(value).map(([key, inner]) => flat(inner, path === "" ? key : `${path}.${key}`));
  return Object.assign({}, ...parts);
}

/**
 * What the key numbers (by their path) and our numbers of the claims (by their sentence) may be on the simulated film: errors in
 * percent. The width allows for another processor's rounding, which a short training amplifies.
 */
const RANGES: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  "1-array.ipynb": {
    peakGap: [0.45, 0.49],
    peakOutside: [0.38, 0.42],
    nmfErrorPercent: [2.5, 3],
    "bulk feature near 0.9 eV on the particle, share above the line": [0.1, 0.14],
    "bulk feature near 0.9 eV anywhere else, the largest": [-0.06, 0],
    "subpeak near 0.75 eV, the highest of the regions": [0.14, 0.2],
    "the main peak moves between regions by more than the resolution (eV)": [0.05, 0.09],
    "endmembers with more than one peak": [2, 2],
    "regions with a strongest component of their own": [4, 4],
    "components that reach more than 10 nm outside": [3, 3],
  },
  "2-pairs.ipynb": {
    "pairs of window and spectrum": [2714, 2714],
    // with the window of the notebook, with one that reaches the signal
    "kept900.0": [95, 103],
    "kept900.1": [45, 62],
    // copied from the neighbours, from windows that look alike, ridge
    "random.0": [7.2, 8.3],
    "random.1": [8.5, 9.6],
    "random.2": [13, 15],
    "rows.0": [32, 37],
    "rows.1": [13.5, 15.5],
    "rows.2": [13.7, 15.5],
  },
  "3-im2spec.ipynb": {
    mean2: [6, 8.5],
    mean10: [5.2, 7.5],
    "random.2": [6.4, 8.6],
    "random.10": [5.5, 7.6],
    "rows.2": [9.5, 14],
    "rows.10": [9, 13.5],
    "2 latents: error (%) that 95 % of the windows stay below": [12, 17],
    "10 latents: error (%) that 95 % of the windows stay below": [9.5, 15],
    "10 latents: standard deviation of the error over the scan (%)": [2.2, 4.5],
    "2 latents: error at edges above that elsewhere (points)": [-2, 0.5],
    "10 latents: error at edges above that elsewhere (points)": [-2, 0.5],
    "10 latents: largest error at the four places (%)": [4.1, 13],
    "random split: points that 10 latents gain over 2": [0, 2.2],
    "unseen rows: points that 10 latents gain over 2": [-1, 2.5],
    "random split: share of the bulk feature that 10 latents find": [0.65, 1.25],
    "random split: share of the bulk feature that 2 latents find": [-0.4, 0.6],
    "random split: bulk feature that 10 latents put elsewhere, largest": [-0.12, 0.02],
    "unseen rows: share of the bulk feature that 10 latents find": [0.3, 0.95],
    "unseen rows: share of the bulk feature that 2 latents find": [-0.3, 0.28],
    "unseen rows: bulk feature that 10 latents put elsewhere, largest": [-0.15, 0.02],
  },
  "4-spec2im.ipynb": {
    "random.2": [18, 21.5],
    "random.10": [17.3, 20.5],
    "rows.2": [19.3, 23.5],
    "rows.10": [19.3, 24.5],
    "2 latents: mean error of all windows (%)": [17.5, 21.5],
    "10 latents: mean error of all windows (%)": [16.5, 20.5],
    "2 latents: error at edges above that elsewhere (points)": [7, 14],
    "10 latents: error at edges above that elsewhere (points)": [4.5, 11],
    "random split: points that 10 latents gain over 2": [-0.4, 2.2],
    "random split: points that 10 latents gain over the mean window": [4, 7],
    "unseen rows: points that 10 latents gain over 2": [-3.5, 2],
    "unseen rows: points that 10 latents gain over the mean window": [-1.5, 3.2],
  },
  "5-network.ipynb": {
    pairs: [2714, 2714],
    "parameters.0": [193_671, 193_671],
    "parameters.1": [252_743, 252_743],
    "parameters.2": [420_495, 420_495],
    "parameters.3": [266_575, 266_575],
  },
  "6-resolution.ipynb": {
    "0": [7, 14],
    "1": [8, 16],
    "2": [7, 15],
    "3": [19, 27],
    "4": [14, 21],
    "5": [13, 21],
    "spec2im: windows larger than the particles help (error over that of smaller)": [0.65, 0.895],
  },
  "7-latents.ipynb": {
    "im2spec.0": [7, 11],
    "im2spec.2": [5, 8.5],
    "spec2im.0": [18, 26],
    "spec2im.2": [16, 24],
    "im2spec: correlation grows with the latents (last minus first)": [0.1, 0.6],
    "im2spec: MSE falls with the latents (last over first)": [0.75, 0.96],
    "im2spec: returns diminish (first gain minus later ones)": [0.05, 0.9],
    "spec2im: correlation grows with the latents (last minus first)": [-0.15, 0.2],
    "spec2im: MSE falls with the latents (last over first)": [0.97, 1.15],
    "spec2im: returns diminish (first gain minus later ones)": [-0.1, 0.4],
  },
  "8-design.ipynb": {
    "close latent points have close images (0: any window, 1: the closest)": [0.3, 0.49],
    "the gradient finds a window as good as a search does (error more, points)": [1.1, 9],
    predicted: [11, 19],
    search: [14.7, 15.2],
    unseen: [8.5, 13],
    ofSpectra: [0.55, 0.8],
  },
  "9-transfer.ipynb": {
    own: [5, 9],
    other: [7.5, 11.4],
    many: [6, 9.5],
    ownMany: [5.5, 9],
    ridgeOne: [11.5, 13.5],
    "another film: the network beats the ridge (by points)": [1.1, 5],
    "a film of larger particles is harder (by points)": [1.1, 5],
    "a film of fewer particles is harder (by points)": [4, 14],
  },
};

describe.skipIf(!isBuilt || !hasNativeEngine)("notebooks/im2spec-paper", () => {
  test("are all judged", () => {
    expect(Object.keys(RANGES).sort()).toEqual([...names].sort());
  });

  test.each(names)(
    "%s runs in its quick preset, and its numbers are what they were",
    async (name) => {
      const { cells, said, numbers, claims, record } = await run(name);
      const outputs = cells.flatMap((cell) => cell.outputs);
      expect(outputs.filter(({ output_type, name }) => output_type === "error" || name === "stderr")).toEqual([]);
      expect(outputs.filter(({ data }) => data?.[CHART] !== undefined).length).toBeGreaterThanOrEqual(2);
      for (const { source } of cells) expect(source.length).toBeLessThanOrEqual(25);
      expect(record).toMatchObject({ seed: 1, parameters: { preset: "quick" } });
      if (!said.startsWith("simulated")) return; // measured data lie in the cache: other numbers
      const ours = new Map(Object.entries(numbers).map(([key, value]) => [key, Number(value)]));
      for (const [claim, { ours: value }] of claims) ours.set(claim, value);
      const wrong = Object.entries(RANGES[name]).filter(([key, [low, high]]) => {
        const value = ours.get(key) ?? Number.NaN;
        return !(value >= low && value <= high);
      });
      expect(wrong.map(([key, range]) => `${key} = ${ours.get(key)}, not in ${range.join(" to ")}`)).toEqual([]);
      expect([...claims.keys()].filter((claim) => RANGES[name][claim] === undefined)).toEqual([]);
      expect([...claims.values()].filter(({ origin }) => !origin.startsWith("simulated"))).toEqual([]);
    },
    600_000,
  );

  testShared("take another scan by a parameter, and say so", { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "specbook-im2spec-paper-data-"));
    try {
      const file = join(folder, "reconstructed.hspy");
      await save(await reconstructedFito({ noise: 0.018 / Math.sqrt(8), seed: 1 }), file);
      const { said, numbers, record } = await run("1-array.ipynb", { "hp.file": file });
      expect(said).toMatch(/^reconstructed from published figures: 62 x 75 x 93/);
      expect(numbers.peakGap).toBeGreaterThan(0.43);
      expect(numbers.peakOutside).toBeLessThan(Number(numbers.peakGap));
      expect(record.data).toMatchObject([
        { file: "reconstructed.hspy", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
