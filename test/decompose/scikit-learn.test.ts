import { readFileSync } from "node:fs";
import { beforeAll, describe, expect } from "vitest";
import { createPace } from "../../src/core/pace";
import { type FloatArray, spectrumImage } from "../../src/data";
import { nmf, pca } from "../../src/decompose";
import { hals } from "../../src/decompose/hals";
import { nndsvdStart } from "../../src/decompose/nmf-start";
import type { Engine } from "../../src/engine/engine";
import { rowBlocks, transpose } from "../../src/engine/linear-algebra";
import { read, readNpy, readNpz, type Signal } from "../../src/io";
import { defaultEngine } from "../support/engines";
import { hasShared, shared, testShared } from "../support/shared-data";

const floats = (array: { data: ArrayLike<number> }) => Float32Array.from(array.data);

async function noiseless() {
  const { data } = await readNpy(shared("data/fto/fto_si_reconstructed_noiseless_62x75x187_f32.npy"));
  return spectrumImage(floats({ data }), [62, 75, 187]);
}

/** The noisy windows' spectra as raw values: the fixture holds them scaled to 0..1 with the range beside it. */
async function noisyWindows() {
  const { spectra, spectra_lo_hi: range } = await readNpz(shared("data/parity/pairs_fto_noisy.npz"));
  const [low, high] = range.data as Float32Array;
  return spectrumImage(
    floats(spectra).map((v) => v * (high - low) + low),
    [46, 59, 187],
  );
}

interface Reference {
  pca: Record<string, { explained_variance_ratio: number[]; explained_variance: number[] }>;
  nmf: Record<string, Record<string, { relative_error: number; n_iter: number; H_argmax: number[] }>>;
}

let engine: Engine;
let reference: Reference;
let subset: Record<string, Float32Array>;
beforeAll(async () => {
  if (!hasShared) return;
  engine = await defaultEngine();
  reference = JSON.parse(readFileSync(shared("data/parity/sklearn_reference.json"), "utf8"));
  const arrays = await readNpz(shared("data/parity/sklearn_subset.npz"));
  subset = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, floats(array)]));
});

describe("nmf beside scikit-learn's coordinate descent", () => {
  testShared("starts from the same NNDSVDa factors", async () => {
    const x = rowBlocks(engine, subset.X, 679, 187);
    const mean = subset.X.reduce((a, b) => a + b, 0) / subset.X.length;
    const { w, h } = await nndsvdStart(x, 4, mean, { seed: 0 });
    x.dispose();
    // The third and fourth singular vectors come from differently seeded randomised SVDs.
    expect(w).toMatchArray(subset.nmf4_W0, { relative: 2e-4 });
    expect(transpose(h, 187, 4)).toMatchArray(subset.nmf4_H0, { relative: 2e-4 });
  });

  testShared.for([1, 5])("takes the same %i iterations from the same start", async (iterations) => {
    const factors = { w: subset.nmf4_W0.slice(), h: Float32Array.from(transpose(subset.nmf4_H0, 4, 187)), k: 4 };
    const squaredNorm = subset.X.reduce((sum, v) => sum + v * v, 0);
    const x = rowBlocks(engine, subset.X, 679, 187);
    await hals(x, factors, squaredNorm, { iterations, tolerance: 0, pace: createPace("the test") });
    x.dispose();
    // Float32 products against float64: a few 1e-5 after five iterations.
    expect(factors.w).toMatchArray(subset[`nmf4_W_it${iterations}`], { relative: 1e-4 });
    expect(transpose(factors.h, 187, 4)).toMatchArray(subset[`nmf4_H_it${iterations}`], { relative: 1e-4 });
  });

  testShared("stops at the same iteration by the same rule, within a tenth", async () => {
    const factors = {
      maps: { data: Float32Array.from(transpose(subset.nmf4_W0, 679, 4)), shape: [4, 679, 1] },
      endmembers: { data: subset.nmf4_H0, shape: [4, 187] },
    };
    const spectra = { data: subset.X, shape: [679, 187] };
    const result = await nmf(spectra, { init: factors, tolerance: 1e-4, engine });
    const peer = reference.nmf.noisy_subset_679x187["k4_nndsvda_cd_it500_tol0.0001_rs0"];
    expect(result.converged).toBe(true);
    expect(Number(result.history.at(-1)?.options.iterationsDone) / peer.n_iter).toBeGreaterThan(0.9);
    expect(Number(result.history.at(-1)?.options.iterationsDone) / peer.n_iter).toBeLessThan(1.1);
    expect(result.error / peer.relative_error).toBeCloseTo(1, 3);
  });

  testShared.for([
    ["noiseless_all_4650x187", "k4_nndsvda_cd_it500_tol1e-06_rs0"],
    ["noisy_windows_2714x187", "k4_nndsvda_cd_it500_tol1e-06_rs0"],
    ["noisy_windows_2714x187", "k9_nndsvda_cd_it500_tol1e-06_rs0"],
    ["noisy_windows_2714x187", "k4_nndsvd_cd_it500_tol1e-06_rs0"],
  ] as const)("reaches its error on %s with %s", async ([set, name]) => {
    const peer = reference.nmf[set][name];
    const spectra = set.startsWith("noiseless") ? await noiseless() : await noisyWindows();
    const init = name.includes("nndsvda") ? "nndsvda" : "nndsvd";
    const components = Number(name[1]);
    const { error } = await nmf(spectra, { components, init, iterations: 500, tolerance: 1e-6, engine });
    // Not converged at 500 iterations in either: our zeros of NNDSVDa are filled differently, so the paths differ.
    expect(error).toBeLessThan(peer.relative_error * 1.02);
    expect(error).toBeGreaterThan(peer.relative_error * 0.9);
  });
});

