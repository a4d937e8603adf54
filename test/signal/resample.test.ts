import { describe, expect, test } from "vitest";
import { axis, axisValues, image, type SpectrumImage, spectrumImage } from "../../src/data";
import { crop, resample } from "../../src/signal";
import { caught } from "../support/caught";
import { cleanUp, ramp, rampImage } from "./support/clean-up-fixture";

const { data, cubic, linear } = cleanUp.resampling;
const wave = spectrumImage(Float32Array.from(data), [1, 1, 30], {
  axes: { energy: axis("energy", 30, { units: "eV", offset: 400, scale: 0.5 }) },
});
const target = { offset: 401.3, scale: 0.37, size: 25 };
const total = ({ data: values }: { data: Float32Array }) => values.reduce((a, b) => a + b, 0);

describe("resample", () => {
  test("gives numpy's linear interpolation and scipy's cubic spline on another energy axis", async () => {
    const straight = await resample(wave, { energy: target });
    expect(straight.data).toMatchArray(linear, { absolute: 1e-6 }); // float32
    expect(straight.axes.energy).toMatchObject({ ...target, units: "eV", name: "energy" });
    expect((await resample(wave, { energy: target, method: "cubic" })).data).toMatchArray(cubic, { absolute: 1e-6 });
  });

  test("keeps the sum by area, whatever the number of channels", async () => {
    for (const size of [7, 30, 64]) {
      const scale = 15 / size;
      const energy = { offset: 399.75 + scale / 2, scale, size };
      const ours = await resample(wave, { energy, method: "area" });
      expect(total(ours)).toBeCloseTo(total(wave), 5);
    }
  });

  test("keeps the field of view of a scan, and its sum by area", async () => {
    const fine = await resample(ramp(2, 3, 4), { rows: 5, columns: 4, method: "area" });
    expect(fine.shape).toEqual([5, 4, 4]);
    expect(total(fine)).toBeCloseTo(total(ramp(2, 3, 4)), 4);
    const { y } = fine.axes;
    expect(y.offset - y.scale / 2).toBeCloseTo(0.75, 12); // the upper edge of the first row, as before
    expect(y.scale * y.size).toBeCloseTo(1, 12);
  });

  test("gives a plane back on any grid inside it", async () => {
    const plane = rampImage(6, 8);
    for (const method of ["linear", "cubic"] as const) {
      const fine = await resample(plane, { rows: 11, columns: 15, method });
      const inner = crop(fine, { rows: [1, 10], columns: [1, 14] });
      const [ys, xs] = [axisValues(inner.axes.y), axisValues(inner.axes.x)];
      const expected = [...ys].flatMap((y) => [...xs].map((x) => (8 * (y - 1)) / 0.5 + (x + 2) / 0.25));
      expect(inner.data).toMatchArray(expected, { absolute: 1e-4 });
    }
  });

  test("onto its own axis changes nothing, and is undone by a falling axis read backwards", async () => {
    for (const method of ["linear", "cubic", "area"] as const) {
      expect((await resample(wave, { energy: wave.axes.energy, method })).data).toMatchArray(data, { absolute: 1e-7 });
      const falling = await resample(wave, { energy: { offset: 414.5, scale: -0.5, size: 30 }, method });
      expect([...falling.data].reverse()).toMatchArray(data, { absolute: 1e-6 });
    }
  });

  test("gives another answer with each option", async () => {
    const wide = { offset: 398, scale: 0.7, size: 20 };
    const results: SpectrumImage[] = [];
    for (const method of ["linear", "cubic", "area"] as const) {
      for (const outside of [0, -7]) results.push(await resample(wave, { energy: wide, method, outside }));
    }
    expect(new Set(results.map((one) => [...one.data].join())).size).toBe(results.length);
    expect(results[1].data[0]).toBe(-7);
  });

  test("by area takes whole channels only: a part of one would look dark", async () => {
    const energy = { offset: 400, scale: 1, size: 10 }; // the first reaches from 399.5, the old axis from 399.75
    expect((await caught(() => resample(wave, { energy, method: "area" }))).message).toMatch(/whole new channels/);
    const filled = await resample(wave, { energy, method: "area", outside: -1 });
    expect(filled.data[0]).toBe(-1);
    expect(filled.data[1]).toBeCloseTo(data[1] / 2 + data[2] + data[3] / 2, 5);
  });

  test("refuses energies outside the axis, and says what to fill in", async () => {
    const error = await caught(() => resample(wave, { energy: { offset: 399, scale: 0.5, size: 20 } }));
    expect(error.message).toMatch(/399 to 408.5 eV from channels at 400 to 414.5 eV[\s\S]*outside: 0/);
    expect((await caught(() => resample(wave, {}))).message).toMatch(/something to change/);
    expect((await caught(() => resample(wave, { rows: 0 }))).tag).toBe("OptionError");
    expect((await caught(() => resample(wave, { columns: 2, outside: Number.NaN }))).tag).toBe("OptionError");
    expect((await caught(() => resample(rampImage(3, 3), { rows: 5, method: "cubic" }))).message).toMatch(/needs 4/);
    const broken = image(Float32Array.of(1, Number.NaN), [1, 2]);
    expect((await caught(() => resample(broken, { columns: 4 }))).tag).toBe("DataError");
    const stopped = resample(wave, { energy: target, signal: AbortSignal.abort() });
    expect((await caught(() => stopped)).tag).toBe("CancelledError");
  });
});
