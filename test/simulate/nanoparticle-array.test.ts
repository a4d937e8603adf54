import { beforeAll, describe, expect, test } from "vitest";
import { isSpecbookError } from "../../src/core";
import { type NanoparticleArray, type NanoparticleArrayOptions, nanoparticleArray } from "../../src/simulate";
import { statistics } from "./statistics";

/** A film small enough to make many of; the hole and the edge are in it. */
const SMALL: NanoparticleArrayOptions = { rows: 10, columns: 14, pixelSize: 4, channels: 40 };
const small = (options: NanoparticleArrayOptions = {}) => nanoparticleArray({ ...SMALL, ...options });

describe("a simulated film", () => {
  /** `SPECBOOK_SEEDS=12` runs the full comparison. */
  const seeds = Array.from({ length: Number(process.env.SPECBOOK_SEEDS ?? 2) }, (_, i) => i + 1);
  let films: { film: NanoparticleArray; numbers: Awaited<ReturnType<typeof statistics>> }[];

  beforeAll(async () => {
    films = [];
    for (const seed of seeds) {
      const film = await nanoparticleArray({ seed });
      films.push({ film, numbers: await statistics(film.image, film.spectra, film.truth) });
    }
  });

  test("has the published size and calibrated axes", () => {
    const { image, spectra } = films[0].film;
    expect(image.shape).toEqual([62, 75]);
    expect(spectra.shape).toEqual([62, 75, 187]);
    expect(spectra.axes.energy).toMatchObject({ units: "eV", offset: 0.2 });
    expect(spectra.axes.energy.offset + 186 * spectra.axes.energy.scale).toBeCloseTo(1.13, 12);
    expect(image.axes.x).toMatchObject({ units: "nm", scale: 1.4 });
    expect(spectra.history[0]).toMatchObject({ operation: "simulate.nanoparticleArray", options: { seed: 1 } });
  });

  // Ranges: about four deviations around the mean; both, from twelve seeds, stand in brackets.
  test("is dark in the spectra where it is bright in HAADF, as published (r = -0.79)", () => {
    for (const { numbers } of films) {
      expect(numbers.correlation).toBeGreaterThan(-0.85); // [-0.738, 0.022]
      expect(numbers.correlation).toBeLessThan(-0.64);
    }
  });

  test("has the variance ratios of the published data (0.882, 0.096, 0.011, 0.001)", () => {
    const ranges = [
      [0.87, 0.94], // [0.905, 0.008]
      [0.045, 0.105], // [0.076, 0.008]
      [0.003, 0.014], // [0.0078, 0.0012]
      [0.0008, 0.003], // [0.0020, 0.0002]
    ];
    for (const { numbers } of films) {
      numbers.ratios.forEach((ratio, i) => {
        expect(ratio).toBeGreaterThan(ranges[i][0]);
        expect(ratio).toBeLessThan(ranges[i][1]);
      });
    }
  });

  test("has its collective peak between 0.39 and 0.48 eV, lower beyond the edge (published 0.43 to 0.45, and 0.415)", () => {
    for (const { numbers } of films) {
      const { particle, gap, hole, near, far } = numbers.peak;
      for (const inside of [particle, gap, hole]) {
        expect(inside.energy).toBeGreaterThan(0.43); // particle [0.448, 0.004], gap [0.467, 0.004], hole [0.448, 0.005]
        expect(inside.energy).toBeLessThan(0.485);
      }
      expect(near.energy).toBeGreaterThan(0.385); // [0.410, 0.006]
      expect(near.energy).toBeLessThan(Math.min(particle.energy, gap.energy, hole.energy));
      expect(far.energy).toBeLessThan(near.energy + 0.001); // [0.401, 0.004]
    }
  });

  test("is brightest in the hole, then in gaps, beyond the edge, on particles, as published", () => {
    for (const { numbers } of films) {
      const { particle, gap, hole, near, far } = numbers.peak;
      const heights = [hole, gap, near, particle].map((peak) => peak.height);
      expect(heights).toEqual([...heights].sort((a, b) => b - a));
      expect(far.height).toBeLessThan(near.height);
      expect(far.height - 0.108).toBeGreaterThan(0.3 * (near.height - 0.108)); // delocalised: [0.35, 0.51 near]
    }
  });

  test("shows the bulk feature near 0.9 eV on particles only", () => {
    const { truth } = films[0].film;
    const bent = (inside: (p: number) => boolean) => bulge(truth.spectra, inside, 0.9, 0.1);
    const particle = bent((p) => truth.distance[p] < -2.8);
    expect(particle).toBeGreaterThan(0);
    for (const mask of [truth.regions.hole, truth.regions.outside, truth.regions.gap]) {
      expect(bent((p) => mask[p] === 1 && truth.distance[p] > 0.5)).toBeLessThan(0.2 * particle);
    }
  });

  test("shows the face feature near 0.75 eV in gaps", () => {
    const { truth } = films[0].film;
    expect(bulge(truth.spectra, (p) => truth.regions.gap[p] === 1, 0.75, 0.06)).toBeGreaterThan(0.005);
    expect(bulge(truth.spectra, (p) => truth.distance[p] < -2.8, 0.75, 0.06)).toBeLessThan(0.005);
  });

  test("knows its modes: collective energies around the lone cube's", () => {
    const { inPlane, alongBeam } = films[0].film.truth.modeEnergies;
    expect(inPlane.length).toBe(2 * films[0].film.truth.cubes.length);
    expect(alongBeam.length).toBe(films[0].film.truth.cubes.length);
    expect(inPlane[0]).toBeLessThan(0.38);
    expect(inPlane.at(-1)).toBeGreaterThan(0.52);
    expect(inPlane.every((energy, i) => i === 0 || energy >= inPlane[i - 1])).toBe(true);
  });
});

