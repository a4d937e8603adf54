import { describe, expect, test } from "vitest";
import { axisIndex, axisValues } from "../../src/data";
import { type PerovskiteInterfaceOptions, perovskiteInterface } from "../../src/simulate/perovskite-interface";
import { caught } from "../support/caught";

const small = { rows: 24, columns: 16, channels: 256, channelWidth: 2 };
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe("a simulated perovskite interface", () => {
  test("has titanium above, lanthanum below, oxygen everywhere, in the maps and in the spectra", async () => {
    const { truth, spectra } = await perovskiteInterface({ ...small, rows: 48, noise: "none" });
    const halves = (data: Float32Array) => [mean(data.subarray(0, 16 * 16)), mean(data.subarray(32 * 16))];
    const [titanium, lanthanum] = [truth.maps.titanium, truth.maps.lanthanum].map(({ data }) => halves(data));
    expect(titanium[0]).toBeGreaterThan(5 * titanium[1]);
    expect(lanthanum[1]).toBeGreaterThan(5 * lanthanum[0]);
    const oxygen = truth.maps.oxygenTitanate.data.map((value, i) => value + truth.maps.oxygenGallate.data[i]);
    expect(halves(oxygen)[0] / halves(oxygen)[1]).toBeCloseTo(1, 0);
    const at = (pixel: number, energy: number) => {
      const c = axisIndex(spectra.axes.energy, energy);
      return spectra.data[pixel * 256 + c] - truth.background.data[pixel * 256 + c];
    };
    expect(at(3 * 16, 460)).toBeGreaterThan(20 * Math.abs(at(44 * 16, 460)));
    const white = (pixel: number) => at(pixel, 834) - at(pixel, 820); // above the tails of the other edges
    expect(white(44 * 16)).toBeGreaterThan(5 * Math.abs(white(3 * 16)));
  });

  test("is background plus edges, each less absorbed by thin columns, and nothing before the first edge", async () => {
    const { spectra, truth } = await perovskiteInterface({ ...small, noise: "none" });
    expect(spectra.data).toEqual(truth.spectra.data);
    for (const pixel of [5, 200, 380]) {
      const row = (cube: { data: Float32Array }) => cube.data.subarray(pixel * 256, (pixel + 1) * 256);
      const c = axisIndex(spectra.axes.energy, 420);
      expect(row(spectra).subarray(0, c)).toEqual(row(truth.background).subarray(0, c));
      const names = ["titanium", "oxygenTitanate", "oxygenGallate", "lanthanum"] as const;
      const edges = Float64Array.from({ length: 256 }, (_, i) =>
        names.reduce((sum, name) => sum + truth.maps[name].data[pixel] * truth.shapes[name][i], 0),
      );
      const top = edges.indexOf(Math.max(...edges));
      const absorbed = (row(spectra)[top] - row(truth.background)[top]) / edges[top];
      expect(absorbed).toBeGreaterThan(Math.exp(-0.15));
      expect(absorbed).toBeLessThanOrEqual(1 + 1e-6);
      const rest = row(spectra).map((value, i) => value - row(truth.background)[i] - absorbed * edges[i]);
      expect(Math.max(...rest.map(Math.abs))).toBeLessThan(1e-3); // float32 of hundreds of counts
    }
  });

  test("columns of heavy atoms are bright where the axes of the scan say", async () => {
    const { image, truth } = await perovskiteInterface({ rows: 40, columns: 40, channels: 2, noise: "none" });
    const [y, x] = [axisValues(image.axes.y), axisValues(image.axes.x)];
    const inside = truth.columns.filter((c) => c.site === "A" && Math.hypot(c.x - 1, c.y - 1) < 0.7);
    const off = inside.map((column) => {
      let [sum, along, down] = [0, 0, 0];
      image.data.forEach((value, p) => {
        const [dx, dy] = [x[p % 40] - column.x, y[Math.floor(p / 40)] - column.y];
        const weight = value * Math.exp(-0.5 * ((dx * dx + dy * dy) / 0.06 ** 2));
        sum += weight;
        along += weight * dx;
        down += weight * dy;
      });
      return [along / sum, down / sum];
    });
    expect(inside.length).toBeGreaterThan(5);
    for (const side of [0, 1]) expect(Math.abs(mean(off.map((one) => one[side])))).toBeLessThan(0.005); // nm, a tenth of a pixel
  });

  test("its background is a power law", async () => {
    const { truth } = await perovskiteInterface({ ...small, power: 2.5 });
    const [a, b] = [400, 800].map((energy) => truth.background.data[axisIndex(truth.background.axes.energy, energy)]);
    expect(Math.log(a / b) / Math.log(2)).toBeCloseTo(2.5, 3);
  });

  test("signals of deeper edges lie closer around their columns, as the angle of the loss says", async () => {
    const { titanium, oxygenTitanate, lanthanum } = (await perovskiteInterface(small)).truth.delocalisation;
    expect(titanium).toBeCloseTo(0.084, 2);
    expect(oxygenTitanate).toBeCloseTo(0.077, 2);
    expect(lanthanum).toBeCloseTo(0.064, 2);
  });

  test("bright columns of the HAADF image are those of heavy atoms", async () => {
    const { image, truth } = await perovskiteInterface({ ...small, noise: "none", tilt: 0 });
    const brightness = (site: "A" | "O") => {
      const inside = truth.columns.filter(({ x, y }) => x > 0.1 && x < 0.7 && y > 0.1 && y < 1.1);
      const chosen = inside.filter((column) => column.site === site);
      return mean(chosen.map(({ x, y }) => image.data[Math.floor(y / 0.05) * 16 + Math.floor(x / 0.05)]));
    };
    expect(brightness("A")).toBeGreaterThan(2 * brightness("O"));
    expect(Math.max(...image.data)).toBeCloseTo(1, 6);
  });

  test("counts are whole numbers with the variance of their mean, the same for the same seed", async () => {
    const first = await perovskiteInterface(small);
    expect((await perovskiteInterface(small)).spectra.data).toEqual(first.spectra.data);
    expect(first.spectra.data.every(Number.isInteger)).toBe(true);
    const expected = first.truth.spectra.data;
    const chi = mean(first.spectra.data.map((value, i) => (value - expected[i]) ** 2 / expected[i]));
    expect(Math.abs(chi - 1)).toBeLessThan(0.02); // 98,304 values: known to half a percent
  });

  test("each option changes the answer", async () => {
    const usual = (await perovskiteInterface(small)).spectra.data;
    const others: PerovskiteInterfaceOptions[] = [
      { seed: 2 },
      { rows: 25 },
      { columns: 17 },
      { pixelSize: 0.06 },
      { channels: 200 },
      { firstEnergy: 360 },
      { channelWidth: 1.9 },
      { beamEnergy: 60 },
      { interface: 0.3 },
      { mixing: 2 },
      { tilt: 10 },
      { counts: 100 },
      { power: 2.5 },
      { noise: "none" },
    ];
    for (const other of others) {
      expect((await perovskiteInterface({ ...small, ...other })).spectra.data, JSON.stringify(other)).not.toEqual(
        usual,
      );
    }
  });

  test("refuses what it cannot use, obeys a stop and tells how far it is", async () => {
    for (const wrong of [{ rows: 1.5 }, { counts: -1 }, { noise: "some" }, { pixels: 4 }]) {
      const error = await caught(() => perovskiteInterface(wrong as never));
      expect([error.tag, error.message]).toEqual(["OptionError", expect.stringContaining("perovskiteInterface")]);
    }
    expect((await caught(() => perovskiteInterface({ ...small, signal: AbortSignal.abort() }))).tag).toBe(
      "CancelledError",
    );
    const told: number[] = [];
    await perovskiteInterface({ ...small, onProgress: (fraction) => void told.push(fraction) });
    expect([told[0], told.at(-1)]).toEqual([0, 1]);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test("obeys a stop while the maps of the columns are drawn, which takes seconds of a large scan", async () => {
    let looks = 0;
    const signal = Object.defineProperty(new AbortController().signal, "aborted", { get: () => ++looks > 10 });
    const told: number[] = [];
    const error = await caught(() => perovskiteInterface({ ...small, signal, onProgress: (done) => told.push(done) }));
    expect(error.tag).toBe("CancelledError");
    expect(Math.max(...told)).toBeLessThan(0.2); // where the spectra begin
  });
});
