import { describe, expect, test } from "vitest";
import { image } from "../../src/data";
import * as plot from "../../src/plot";
import { caught } from "../support/caught";
import { samples, TINY } from "./support/samples";
import { signalSamples } from "./support/signal-samples";

const s = samples({ ...TINY, rows: 6, columns: 8, channels: 40 });
const made = signalSamples(s);
const text = (spec: plot.VegaLiteSpec) => JSON.stringify(spec);

describe("plots of the clean-up", () => {
  test("despiked draws as many spikes as asked for, and says how many there are", () => {
    expect(text(plot.despiked(made.despiked))).toContain("d  Row 0, column 2: 28.2 s.d.");
    const one = text(plot.despiked(made.despiked, { show: 1 }));
    expect(one).not.toContain("column 1:");
    expect(one).toContain("3 spikes in 3 pixels");
    expect(text(plot.despiked({ ...made.despiked, spikes: [] }))).toContain("0 spikes");
  });

  test("peakFit draws the maps of the peaks asked for", () => {
    expect(text(plot.peakFit(made.peakFit))).toContain("h  face: area");
    expect(text(plot.peakFit(made.peakFit, { show: 1 }))).not.toContain("face: area");
    expect(text(plot.peakFit(made.peakFit))).toContain("48 pixels fitted, 1 did not end");
  });

  test("mask says how much is inside, and takes a width", () => {
    expect(text(plot.mask(made.despiked.map, s.image))).toContain("3 pixels inside, 6.25 %");
    expect(plot.mask(made.despiked.map, s.image, { width: 80 })).not.toEqual(plot.mask(made.despiked.map, s.image));
  });

  test("drift says the farthest shift", () => {
    expect(text(plot.drift(made.drift))).toContain("3 frames, the farthest moved by 3.05 pixels");
  });

  test("refuse other values, and say what to give", async () => {
    // @ts-expect-error a promise is no result
    expect((await caught(() => plot.despiked(Promise.resolve(made.despiked)))).message).toMatch(/await is missing/);
    expect((await caught(() => plot.peakFit(made.peakFit, { show: 3 }))).message).toMatch(/from 1 to 2/);
    const other = image(new Float32Array(4), [2, 2]);
    expect((await caught(() => plot.mask(other, s.image))).tag).toBe("ShapeError");
    // @ts-expect-error an image is no drift
    expect((await caught(() => plot.drift(other))).tag).toBe("OptionError");
  });
});