/** How far the mean spectrum of a region bends up at an energy above the line through energy - reach and + reach. */
function bulge(
  spectra: NanoparticleArray["spectra"],
  inside: (pixel: number) => boolean,
  energy: number,
  reach: number,
): number {
  const { offset, scale, size } = spectra.axes.energy;
  const at = (e: number) => {
    let sum = 0;
    let count = 0;
    for (let p = 0; p < spectra.data.length / size; p++) {
      if (!inside(p)) continue;
      sum += spectra.data[p * size + Math.round((e - offset) / scale)];
      count++;
    }
    return sum / count;
  };
  return at(energy) - (at(energy - reach) + at(energy + reach)) / 2;
}

describe("a seed", () => {
  test("gives the same film, spectra and noise twice, another seed another film", async () => {
    const [a, b, c] = [await small({ seed: 4 }), await small({ seed: 4 }), await small({ seed: 5 })];
    expect(a.spectra.data).toEqual(b.spectra.data);
    expect(a.image.data).toEqual(b.image.data);
    expect(a.truth.cubes).not.toEqual(c.truth.cubes);
  });

  test("gives the same film with and without noise", async () => {
    const [noisy, clean] = [await small(), await small({ noise: "none" })];
    expect(noisy.truth.spectra.data).toEqual(clean.truth.spectra.data);
    expect(clean.spectra.data).toEqual(clean.truth.spectra.data);
    expect(noisy.spectra.data).not.toEqual(noisy.truth.spectra.data);
  });
});

