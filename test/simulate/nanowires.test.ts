import { beforeAll, describe, expect, test } from "vitest";
import { axisIndex, axisValues } from "../../src/data";
import { besselI1 } from "../../src/simulate/bessel-i";
import { coupledModes, wireAxis } from "../../src/simulate/nanowire-modes";
import { type NanowiresOptions, nanowireSettings } from "../../src/simulate/nanowire-options";
import { type Nanowires, nanowires } from "../../src/simulate/nanowires";
import { caught } from "../support/caught";

const small = { rows: 15, columns: 20, pixelSize: 40, channels: 96 };
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const peakOf = (row: Float32Array) => row.indexOf(Math.max(...row));

describe("simulated nanowires", () => {
  let clean: Nanowires;
  beforeAll(async () => {
    clean = await nanowires({ noise: "none" });
  });
  const found = (wire: number, order: number) => {
    const mode = clean.truth.modes.find((one) => one.wire === wire && one.order === order);
    if (mode === undefined) throw new Error(`no mode of wire ${wire}, order ${order}`);
    return mode;
  };

  test("I1 is that of the tables", () => {
    // Abramowitz and Stegun, table 9.8: e^-x I1(x)
    expect(Math.exp(-1) * besselI1(1)).toBeCloseTo(0.2079104154, 9);
    expect(Math.exp(-5) * besselI1(5)).toBeCloseTo(0.1639722669, 9);
    expect(besselI1(0)).toBe(0);
  });

  test("modes lie where the cylinder's dispersion puts them, the wires' own moved by their fields", () => {
    // prototype of the same formulas in NumPy, rounded to 10 meV
    const energies = [found(0, 1), found(1, 1), found(0, 2), found(0, 4), found(1, 3), found(0, 5)].map(
      ({ energy }) => energy,
    );
    expect(energies).toMatchArray([0.435, 0.6, 0.715, 1.0, 1.04, 1.08], { absolute: 0.005 });
    const all = clean.truth.modes.map(({ energy }) => energy);
    expect(all).toEqual([...all].sort((a, b) => a - b));
  });

  test("a wire lies where the axes of the scan say", async () => {
    const wires = [{ x: 400, y: 300, length: 500, angle: 0, modes: 1 }];
    const { truth } = await nanowires({ ...small, channels: 4, wires, noise: "none" });
    const { data, axes } = truth.thickness;
    const [y, x] = [axisValues(axes.y), axisValues(axes.x)];
    const total = data.reduce((a, b) => a + b);
    const centre = (place: (pixel: number) => number) => data.reduce((sum, v, p) => sum + v * place(p), 0) / total;
    expect(centre((p) => x[p % 20])).toBeCloseTo(400, 6); // the middle of the scan
    expect(centre((p) => y[Math.floor(p / 20)])).toBeCloseTo(300, 6);
  });

  test("wires that do not see each other have pure standing waves; coupling lowers the lowest", async () => {
    const { truth } = await nanowires({ ...small, coupling: 0, noise: "none" });
    expect(Math.min(...truth.modes.map(({ share }) => share))).toBeCloseTo(1, 9);
    expect(clean.truth.modes[0].energy).toBeLessThan(truth.modes[0].energy - 0.002);
  });

  test("spectra have a peak at the energy of the mode whose antinode is under the beam", () => {
    const { spectra, truth } = clean;
    for (const mode of [found(0, 1), found(1, 1), found(0, 2), found(0, 4)]) {
      const free = mode.map.data.map((value, i) => (truth.thickness.data[i] === 0 ? value : 0)); // nothing absorbed
      const pixel = peakOf(free);
      const at = axisIndex(spectra.axes.energy, mode.energy);
      const around = spectra.data.subarray(pixel * 191 + at - 6, pixel * 191 + at + 7);
      expect(Math.abs(peakOf(around) - 6), `${mode.energy}`).toBeLessThanOrEqual(2); // channels: damping pulls it down
    }
  });

  test("a wave of n half waves has n nodes along its wire", () => {
    const radians = (62 * Math.PI) / 180;
    for (const order of [1, 2, 4, 5]) {
      const { map } = found(0, order);
      const profile = Array.from({ length: 101 }, (_, i) => {
        const s = -250 + 5 * i; // nm, along the axis of the first wire
        const [x, y] = [280 + s * Math.cos(radians), 300 + s * Math.sin(radians)];
        return map.data[Math.floor(y / 10) * 80 + Math.floor(x / 10)];
      });
      const dark = profile.map((value) => value < 0.05 * Math.max(...profile));
      expect(dark.filter((value, i) => value && !dark[i - 1]).length, `order ${order}`).toBe(order);
    }
  });

  test("the higher the energy, the closer a mode stays to its wire", () => {
    const outside = [1, 2, 4, 5].map((order) => {
      const { data } = found(0, order).map;
      const free = data.filter((_, i) => clean.truth.thickness.data[i] === 0);
      return free.reduce((a, b) => a + b, 0) / data.reduce((a, b) => a + b, 0);
    });
    for (let i = 1; i < outside.length; i++) expect(outside[i]).toBeLessThan(outside[i - 1]);
    expect(outside[3]).toBeLessThan(0.6 * outside[0]);
  });

  test("bulk loss is inside, at its energy; the surface shines around", () => {
    const { spectra, truth } = clean;
    const c = axisIndex(spectra.axes.energy, truth.bulkEnergy);
    const at = (pixel: number, channel: number) => spectra.data[pixel * 191 + channel];
    const [inside, near] = [30 * 80 + 28, 30 * 80 + 41];
    expect(truth.thickness.data[inside]).toBeGreaterThan(90);
    expect(at(inside, c) - at(inside, c + 20)).toBeGreaterThan(20 * Math.abs(at(near, c) - at(near, c + 20)));
    expect(truth.surfaceEnergy).toBeCloseTo((1.62 * Math.sqrt(3)) / Math.sqrt(4.25), 6); // eps = -host
  });

  test("counts have the variance of their mean, the same for the same seed", async () => {
    const first = await nanowires(small);
    expect((await nanowires(small)).spectra.data).toEqual(first.spectra.data);
    expect((await nanowires(small)).image.data).toEqual(first.image.data);
    const expected = first.truth.spectra.data;
    const chi = mean(first.spectra.data.map((value, i) => ((value - expected[i]) ** 2 / expected[i]) * 4000));
    expect(Math.abs(chi - 1)).toBeLessThan(0.04); // 28,800 values: known to 0.8 %
  });

  test("each option changes the answer", async () => {
    const usual = (await nanowires(small)).spectra.data;
    const others: NanowiresOptions[] = [
      { seed: 2 },
      { rows: 16 },
      { columns: 21 },
      { pixelSize: 38 },
      { channels: 95 },
      { energyRange: [0.2, 2] },
      { beamEnergy: 100 },
      { wires: [{ x: 280, y: 300, length: 620, angle: 62, modes: 8 }] },
      { radius: 45 },
      { bulkEnergy: 1.5 },
      { highFrequencyPermittivity: 4 },
      { hostPermittivity: 1.5 },
      { damping: 0.1 },
      { coupling: 0.5 },
      { retardation: 0 },
      { surfaceStrength: 0 },
      { bulkStrength: 0 },
      { absorption: 0 },
      { energyResolution: 0.1 },
      { counts: 100 },
      { background: 0.1 },
      { zeroLoss: 0 },
      { noise: "none" },
    ];
    for (const other of others) {
      expect((await nanowires({ ...small, ...other })).spectra.data, JSON.stringify(other)).not.toEqual(usual);
    }
  });

  test("refuses what it cannot use, obeys a stop and tells how far it is", async () => {
    const wrongs = [
      { rows: 1.5 },
      { noise: "some" },
      { pixels: 4 },
      { energyRange: [0, 1] },
      { wires: [] },
      { wires: [null] },
      { wires: [{ x: 0, y: 0, length: 60, angle: 0, modes: 3 }] },
      { wires: [{ x: 0, y: 0, length: 600, angle: 0, modes: 0 }] },
    ];
    for (const wrong of wrongs) {
      const error = await caught(() => nanowires(wrong as never));
      expect([error.tag, error.message]).toEqual(["OptionError", expect.stringContaining("nanowires cannot use")]);
    }
    expect((await caught(() => nanowires({ ...small, signal: AbortSignal.abort() }))).tag).toBe("CancelledError");
    const told: number[] = [];
    await nanowires({ ...small, onProgress: (fraction) => void told.push(fraction) });
    expect([told[0] >= 0, told.at(-1)]).toEqual([true, 1]);
  });

  test("lets a stop land between the waves whose fields it adds up: many long wires take seconds", async () => {
    const settings = nanowireSettings({});
    const told: number[] = [];
    const pace = { step: async (fraction: number) => void told.push(fraction) };
    const { waves } = await coupledModes(
      settings.wires.map((wire) => wireAxis(wire, settings.radius)),
      settings,
      pace,
    );
    expect(told.filter((fraction) => fraction < 0.04).length).toBe(waves.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });
});
