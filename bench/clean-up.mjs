/**
 * The clean-up of low-loss and core-loss spectra beside exspy's, on simulated spectra whose truth is known:
 *
 *   npm run --silent bench -- clean-up [--json]
 *
 * Rows are errors, not only times: alignment: standard deviation of what is left of the shifts, in channels; removal: root
 * mean square of (estimated - true zero-loss tail) over that of the true losses; Fourier-log: the same of the single
 * losses, from the true zero-loss peak; thickness: mean error in mean free paths; background: largest relative difference
 * between exspy's background and ours. Seed 3 throughout. exspy has no removal of the zero-loss peak: its background curves
 * fitted to the same window are what its users take. It is installed into the cache folder at the first run, or taken
 * from the Python of SPECBOOK_TEST_PYTHON.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureVenv } from "../dist/cli/jupyter/python.js";
import { createRandom } from "../dist/core/index.js";
import { axis, spectrumImage } from "../dist/data/index.js";
import { alignZeroLoss, fourierLog, removeBackground, removeZeroLoss, thickness } from "../dist/signal/index.js";
import { lowLoss } from "../dist/simulate/index.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const SEED = 3;
const SIZE = { rows: 16, columns: 24 };
const SCALES = {
  meV: { window: [0.07, 0.16], from: 0.25, to: 1.4 },
  eV: { window: [1.6, 5], from: 6, to: 40 },
};

export async function bench(log) {
  const folder = mkdtempSync(join(tmpdir(), "specbook-clean-up-"));
  try {
    const cases = [];
    const ours = [];
    for (const scale of ["meV", "eV"]) {
      for (const counts of [1e5, 1e7]) {
        log(`${scale}, ${counts} counts`);
        cases.push(await oneCase(folder, ours, scale, counts));
      }
    }
    writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
    await coreLoss(folder, ours);
    log("exspy");
    const theirs = await peer(folder);
    return ours
      .map((row) => ({ ...row, side: "ours" }))
      .concat(theirs.map((row) => ({ ...row, side: "exspy" })))
      .map(({ case: name, work, side, error, ms }) => ({
        case: name,
        work,
        side,
        error: error === undefined ? undefined : Number(error.toPrecision(3)),
        ms: Math.round(ms),
      }))
      .sort((a, b) => a.case.localeCompare(b.case) || a.work.split(",")[0].localeCompare(b.work.split(",")[0]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Simulates one scan, cleans it up by ours, and leaves the arrays that exspy needs. */
async function oneCase(folder, rows, scale, counts) {
  const name = `${scale}, ${counts.toExponential(0)} counts`;
  const file = `${scale}-${counts}`;
  const options = { ...SIZE, scale, counts, seed: SEED };
  const { spectra, truth } = await lowLoss(options);
  const { offset, scale: step } = spectra.axes.energy;
  const add = async (work, run, error) => {
    const begin = performance.now();
    const result = await run();
    const ms = performance.now() - begin;
    rows.push({ case: name, work, error: error(result), ms });
    return result;
  };
  for (const method of ["maximum", "centroid", "cross-correlation"]) {
    await add(
      `alignment, ${method}`,
      () => alignZeroLoss(spectra, { method }),
      ({ shifts }) => deviation(shifts.data.map((shift, p) => -shift - truth.positions.data[p])) / step,
    );
  }
  // Removal and deconvolution alone: the same spectra without drift.
  const centred = (await lowLoss({ ...options, drift: 0 })).spectra;
  const { window, from, to } = SCALES[scale];
  const inside = (i) => {
    const energy = offset + (i % centred.shape[2]) * step;
    return energy >= from && energy <= to;
  };
  const tail = ({ zeroLoss }) => relative(zeroLoss.data, truth.zeroLoss.data, truth.loss.data, inside);
  for (const shape of ["pixel", "mean"]) {
    await add(`removal, two-term law, shape ${shape}`, () => removeZeroLoss(centred, { window, shape }), tail);
  }
  await add("removal, mirrored", () => removeZeroLoss(centred, { method: "mirrored" }), tail);
  await add("removal, reflected tail", () => removeZeroLoss(centred, { method: "reflected-tail", window }), tail);
  if (truth.single !== undefined) {
    const { zeroLoss, single } = truth;
    await add(
      "Fourier-log",
      () => fourierLog(centred, { zeroLoss }),
      (found) => relative(found.spectra.data, single.data, single.data, inside),
    );
    await add(
      "thickness",
      () => thickness(centred, { zeroLoss }),
      ({ map }) => map.data.reduce((sum, v, p) => sum + Math.abs(v - truth.thickness.data[p]), 0) / map.data.length,
    );
    saveNpy(folder, `${file}-single`, single.data, single.shape);
    saveNpy(folder, `${file}-thickness`, truth.thickness.data, truth.thickness.shape);
  }
  saveNpy(folder, `${file}-spectra`, spectra.data, spectra.shape);
  saveNpy(folder, `${file}-centred`, centred.data, centred.shape);
  saveNpy(folder, `${file}-positions`, truth.positions.data, truth.positions.shape);
  saveNpy(folder, `${file}-zero`, truth.zeroLoss.data, truth.zeroLoss.shape);
  saveNpy(folder, `${file}-loss`, truth.loss.data, truth.loss.shape);
  return {
    ...{ name: file, title: name, offset, scale: step, channels: centred.shape[2], width: truth.width },
    ...{ window, from, to, single: truth.single !== undefined },
  };
}

