import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { axis, spectrumImage } from "../../src/data";
import { type Contrast, type IcaOptions, ica, pca } from "../../src/decompose";
import { assign } from "../../src/decompose/assignment";
import { fastIca } from "../../src/decompose/fast-ica";
import type { Engine } from "../../src/engine/engine";
import { defaultEngine } from "../support/engines";
import { rejected } from "../support/errors";

interface References {
  readonly shape: readonly [number, number];
  readonly components: number;
  readonly data: readonly number[];
  readonly white: readonly number[];
  readonly start: readonly number[];
  readonly unmixing: Readonly<Record<Contrast, Readonly<Record<string, readonly number[]>>>>;
  readonly whole: Readonly<Record<Contrast, { readonly maps: readonly number[]; readonly mixing: readonly number[] }>>;
}

/** Written by fixtures/make-ica-fixtures.py with scikit-learn 1.9.1. */
const references: References = JSON.parse(readFileSync(join(__dirname, "fixtures/ica-references.json"), "utf8"));
const k = references.components;
const [pixels, channels] = references.shape;
const bare = { data: Float32Array.from(references.data), shape: [pixels, channels] };
const CONTRASTS: Contrast[] = ["logcosh", "exp", "cube"];

let engine: Engine;
beforeAll(async () => {
  engine = await defaultEngine();
});
const run = (options: IcaOptions = {}) => ica(bare, { components: k, engine, ...options });

describe("fastIca beside scikit-learn's from the same directions", () => {
  test.each(CONTRASTS.flatMap((contrast) => [1, 5, 200].map((n) => [contrast, n] as const)))(
    "%s after %i iterations",
    async (contrast, iterations) => {
      const { unmixing } = await fastIca(Float64Array.from(references.white), k, Float64Array.from(references.start), {
        contrast,
        iterations,
        tolerance: 1e-12,
      });
      // The fixture holds eight digits.
      expect(unmixing).toMatchArray(references.unmixing[contrast][iterations], { absolute: 1e-6 });
    },
  );
});