describe("pca beside scikit-learn and the reference ratios", () => {
  testShared("gives the components and scores of the noisy subset", async () => {
    const result = await pca({ data: subset.X, shape: [679, 187] }, { components: 4, engine });
    expect(result.mean).toMatchArray(subset.pca_mean, { relative: 1e-6 });
    // The first four stand out of the noise; float32 fixtures and scores.
    expect(result.components.data).toMatchArray(subset.pca_components.slice(0, 4 * 187), { absolute: 1e-4 });
    const scores = transpose(subset.pca_scores, 679, 6).slice(0, 4 * 679);
    expect(result.maps.data).toMatchArray(scores, { relative: 1e-4 });
  });

  testShared("gives the variances of the noisy windows, .8970 .0828 .0108 .0010 and the noise after them", async () => {
    const result = await pca(await noisyWindows(), { components: 12, engine });
    const peer = reference.pca.noisy_windows_2714x187;
    expect([...result.explainedVarianceRatio].slice(0, 4)).toMatchArray([0.897, 0.0828, 0.0108, 0.001], {
      absolute: 5e-5,
    });
    for (const [i, expected] of peer.explained_variance.entries()) {
      expect(result.explainedVariance[i] / expected).toBeCloseTo(1, 4);
    }
  });

  testShared("gives the variances of the noiseless spectra over eight orders of magnitude", async () => {
    const result = await pca(await noiseless(), { components: 8, engine });
    const peer = reference.pca.noiseless_all_4650x187;
    // The eighth is 1e-7 of the first: float32 data carry it to about a hundredth.
    for (const [i, digits] of [5, 5, 5, 5, 4, 3, 3, 2].entries()) {
      expect(result.explainedVarianceRatio[i] / peer.explained_variance_ratio[i]).toBeCloseTo(1, digits);
    }
  });

  /** The data of the entries of pca_reference.json that lie in the shared folder: all but CuZn and SiO2. */
  const known: readonly (readonly [string, () => Promise<FloatArray>])[] = [
    [
      "SI-EELS (294x1024 raw f32; order y-major x-fast)",
      async () => bare(await read(shared("data/eels/DMReader_SpectrumImage_SI-EELS.dm3"))),
    ],
    [
      "BEPS (2500x64) clipped to +-5e-4",
      async () => {
        const { data, shape } = bare(
          await read(shared("data/spm/BEPS_PTO_50x50.h5"), { energy: { units: "channel" } }),
        );
        return { data: data.map((value) => Math.max(-5e-4, Math.min(5e-4, value))), shape };
      },
    ],
    [
      "bepfm (1024x102)",
      async () => ({
        data: floats(await readNpy(shared("data/spm/bepfm_test_data.npy"))),
        shape: [32, 32, 102],
      }),
    ],
    ["FTO reconstructed noiseless (4650x187)", noiseless],
  ];
  testShared.for(known)("gives the ratios of %s to 1e-4", async ([name, make]) => {
    const [ratios, total] = knownRatios()[name];
    const result = await pca(await make(), { components: 6, engine });
    for (const [i, ratio] of ratios.entries()) {
      // The sixth of the noiseless spectra is 1e-5 of the total, which float32 carries to 1e-3 of itself.
      expect(result.explainedVarianceRatio[i] / ratio).toBeCloseTo(1, name.startsWith("FTO") && i > 3 ? 2 : 4);
    }
    expect(result.explainedVarianceRatio).toMatchArray(ratios, { absolute: 1e-4 });
    const sum = result.explainedVariance[0] / result.explainedVarianceRatio[0];
    expect(sum / total).toBeCloseTo(1, 4);
  });
});

/** Explained variance ratios and the total variance, by NumPy. */
function knownRatios(): Record<string, [number[], number]> {
  return JSON.parse(readFileSync(shared("data/pca_reference.json"), "utf8"));
}

/** Numbers and shape of the spectra in a file. */
function bare(signals: readonly Signal[]): FloatArray {
  const spectra = signals.find(({ kind }) => kind === "spectrum-image");
  if (spectra === undefined) throw new Error("no spectra");
  return { data: spectra.data, shape: spectra.shape };
}
