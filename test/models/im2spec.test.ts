import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { im2spec, parameterCount } from "../../src/models";
import { thrown } from "../support/errors";
import { shared, testShared } from "../support/shared-data";
import { weightsOf } from "./support/small-pairs";

describe("im2spec", () => {
  testShared.each([
    ["im2spec 16x16->2048 L2 (AtomAI/im2spec)", 16, 2048, 2],
    ["im2spec 16x16->2048 L10", 16, 2048, 10],
    ["im2spec 16x16->1496 L2", 16, 1496, 2],
    ["im2spec 16x16->1496 L10", 16, 1496, 10],
    ["im2spec 16x16->64 L10 (BEPS)", 16, 64, 10],
    ["im2spec 8x8->64 L2 (beps_im2spec)", 8, 64, 2],
    ["im2spec 8x8->64 L10", 8, 64, 10],
  ])("has as many parameters as the published network: %s", (name, window, spectrum, latent) => {
    const published = JSON.parse(readFileSync(shared("data/parameter_counts.json"), "utf8"))[name];
    const model = im2spec({ image: [window, window, 1], spectrum, latent });
    expect(parameterCount(model)).toBe(published.total);
    const encoder = Object.entries(model.parameters).filter(([key, p]) => key.startsWith("encoder") && p.trainable);
    expect(encoder.reduce((sum, [, p]) => sum + p.data.length, 0)).toBe(published.encoder);
  });

  test("starts as PyTorch does: uniform within 1 / sqrt(fan in), batch norm at 1 and 0", () => {
    const { parameters } = im2spec({ image: [16, 16, 1], spectrum: 64, latent: 10, seed: 3 });
    const spread = (name: string) => {
      const { data } = parameters[name];
      const deviation = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
      return { largest: data.reduce((m, v) => Math.max(m, Math.abs(v)), 0), deviation, n: data.length };
    };
    for (const [name, fanIn] of [
      ["encoder.conv.block.3", 64 * 9],
      ["encoder.fc", 64 * 256],
      ["decoder.fc", 10],
      ["decoder.dilblock.atrous_module.0", 64 * 3],
    ] as const) {
      const bound = 1 / Math.sqrt(fanIn);
      const { largest, deviation, n } = spread(`${name}.weight`);
      expect(largest).toBeLessThanOrEqual(bound);
      // The deviation of n uniform values is bound / sqrt(3) within a relative 0.45 / sqrt(n): four times that.
      expect([deviation]).toMatchArray([bound / Math.sqrt(3)], { relative: 1.8 / Math.sqrt(n) });
      expect(spread(`${name}.bias`).largest).toBeLessThanOrEqual(bound);
      expect(spread(`${name}.bias`).largest).toBeGreaterThan(0);
    }
    expect(new Set(parameters["encoder.conv.block.2.weight"].data)).toEqual(new Set([1]));
    expect(new Set(parameters["encoder.conv.block.2.running_var"].data)).toEqual(new Set([1]));
    expect(new Set(parameters["encoder.conv.block.2.bias"].data)).toEqual(new Set([0]));
  });

  test("has the same first weights for the same seed, others for another", () => {
    const make = (seed: number) => weightsOf(im2spec({ image: [8, 8, 1], spectrum: 16, encoderFilters: 4, seed }));
    expect(make(5)).toEqual(make(5));
    expect(make(5)).not.toEqual(make(6));
  });

  test.each([
    [{ latent: 0 }, "latent 0"],
    [{ spectrum: 1.5 }, "spectrum 1.5"],
    [{ image: [16, Number.NaN, 1] as const }, "image width NaN"],
    [{ upsampling: true, spectrum: 187 }, "crop the spectra to 184"],
    [{ downsampling: 17 }, "downsampling 17 of a 16 x 16 window"],
  ])("refuses %j by name", (options, words) => {
    const error = thrown(() => im2spec({ image: [16, 16, 1], spectrum: 64, ...options }));
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(String(error)).toContain(words);
  });
});