describe("ica", () => {
  test.each(CONTRASTS)(
    "gives the maps and spectra of scikit-learn's FastICA up to order and sign: %s",
    async (contrast) => {
      const peer = references.whole[contrast];
      const theirs = (j: number) => Float64Array.from({ length: pixels }, (_, p) => peer.maps[p * k + j]);
      const beside = async (iterations: number) => {
        const { maps, components } = await run({ contrast, tolerance: 1e-15, iterations });
        const ours = (j: number) => maps.data.subarray(j * pixels, (j + 1) * pixels);
        const cosines = Float64Array.from({ length: k * k }, (_, i) => {
          const other = theirs(i % k);
          return ours(Math.floor(i / k)).reduce((sum, v, p) => sum + v * other[p], 0) / pixels;
        });
        const partners = assign(cosines.map(Math.abs), k, k);
        const likeness = [...partners.entries()].reduce((sum, [i, j]) => sum + Math.abs(cosines[i * k + j]), 0);
        return { ours, components, cosines, partners, likeness };
      };
      // FastICA goes to and fro between two solutions here with logcosh: rounding decides which of them is the last.
      const ends = [await beside(5000), await beside(5001)];
      const { ours, components, cosines, partners } = ends[0].likeness > ends[1].likeness ? ends[0] : ends[1];
      for (const [i, j] of partners.entries()) {
        const sign = Math.sign(cosines[i * k + j]);
        // Float32 principal components and maps.
        expect(ours(i)).toMatchArray(
          theirs(j).map((v) => sign * v),
          { absolute: 1e-3 },
        );
        const spectrum = Float64Array.from({ length: channels }, (_, c) => sign * peer.mixing[c * k + j]);
        expect(components.data.subarray(i * channels, (i + 1) * channels)).toMatchArray(spectrum, {
          absolute: 1e-3,
        });
      }
    },
  );

  test.each(["maps", "spectra"] as const)(
    "explains the data as the principal components do: independent %s",
    async (independent) => {
      const result = await run({ independent });
      const principal = await pca(bare, { components: k, engine });
      const model = (r: { maps: { data: Float32Array }; components: { data: Float32Array } }) =>
        Float32Array.from({ length: pixels * channels }, (_, i) => {
          let sum = 0;
          for (let j = 0; j < k; j++) {
            sum +=
              r.maps.data[j * pixels + Math.floor(i / channels)] * r.components.data[j * channels + (i % channels)];
          }
          return sum;
        });
      expect(model(result)).toMatchArray(model(principal), { relative: 1e-5 }); // float32 factors
      expect(result.mean).toEqual(principal.mean);
      expect(result.explainedVarianceRatio).toBeCloseTo(
        principal.explainedVarianceRatio.reduce((a, b) => a + b),
        12,
      );
    },
  );

  test.each(["maps", "spectra"] as const)("keeps its conventions: independent %s", async (independent) => {
    const { maps, components } = await run({ independent });
    const lengths: number[] = [];
    for (let j = 0; j < k; j++) {
      const map = maps.data.subarray(j * pixels, (j + 1) * pixels);
      const mean = map.reduce((a, b) => a + b, 0) / pixels;
      expect(mean).toBeCloseTo(0, 4);
      expect(map.reduce((a, b) => a + (b - mean) ** 2, 0) / pixels).toBeCloseTo(1, 4);
      const spectrum = components.data.subarray(j * channels, (j + 1) * channels);
      expect(Math.max(...spectrum)).toBe(Math.max(...spectrum.map(Math.abs)));
      lengths.push(Math.hypot(...spectrum));
    }
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });

  test("finds the mixed bands again, as maps or as spectra", async () => {
    // Narrow bands far apart, independent and long-tailed over the scan: both kinds of independence nearly hold.
    const size = 200;
    const random = createRandom(3);
    const data = new Float32Array(400 * size);
    for (let p = 0; p < 400; p++) {
      const mix = [0, 1].map(() => Math.log(random.uniform() + 1e-9) * (random.uniform() < 0.5 ? 1 : -1));
      for (let c = 0; c < size; c++) {
        data[p * size + c] = mix[0] * Math.exp(-((c - 50) ** 2) / 8) + 2 * mix[1] * Math.exp(-((c - 150) ** 2) / 8);
      }
    }
    const spectra = spectrumImage(data, [20, 20, size], { axes: { energy: axis("energy", size, { units: "eV" }) } });
    for (const independent of ["maps", "spectra"] as const) {
      const { components, axes } = await ica(spectra, { components: 2, independent, engine });
      const at = (j: number, c: number) => components.data[j * size + c];
      // Where one band peaks the other is nearly absent: a tenth, which principal components do not reach.
      expect(Math.abs(at(0, 50) / at(0, 150))).toBeLessThan(0.1);
      expect(Math.abs(at(1, 150) / at(1, 50))).toBeLessThan(0.1);
      expect(axes).toBe(spectra.axes);
    }
  });

  test("every option changes the answer", async () => {
    const base = await run({ iterations: 3, tolerance: 0 });
    const others: IcaOptions[] = [
      { contrast: "cube" },
      { independent: "spectra" },
      { seed: 4 },
      { iterations: 1 },
      { components: 2 },
      { mask: Float32Array.from({ length: pixels }, (_, i) => i % 3) },
    ];
    for (const other of others) {
      const result = await run({ iterations: 3, tolerance: 0, ...other });
      expect(result.components.data).not.toEqual(base.components.data);
    }
    expect((await run({ iterations: 3, tolerance: 0 })).components.data).toEqual(base.components.data);
    expect((await run({ tolerance: 0.5 })).trace.length).toBeLessThan((await run({ tolerance: 1e-9 })).trace.length);
    expect(base).toMatchObject({ converged: false, options: { seed: 0, components: k }, trace: { length: 3 } });
  });

  test("leaves NaN out on request", async () => {
    const spoilt = bare.data.map((v, i) => (Math.floor(i / channels) === 7 || i % channels === 3 ? Number.NaN : v));
    const result = await ica({ ...bare, data: spoilt }, { components: k, missing: "ignore", engine });
    expect(Number.isNaN(result.maps.data[7])).toBe(true);
    expect(Number.isNaN(result.components.data[channels + 3])).toBe(true);
    expect(result.maps.data.filter(Number.isNaN)).toHaveLength(k);
    expect(await rejected(() => ica({ ...bare, data: spoilt }, { engine }))).toMatchObject({ tag: "DataError" });
  });

  test("stops on request and hands over the components so far", async () => {
    const control = new AbortController();
    const onProgress = ({ iteration }: { iteration: number }) => {
      if (iteration === 2) control.abort();
    };
    const error = await rejected(() => run({ tolerance: 0, iterations: 1e6, signal: control.signal, onProgress }));
    expect(error).toMatchObject({ tag: "CancelledError", partial: { kind: "ica", trace: { length: 2 } } });
  });

  test.each([
    ["an unknown contrast", { contrast: "tanh" as "exp" }, "OptionError", /"tanh"/],
    ["an unknown side", { independent: "pixels" as "maps" }, "OptionError", /"pixels"/],
    ["no iteration", { iterations: 0 }, "OptionError", /iterations: 0/],
    ["a negative tolerance", { tolerance: -1 }, "OptionError", /tolerance: -1/],
    ["too many components", { components: 17 }, "OptionError", /1 to 16/],
  ] as [string, IcaOptions, string, RegExp][])("refuses %s", async (_, options, tag, message) => {
    const error = await rejected(() => run(options));
    expect(error).toMatchObject({ tag });
    expect(String(error)).toMatch(message);
  });

  test("refuses more components than the data vary in", async () => {
    const flat = {
      data: Float32Array.from({ length: 60 }, (_, i) => Math.floor(i / 6) * ((i % 6) + 1)),
      shape: [10, 6],
    };
    const error = await rejected(() => ica(flat, { components: 3, engine }));
    expect(error).toMatchObject({ tag: "DataError" });
    expect(String(error)).toMatch(/scree/);
  });
});
