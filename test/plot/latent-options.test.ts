import { describe, expect, test } from "vitest";
import { angleMap, shiftMap } from "../../src/analyse";
import { density } from "../../src/cluster";
import { renderSvg } from "../../src/notebook";
import { svgPixels } from "../../src/notebook/render";
import type { VegaLiteSpec } from "../../src/plot";
import * as plot from "../../src/plot";
import { colourTable } from "../../src/plot/colour-maps";
import { binCounts, binRange } from "../../src/plot/histogram-panel";
import { caught } from "../support/caught";
import { latentSamples } from "./support/latent-samples";
import { TINY } from "./support/samples";

const s = latentSamples({ ...TINY, rows: 6, columns: 8 });
const text = (spec: VegaLiteSpec) => JSON.stringify(spec);
const subtitle = (spec: VegaLiteSpec) => (spec.title as { subtitle: string[] }).subtitle.join(" ");

describe("figures of latent spaces refuse", () => {
  test.each([
    [
      "a posterior as angles",
      () => plot.angleMap(s.posterior as never),
      /got: +posterior\n[\s\S]*angleMap\(await posterior/,
    ],
    ["a domain that falls", () => plot.angleMap(s.angles, { domain: [10, -10] }), /\[10, -10\]/],
    ["no bins", () => plot.angleMap(s.angles, { bins: 0 }), /bins: 0/],
    ["latents as shifts", () => plot.shiftMap(s.latent as never), /got: +latent\n/],
    ["latents as spreads", () => plot.latentSpread(s.latent as never), /got: +latent\n/],
    ["more latents than there are", () => plot.latentSpread(s.spread, { show: 4 }), /show: 4[\s\S]*1 to 3/],
    ["two latents as three colours", () => plot.latentRgb(s.latent), /2 latents[\s\S]*latent: 3/],
    ["a range that falls", () => plot.latentRgb(s.latent3, { ranges: [[1, 0]] }), /\[1, 0\]/],
    ["a fourth latent of three", () => plot.latentRgb(s.latent3, { latents: [0, 1, 3] }), /latents: 3/],
    ["numbers as a density", () => plot.density([1, 2] as never), /got: +an array/],
    ["a third latent of two", () => plot.joint(s.latent, { latents: [0, 2] }), /latents: 2/],
    ["histograms of seven latents", () => plot.latentMaps(s.latent3, { histograms: true, show: 7 }), /show: 7/],
    ["angles that are none", () => plot.latentMaps(s.latent3, { angle: s.latent as never }), /got: +latent\n/],
  ] as const)("%s", async (_, work, message) => {
    const error = await caught(work);
    expect(error.tag).toBe("OptionError");
    expect(String(error)).toMatch(message);
  });

  test("angles of another scan", async () => {
    const other = latentSamples(TINY);
    const error = await caught(() => plot.latentMaps(s.latent3, { angle: other.angles }));
    expect(error.tag).toBe("ShapeError");
  });
});

describe("options of the figures of latent spaces", () => {
  test("an angle map has a wheel for a whole turn, a colour bar for a part of one", () => {
    expect(text(plot.angleMap(s.angles))).toContain('"180°"');
    const part = text(plot.angleMap(s.angles, { domain: [-20, 20] }));
    expect(part).not.toContain('"180°"');
    expect(part).toContain('"angle (degrees)"');
    expect(text(plot.angleMap(s.angles))).not.toContain("Spread of the angle");
    expect(text(plot.angleMap(s.angles, { spread: true }))).toContain("Spread of the angle");
    expect(text(plot.angleMap(s.angles, { bins: 8 }))).toContain("sequence(8)");
    expect(subtitle(plot.angleMap(s.angles))).toMatch(/^made by hand; 48 windows; .*mean direction .*°, alignment/);
  });

  test("angles that symmetry makes alike are drawn over a part of a turn", () => {
    const windows = {
      kind: "image-windows" as const,
      images: { data: new Float32Array(48), shape: [48, 1, 1, 1] },
      positions: s.latent.positions,
      scan: s.latent.scan,
      axes: s.latent.axes,
      scaling: { images: { offset: 0, range: 1 } },
      metadata: {},
      history: [],
    };
    const rods = plot.angleMap(angleMap(s.posterior, windows, { symmetry: 2 }));
    expect(text(rods)).toContain('"values":[-90,-45,0,45,90]');
    expect(subtitle(rods)).toContain("look alike 2 times a turn");
    expect(subtitle(plot.shiftMap(shiftMap(s.posterior, windows)))).toContain("positive is downwards and to the right");
  });

  test("the spread shows deviations or divergences, with the divergence of each latent as a bar", () => {
    expect(text(plot.latentSpread(s.spread))).toContain('"s.d. of z"');
    expect(text(plot.latentSpread(s.spread, { of: "divergence" }))).toContain('"KL (nats)"');
    expect(text(plot.latentSpread(s.spread, { show: 1 }))).not.toContain('"z":"z2"');
    expect(text(plot.latentSpread(s.spread))).toContain('"z":"z3"');
  });

  test("latents as colours say what each colour stands for", () => {
    const ranges = [
      [0, 1],
      [-2, 2],
      [0, 5],
    ] as const;
    expect(text(plot.latentRgb(s.latent3, { latents: [2, 1, 0], ranges }))).toContain(
      '"domain":["z3: 0 to 1","z2: −2 to 2","z1: 0 to 5"]',
    );
    expect(text(plot.latentRgb(s.latent3))).not.toBe(text(plot.latentRgb(s.latent3, { latents: [1, 0, 2] })));
  });

  test("latent maps stand above their histograms, the angle first", () => {
    const all = text(plot.latentMaps(s.latent3, { angle: s.angles, histograms: 12 }));
    for (const title of ["a  Angle", "b  z1", "e  Angles", "f  Values of z1"]) expect(all).toContain(title);
    expect(all).toContain("sequence(12)");
    expect(text(plot.latentMaps(s.latent3))).not.toContain("Values of");
    expect(text(plot.latentMaps(s.latent3, { histograms: true }))).toContain("sequence(60)");
  });

  test("a scatter of latents that do not span a plane has no density, and says so", () => {
    const { values } = s.latent;
    const flat = {
      ...s.latent,
      values: { data: values.data.map((v, i) => (i % 2 === 0 ? v : 3)), shape: values.shape },
    };
    expect(subtitle(plot.latentScatter(flat))).toContain("do not span a plane");
    expect(subtitle(plot.joint(flat))).toContain("do not span a plane");
    expect(subtitle(plot.latentScatter(s.latent))).toContain("contours enclose 10, 30, 50, 70 and 90 %");
    expect(text(plot.latentScatter(flat))).not.toContain('"density"');
  });

  test("the joint plot has as many bins as asked for, and colours", () => {
    expect(text(plot.joint(s.latent, { bins: 7 }))).not.toBe(text(plot.joint(s.latent)));
    expect(text(plot.joint(s.latent, { colour: s.image }))).toContain('"title":"HAADF"');
    expect(text(plot.joint(s.latent3, { latents: [0, 2] }))).toContain('"z3"');
  });

  test("figures of latents say what was encoded, or samples where nobody knows", () => {
    const spectra = { ...s.latent3, side: "spectra" as const };
    const { side: _, ...unknown } = s.latent3;
    expect(text(plot.latentScatter(spectra))).toContain("Spectra in latent space");
    expect(text(plot.latentScatter(s.latent3))).toContain("Windows in latent space");
    expect(text(plot.latentScatter(unknown))).toContain("Samples in latent space");
    expect(subtitle(plot.latentScatter(spectra))).toContain("48 spectra, 3 latents");
    const maps = plot.latentMaps(spectra, { histograms: true });
    expect(subtitle(maps)).toContain("48 spectra, 3 latents");
    expect(text(maps)).toContain('"Spectra"');
    expect(subtitle(plot.latentRgb(spectra))).toContain("48 spectra, three");
    expect(text(plot.joint(spectra))).toContain('"title":"spectra"');
    expect(subtitle(plot.latentComparison([{ name: "one", latent: spectra }]))).toContain("48 spectra");
  });

  test("a density says how it was made", () => {
    expect(subtitle(plot.density(s.plane))).toMatch(
      /48 values; Gaussian kernel, width 0\.525 .*Scott's rule.*contours/,
    );
    expect(subtitle(plot.density(density([1, 2, Number.NaN], { bandwidth: 0.5 })))).toMatch(
      /2 values, 1 without a number left out; Gaussian kernel, width 0\.5 of the spread \(as given\)/,
    );
  });
});

describe("what is drawn of latent spaces", () => {
  test("the wheel and the map give one angle one colour", async () => {
    const { width, pixels } = await svgPixels(await renderSvg(plot.angleMap(s.angles, { title: "x" })), 1);
    const table = colourTable("cyclic");
    const colour = (share: number) => [...table.subarray(3 * Math.round(255 * share), 3 * Math.round(255 * share) + 3)];
    const near = (wanted: number[], tolerance: number) => {
      const found: [number, number][] = [];
      for (let i = 0; i < pixels.length / 4; i++) {
        const off = wanted.reduce((sum, v, c) => Math.max(sum, Math.abs(v - pixels[4 * i + c])), 0);
        if (off <= tolerance) found.push([i % width, Math.floor(i / width)]);
      }
      return found;
    };
    // The wheel: to the right (0 degrees) the middle of the map, at the top (90) its third quarter. The panel of the wheel
    // begins behind the map of 8 x 28 = 224 pixels and the gap of 30.
    const wheel = (places: [number, number][]) => places.filter(([x]) => x > 12 + 224 + 30 && x < 12 + 224 + 30 + 152);
    const middle = (places: [number, number][], axis: 0 | 1) =>
      places.reduce((sum, p) => sum + p[axis], 0) / places.length;
    const right = wheel(near(colour(0.5), 6));
    const top = wheel(near(colour(0.75), 6));
    const left = wheel(near(colour(0), 6));
    expect(right.length).toBeGreaterThan(20);
    expect(middle(right, 0)).toBeGreaterThan(middle(left, 0) + 40);
    expect(Math.abs(middle(right, 1) - middle(left, 1))).toBeLessThan(12);
    expect(middle(top, 1)).toBeLessThan(middle(right, 1) - 20);
  });

  test("counts are those of the bins, the largest value in the last", () => {
    expect(binCounts([0, 0.4, 0.5, 1, Number.NaN, 2], [0, 1], 2)).toEqual([2, 2]);
    expect(binRange([3, 3])).toEqual([2.5, 3.5]);
    expect(binRange([Number.NaN])).toEqual([0, 1]);
  });

  test("the cyclic map ends as it starts, and has no step", () => {
    const table = colourTable("cyclic");
    expect([...table.subarray(0, 3)]).toEqual([...table.subarray(765)]);
    for (let i = 0; i < 255; i++)
      for (let c = 0; c < 3; c++) expect(Math.abs(table[3 * i + c] - table[3 * i + 3 + c])).toBeLessThan(12);
  });
});