/** Power-law background with an edge and counting noise. */
async function coreLoss(folder, rows) {
  const random = createRandom(SEED);
  const energy = axis("energy", 400, { units: "eV", offset: 350, scale: 0.5 });
  const [height, width] = [16, 16];
  const data = Float32Array.from({ length: height * width * 400 }, (_, i) => {
    const e = 350 + (i % 400) * 0.5;
    const pixel = Math.floor(i / 400);
    const edge = e > 455 ? 60 * (e / 455) ** -3 : 0;
    return random.poisson(300 * (1 + pixel / 200) * (e / 350) ** (-2.6 - pixel / 500) + edge);
  });
  const cube = spectrumImage(data, [height, width, 400], { axes: { energy } });
  const window = [380, 445];
  for (const model of ["power-law", "exponential"]) {
    for (const mode of ["fast", "fit"]) {
      const begin = performance.now();
      const { background } = await removeBackground(cube, { model, window, fast: mode === "fast" });
      rows.push({ case: "core loss", work: `background, ${model} ${mode}`, ms: performance.now() - begin });
      saveNpy(folder, `core-${model}-${mode}`, background.data, background.shape);
    }
  }
  saveNpy(folder, "core", data, cube.shape);
  writeFileSync(join(folder, "core.json"), JSON.stringify({ name: "core loss", offset: 350, scale: 0.5, window }));
}

async function peer(folder) {
  const packages = ["hyperspy==2.5.0", "exspy==0.3.2"];
  const python = process.env.SPECBOOK_TEST_PYTHON ?? (await ensureVenv("clean-up-peers", packages)).python;
  const { status, stdout, stderr, error } = spawnSync(python, [join(HERE, "clean_up_peer.py"), folder], {
    encoding: "utf8",
    maxBuffer: 1e8,
    env: { ...process.env, MPLBACKEND: "agg" },
  });
  if (status !== 0) throw error ?? new Error(stderr);
  const titles = { "core loss": "core loss" };
  for (const scale of ["meV", "eV"]) {
    for (const counts of [1e5, 1e7]) titles[`${scale}-${counts}`] = `${scale}, ${counts.toExponential(0)} counts`;
  }
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)).map((row) => ({ ...row, case: titles[row.case] }));
}

function deviation(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

/** Root mean square of a - b over that of `of`, where `inside`. */
function relative(a, b, of, inside) {
  let wrong = 0;
  let all = 0;
  for (let i = 0; i < a.length; i++) {
    if (!inside(i)) continue;
    wrong += (a[i] - b[i]) ** 2;
    all += of[i] ** 2;
  }
  return Math.sqrt(wrong / all);
}

/** Writes a float32 array in NumPy's format 1.0. */
function saveNpy(folder, name, data, shape) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = Buffer.from(`${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`, "latin1");
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  writeFileSync(
    join(folder, `${name}.npy`),
    Buffer.concat([start, header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]),
  );
}