describe("the option does something:", () => {
  const changes: NanoparticleArrayOptions[] = [
    { pixelSize: 4.5 },
    { energyRange: [0.25, 1] },
    { beamEnergy: 200 },
    { side: 16 },
    { sideSpread: 0.05 },
    { gap: 2 },
    { gapSpread: 0.6 },
    { hole: false },
    { edge: 0.6 },
    { bulkEnergy: 1 },
    { highFrequencyPermittivity: 3 },
    { damping: 0.1 },
    { hostPermittivity: 2 },
    { depolarisation: 0.22 },
    { strength: 0.25 },
    { coupling: 0 },
    { dopingSpread: 0.06 },
    { faceStrength: 0 },
    { bulkStrength: 0 },
    { absorption: 0 },
    { energyResolution: 0.08 },
    { peak: 0.5 },
    { offset: 0 },
    { zeroLoss: 0.2 },
  ];
  let normal: NanoparticleArray;
  beforeAll(async () => {
    normal = await small();
  });

  test.each(changes)("%o changes the spectra without noise", async (change) => {
    const changed = await small(change);
    const a = normal.truth.spectra.data;
    const largest = changed.truth.spectra.data.reduce((m, v, i) => Math.max(m, Math.abs(v - a[i])), 0);
    expect(largest).toBeGreaterThan(0.004);
  });

  test.each([{ noise: "counts" }, { noiseDeviation: 0.1 }] as const)("%o changes the noise only", async (change) => {
    const changed = await small(change);
    expect(changed.truth.spectra.data).toEqual(normal.truth.spectra.data);
    expect(changed.spectra.data).not.toEqual(normal.spectra.data);
  });

  test.each([{ counts: 100 }, { readout: 200 }])("%o changes counted noise", async (change) => {
    const [a, b] = [await small({ noise: "counts" }), await small({ noise: "counts", ...change })];
    expect(a.spectra.data).not.toEqual(b.spectra.data);
  });

  test("rows, columns and channels set the size", async () => {
    const { spectra, image } = await nanoparticleArray({ rows: 5, columns: 7, channels: 9 });
    expect(spectra.shape).toEqual([5, 7, 9]);
    expect(image.shape).toEqual([5, 7]);
  });

  test("more channels resolve the same spectra", async () => {
    const fine = (await small({ channels: 79 })).truth.spectra.data;
    const every = normal.truth.spectra.data.map((_, i) => fine[Math.floor(i / 40) * 79 + 2 * (i % 40)]);
    expect(every).toMatchArray(normal.truth.spectra.data, { relative: 0.02 }); // the resolution is one channel of 24 meV
  });

  test("zeroLoss puts a peak at no loss", async () => {
    const { spectra } = await small({ zeroLoss: 0.1, energyRange: [-0.1, 1], noise: "none" });
    const first = spectra.data.subarray(0, 40);
    const top = first.indexOf(Math.max(...first));
    expect(Math.abs(spectra.axes.energy.offset + top * spectra.axes.energy.scale)).toBeLessThan(0.03);
    expect(spectra.data.every(Number.isFinite)).toBe(true);
  });
});

describe("long work", () => {
  test("stops when it is told to, soon", async () => {
    const stop = new AbortController();
    const work = small({ signal: stop.signal, onProgress: (done) => done > 0 && stop.abort() });
    const error = await work.catch((e: unknown) => e);
    expect(isSpecbookError(error, "CancelledError")).toBe(true);
  });

  test("reports rising progress up to 1 and lets other work through", async () => {
    const seen: number[] = [];
    let others = 0;
    const timer = setInterval(() => others++, 1);
    await nanoparticleArray({ rows: 30, columns: 30, channels: 30, onProgress: (done) => seen.push(done) });
    clearInterval(timer);
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(others).toBeGreaterThan(0); // a timer never fires while work holds the event loop
  });
});

describe("a bad option is refused with got, needed and a remedy:", () => {
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ rows: 0 }, /rows: 0[\s\S]*whole number from 2/],
    [{ columns: 7.5 }, /columns: 7.5/],
    [{ channels: Number.NaN }, /channels: NaN/],
    [{ seed: "one" }, /seed: "one"/],
    [{ damping: -1 }, /damping: -1[\s\S]*0.01 to 1/],
    [{ energyRange: [1, 0.2] }, /first < last/],
    [{ energyRange: 0.5 }, /energyRange: 0.5/],
    [{ noise: "loud" }, /"gaussian", "counts", "none"/],
    [{ hole: 1 }, /true or false/],
    [{ sead: 3 }, /sead[\s\S]*seed/],
    [{ rows: 400, columns: 400 }, /about \d+ cubes[\s\S]*fewer or smaller pixels/],
  ];

  test.each(bad)("%o", async (options, message) => {
    const error = await nanoparticleArray(options).catch((e: unknown) => e);
    expect(isSpecbookError(error, "OptionError")).toBe(true);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(/got:[\s\S]*needed:[\s\S]*do this:/);
  });

  test("a scan beyond memory", async () => {
    const work = nanoparticleArray({ rows: 4096, columns: 4096, channels: 8192, pixelSize: 0.05 });
    const error = await work.catch((e: unknown) => e);
    expect(isSpecbookError(error, "MemoryError")).toBe(true);
  });
});
