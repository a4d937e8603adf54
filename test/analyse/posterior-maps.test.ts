import { describe, expect, test } from "vitest";
import { angleMap, latentSpread, shiftMap } from "../../src/analyse";
import { axis, type ImageWindows, type PixelSpectra } from "../../src/data";
import type { Posterior } from "../../src/models";
import { thrown } from "../support/errors";

const axes = { y: axis("y", 2, { units: "nm", scale: 4 }), x: axis("x", 3, { units: "nm", scale: 4 }) };
const scanned = {
  positions: Int32Array.of(0, 0, 0, 2, 1, 1),
  scan: [2, 3] as const,
  axes,
  metadata: { source: "by hand" },
  history: [],
};
const windows: ImageWindows = {
  ...scanned,
  kind: "image-windows",
  images: { data: new Float32Array(3 * 35), shape: [3, 5, 7, 1] },
  scaling: { images: { offset: 0, range: 1 } },
};
const energy = axis("energy", 11, { units: "eV", offset: 2, scale: 0.1 });
const spectra: PixelSpectra = {
  ...scanned,
  kind: "pixel-spectra",
  spectra: { data: new Float32Array(33), shape: [3, 11] },
  scaling: { spectra: { offset: 0, range: 1 } },
  axes: { ...axes, energy },
};
const array = (data: number[], ...shape: number[]) => ({ data: Float32Array.from(data), shape });
const degrees = (...values: number[]) => Float32Array.from(values, (v) => (v * Math.PI) / 180);
const posterior: Posterior = {
  kind: "posterior",
  mean: array([0, 1, 0, -1, 0, 3], 3, 2),
  deviation: array([1, 0.5, 1, 0.5, 1, 0.25], 3, 2),
  angle: degrees(10, 370 + 180, -190),
  angleDeviation: Float32Array.of(0.1, 0.2, 0.3),
  shift: array([0.5, -1, 0, 0, 1, 0.25], 3, 2),
  shiftDeviation: array([0, 0, 0, 0, 0, 0], 3, 2),
};
const inside = (data: Float32Array) => [data[0], data[2], data[4]];
const none = [1, 3, 5];

describe("angleMap", () => {
  test("puts angles between -180 and 180 degrees at their pixels", () => {
    const found = angleMap(posterior, windows);
    expect(inside(found.map.data)).toMatchArray(degrees(10, -170, 170), { absolute: 1e-6 }); // float32
    expect(none.every((i) => Number.isNaN(found.map.data[i]))).toBe(true);
    expect(inside(found.deviation.data)).toMatchArray([0.1, 0.2, 0.3], { absolute: 1e-7 });
    expect(found.map.metadata).toEqual({ source: "by hand", title: "Angle" });
    expect(found.map.history.at(-1)?.operation).toBe("angleMap");
  });

  test("knows the mean direction, across the cut at 180 degrees", () => {
    const found = angleMap({ ...posterior, angle: degrees(170, -170, 180) }, windows);
    expect(Math.cos(found.mean)).toBeCloseTo(-1, 6);
    expect(found.alignment).toBeCloseTo((1 + 2 * Math.cos(Math.PI / 18)) / 3, 6);
    expect(angleMap({ ...posterior, angle: degrees(0, 120, 240) }, windows).alignment).toBeCloseTo(0, 6);
  });

  test("takes angles that symmetry makes alike as one", () => {
    const found = angleMap({ ...posterior, angle: degrees(10, 190, 100) }, windows, { symmetry: 2 });
    expect(inside(found.map.data)).toMatchArray(degrees(10, 10, -80), { absolute: 1e-6 });
    expect(found.symmetry).toBe(2);
    const rods = angleMap({ ...posterior, angle: degrees(0, 180, 0) }, windows, { symmetry: 2 });
    expect(rods.alignment).toBeCloseTo(1, 6);
    expect(rods.mean).toBeCloseTo(0, 6);
  });
});

describe("shiftMap", () => {
  test("of windows is in the units of the scan: half a window is (size - 1) / 2 pixels", () => {
    const found = shiftMap(posterior, windows);
    expect([found.names, found.units]).toEqual([["rows", "columns"], "nm"]);
    expect(inside(found.components[0].data)).toMatchArray([4, 0, 8], { absolute: 1e-6 }); // 2 px of 4 nm
    expect(inside(found.components[1].data)).toMatchArray([-12, 0, 3], { absolute: 1e-6 }); // 3 px of 4 nm
  });

  test("of spectra is an energy", () => {
    const found = shiftMap({ ...posterior, shift: array([0.1, 0, -0.2], 3, 1) }, spectra);
    expect([found.names, found.units]).toEqual([["energy"], "eV"]);
    expect(inside(found.components[0].data)).toMatchArray([0.05, 0, -0.1], { absolute: 1e-7 }); // 5 channels of 0.1 eV
  });
});

describe("latentSpread", () => {
  const found = latentSpread(posterior, windows);

  test("gives the KL divergence of each latent from the prior, in nats", () => {
    // Latent 1 is the prior itself; latent 2: (1 + 0.25 - 1) / 2 + log 2 twice, and (9 + 0.0625 - 1) / 2 + log 4.
    const [narrow, narrower] = [0.125 + Math.log(2), 4.03125 + Math.log(4)];
    expect(found.kl).toMatchArray([0, (2 * narrow + narrower) / 3], { absolute: 1e-12 });
    expect(inside(found.divergences[1].data)).toMatchArray([narrow, narrow, narrower], { absolute: 1e-6 });
    expect(inside(found.divergences[0].data)).toEqual([0, 0, 0]);
  });

  test("gives deviations as maps and means, and the spread of the latents' means", () => {
    expect(inside(found.deviations[1].data)).toEqual([0.5, 0.5, 0.25]);
    expect(found.deviation).toMatchArray([1, 1.25 / 3], { absolute: 1e-12 });
    expect(found.signal).toMatchArray([0, Math.sqrt(8 / 3)], { absolute: 1e-12 }); // 1, -1, 3 about their mean 1
    expect(found.samples).toBe(3);
  });
});

describe("maps of a posterior refuse", () => {
  const { angle: _, ...unturned } = posterior;
  const { shift: __, ...unmoved } = posterior;
  const fewer = { ...windows, positions: windows.positions.slice(0, 4) };
  test.each([
    ["one without angle", () => angleMap(unturned, windows), "OptionError", /no angle/],
    ["one without shift", () => shiftMap(unmoved, windows), "OptionError", /no shift/],
    ["no symmetry", () => angleMap(posterior, windows, { symmetry: 0.5 }), "OptionError", /symmetry: 0\.5/],
    ["angles of other samples", () => angleMap(posterior, fewer), "ShapeError", /posterior of 3 samples, and 2/],
    ["shifts of other samples", () => shiftMap(posterior, fewer), "ShapeError", /posterior of 3/],
    ["spreads of other samples", () => latentSpread(posterior, fewer), "ShapeError", /posterior of 3/],
    ["shifts of windows for spectra", () => shiftMap(posterior, spectra), "ShapeError", /pixel-spectra/],
  ] as const)("%s", (___, work, tag, message) => {
    const error = thrown(work);
    expect(error).toMatchObject({ tag });
    expect(String(error)).toMatch(message);
  });
});
