import { describe, expect, test } from "vitest";
import { axis, type SpectrumImage, spectrumImage } from "../../src/data";
import { smooth } from "../../src/signal";
import { caught } from "../support/caught";
import { cleanUp, ramp } from "./support/clean-up-fixture";

const { data, step, savgol, gaussian } = cleanUp.smoothing;

/** Three spectra of 40 channels of 0.25 eV. */
function three(values: ArrayLike<number> = data): SpectrumImage {
  return spectrumImage(Float32Array.from(values), [1, 3, 40], {
    axes: { energy: axis("energy", 40, { units: "eV", offset: 10, scale: step }) },
  });
}

describe("smooth", () => {
  test.each(savgol as { window: number; order: number; derivative: number; result: number[] }[])(
    "gives scipy's savgol_filter, edges included, for $window channels, order $order, derivative $derivative",
    async ({ window, order, derivative, result }) => {
      const ours = await smooth(three(), { windowChannels: window, order, derivative });
      expect(ours.data).toMatchArray(result, { relative: 1e-6 }); // float32 results
    },
  );

  test("gives scipy's gaussian_filter1d with mirrored ends", async () => {
    const ours = await smooth(three(), {
      method: "gaussian",
      window: gaussian.sigma * step * Math.sqrt(8 * Math.log(2)),
    });
    expect(ours.data).toMatchArray(gaussian.result, { relative: 1e-6 });
  });

  test("leaves a polynomial of its own order as it is, to the ends", async () => {
    const cubic = Float32Array.from(
      { length: 120 },
      (_, i) => 1 + 0.2 * (i % 40) - 0.01 * (i % 40) ** 2 + 1e-4 * (i % 40) ** 3,
    );
    const ours = await smooth(three(cubic), { window: 3, order: 3 });
    expect(ours.data).toMatchArray(cubic, { relative: 1e-6 });
    const bent = await smooth(three(cubic), { window: 3, order: 1 });
    expect(bent.data).not.toMatchArray(cubic, { relative: 1e-3 });
  });

  test("gives a derivative per eV, on a falling axis too, and says so in the units", async () => {
    const line = Float32Array.from({ length: 120 }, (_, i) => 3 * (10 + step * (i % 40)));
    const slope = await smooth(three(line), { window: 2, derivative: 1 });
    expect(slope.data).toMatchArray(new Array(120).fill(3), { absolute: 1e-5 });
    expect(slope.metadata).toMatchObject({ quantity: "Derivative of intensity", units: "1/eV" });
    const falling = spectrumImage(line.slice(0, 40), [1, 1, 40], {
      axes: { energy: axis("energy", 40, { scale: -step }) },
    });
    expect((await smooth(falling, { window: 2, derivative: 1 })).data[7]).toBeCloseTo(-3, 4);
  });

  test("keeps the sum under the bell", async () => {
    const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
    const ours = await smooth(three(), { method: "gaussian", window: 2 });
    expect(sum(ours.data) / sum(three().data)).toBeCloseTo(1, 6);
  });

  test("takes a window in eV as the channels within half of it on either side", async () => {
    const inEnergy = await smooth(three(), { window: 2.6 }); // 1.3 eV: 5 channels on either side
    expect(inEnergy.data).toEqual((await smooth(three(), { windowChannels: 11 })).data);
    expect(inEnergy.history.at(-1)?.options).toMatchObject({ method: "savitzky-golay", windowChannels: 11, order: 2 });
  });

  test("gives another answer with each option, and leaves the input as it was", async () => {
    const before = [...three().data];
    const results = await Promise.all(
      [
        { window: 2 },
        { window: 3 },
        { window: 2, order: 4 },
        { window: 2, derivative: 1 },
        { window: 2, derivative: 2 },
        { window: 2, method: "gaussian" as const },
      ].map((options) => smooth(three(before), options)),
    );
    expect(new Set(results.map((one) => [...one.data].join())).size).toBe(results.length);
    expect(before).toEqual([...three().data]);
  });

  test("refuses windows that cannot be, and says which can", async () => {
    expect((await caught(() => smooth(three(), { window: 0.4 }))).message).toMatch(
      /1 channels for order 2[\s\S]*3 to 40/,
    );
    expect((await caught(() => smooth(three(), { windowChannels: 41 }))).tag).toBe("OptionError");
    expect((await caught(() => smooth(three(), { windowChannels: 4 }))).message).toMatch(/odd/);
    expect((await caught(() => smooth(three(), {}))).message).toMatch(/one of window/);
    expect((await caught(() => smooth(three(), { window: 2, derivative: 3 }))).message).toMatch(/at most order: 2/);
    expect((await caught(() => smooth(three(), { window: 2, method: "gaussian", order: 2 }))).tag).toBe("OptionError");
    expect((await caught(() => smooth(three(), { window: Number.NaN }))).tag).toBe("OptionError");
  });

  test("stops when asked to, and says how far it is", async () => {
    const seen: number[] = [];
    await smooth(ramp(3, 2, 8), { windowChannels: 3, onProgress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([2, 4, 6]);
    const stopped = smooth(ramp(3, 2, 8), { windowChannels: 3, signal: AbortSignal.abort() });
    expect((await caught(() => stopped)).tag).toBe("CancelledError");
  });
});
