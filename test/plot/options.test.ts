import { describe, expect, test } from "vitest";
import { axis, image, spectrumImage } from "../../src/data";
import { renderSvg } from "../../src/notebook";
import { svgPixels } from "../../src/notebook/render";
import type { VegaLiteSpec } from "../../src/plot";
import * as plot from "../../src/plot";
import { tileSide } from "../../src/plot/tiles";
import { caught } from "../support/caught";
import { latentSamples } from "./support/latent-samples";
import { TINY } from "./support/samples";

const s = latentSamples(TINY);
const text = (spec: VegaLiteSpec) => JSON.stringify(spec);

/** The tables of a drawn chart, as its marks see them. */
async function drawnRows(spec: VegaLiteSpec, field: string): Promise<Record<string, number>[]> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = compile(spec as unknown as Parameters<typeof compile>[0]).spec;
  const view = await new vega.View(vega.parse(compiled), { renderer: "none" }).runAsync();
  const tables = (compiled.data ?? []).map(({ name }) => view.data(name) as Record<string, number>[]);
  const found = tables.filter((rows) => rows.length > 0 && field in rows[0]);
  return found.at(-1) ?? [];
}

/** Red, green, blue of a pixel of a chart drawn at scale 1. */
async function colourAt(spec: VegaLiteSpec): Promise<(x: number, y: number) => number[]> {
  const { width, pixels } = await svgPixels(await renderSvg(spec), 1);
  return (x, y) => [...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
}

describe("bad input", () => {
  const swapped = () => plot.overview(s.spectra as never, s.image as never);
  const other = image(new Float32Array(4), [2, 2]);
  const blank = image(new Float32Array(4).fill(Number.NaN), [2, 2]);
  test.each([
    [
      "image and spectra swapped",
      swapped,
      "OptionError",
      /spectrum-image.*\n.*needed: +image\n.*plot\.overview\(image, spectra\)/,
    ],
    ["image and spectra of other size", () => plot.overview(other, s.spectra), "ShapeError", /2 x 2.*2 x 3/],
    ["a map of nothing but NaN", () => plot.map(blank), "DataError", /without a single finite value \(4 values\)/],
    ["a promise", () => plot.nmf(Promise.resolve(s.nmf) as never), "OptionError", /await is missing/],
    ["an empty list of maps", () => plot.maps([]), "OptionError", /an empty list/],
    ["an unknown colour map", () => plot.map(s.image, { colours: "jet" as never }), "OptionError", /jet.*\n.*viridis/],
    ["an empty list of spectra", () => plot.spectra([]), "OptionError", /an empty list/],
    [
      "a region outside the scan",
      () => plot.spectra(s.spectra, { regions: [{ name: "a", rows: [0, 9] }] }),
      "ShapeError",
      /rows \[0, 9\]/,
    ],
    ["more components than there are", () => plot.nmf(s.nmf, { show: 2 }), "OptionError", /show: 2.*\n.*1 to 1/],
    [
      "an image of another scan",
      () => plot.nmf(s.nmf, { image: other }),
      "ShapeError",
      /image 2 x 2, abundance maps 2 x 3/,
    ],
    ["a loss curve of a model", () => plot.lossCurve({ kind: "model" } as never), "OptionError", /await fit/],
    [
      "a latent that is not there",
      () => plot.latentScatter(s.latent, { latents: [0, 2] }),
      "OptionError",
      /latents: 2/,
    ],
    [
      "colours of another length",
      () => plot.latentScatter(s.latent, { colour: [1, 2] }),
      "ShapeError",
      /2 values for 6 points/,
    ],
    ["a channel that is not there", () => plot.backProjection(s.back, { channel: 1 }), "OptionError", /channel: 1/],
    [
      "a model given as a comparison",
      () => plot.comparison({ kind: "im2spec" } as never),
      "OptionError",
      /await compare/,
    ],
    [
      "a channel that the manifold has not",
      () => plot.manifold(s.imageManifold, { channels: 3 }),
      "OptionError",
      /channels: 3/,
    ],
    ["an empty list of manifolds", () => plot.manifold([]), "OptionError", /an empty list/],
    [
      "manifolds of images and of spectra together",
      () => plot.manifold([s.imageManifold, s.spectrumManifold]),
      "OptionError",
      /one of images and one of spectra/,
    ],
    [
      "channels of one field scaled each",
      () => plot.manifold(s.imageManifold, { channels: 0, extremes: "each" }),
      "OptionError",
      /"each" for one channel/,
    ],
    [
      "a design's channel that is not there",
      () => plot.inverseDesign(s.design, { channel: 1 }),
      "OptionError",
      /channel: 1/,
    ],
    ["errors given as latents", () => plot.latentMaps(s.errors as never), "OptionError", /got: +errors\n/],
  ] as const)("%s is refused: got, needed, do this", async (_, work, tag, message) => {
    const error = await caught(work);
    expect(error.tag).toBe(tag);
    expect(String(error)).toMatch(message);
    expect(error.remedy.length).toBeGreaterThan(10);
  });
});

describe("options", () => {
  test("title, note and first letter", () => {
    const spec = plot.nmf(s.nmf, { title: "Mine", note: "run 7", letter: "c" });
    expect(spec.title).toMatchObject({ text: "Mine" });
    expect(text(spec)).toContain("run 7");
    expect(text(spec)).toContain("c  Abundance 1");
    expect(text(spec)).toContain("d  Endmember 1");
    const plain = [plot.nmf(s.nmf, { letter: "" }), plot.maps([s.image], { letter: "" })].map(text);
    expect(plain.map((one) => /"(Abundance 1|HAADF)[^"]*"/.test(one))).toEqual([true, true]);
    expect(plain.join("")).not.toMatch(/"[a-z]? {2}/);
  });

  test("the subtitle states source, method, seed and error", () => {
    expect(String((plot.nmf(s.nmf).title as { subtitle: string[] }).subtitle.join(" "))).toBe(
      "made by hand; 2 x 3 pixels, 4 channels; NMF by HALS, seed 7; relative error 1.23 %",
    );
  });

  test("features: plasmon energies by default, others by choice, none on request", () => {
    const names = (features?: plot.Feature[]) =>
      ["0.50", "0.75 eV", "0.90 eV", "dipole"].filter((name) =>
        text(plot.spectra(s.spectra, { features })).includes(`"${name}"`),
      );
    const wide = axis("energy", 4, { units: "eV", offset: 350, scale: 100 });
    const core = spectrumImage(new Float32Array(4).fill(1), [1, 1, 4], { axes: { energy: wide } });
    expect(names()).toEqual(["0.50", "0.75 eV"]); // the axis of the tiny samples ends below 0.9 eV
    expect(names([{ energy: 0.6, label: "dipole" }])).toEqual(["dipole"]);
    expect(names([])).toEqual([]);
    expect(text(plot.spectra(core))).not.toContain("0.50");
  });

  test("a diverging map is centred on the stated zero", () => {
    const im = image(Float32Array.from([1, 2, 5]), [1, 3]);
    expect(text(plot.map(im, { colours: "diverging", zero: 2 }))).toContain('"domain":[-1,5]');
    expect(text(plot.map(im, { colours: "diverging", zero: 2, domain: [0, 4] }))).toContain('"domain":[0,4]');
  });

  test("a manifold is drawn in three channels or one, under their names, and says where it was decoded", () => {
    const three = text(plot.manifold(s.imageManifold));
    expect(three).toContain('"domain":["channel 1","channel 2","channel 3"]');
    expect(text(plot.manifold(s.imageManifold, { names: ["a", "b", "c"] }))).toContain('"domain":["a","b","c"]');
    expect(text(plot.manifold(s.imageManifold, { channels: 1 }))).toContain('"title":"channel 2"');
    expect(text(plot.manifold(s.imageManifold, { channels: [2, 1, 0] }))).toContain('"domain":["channel 3"');
    expect(text(plot.manifold(s.imageManifold, { extremes: "each" }))).not.toBe(three);
    expect(text(plot.manifold(s.imageManifold, { extremes: "both" }))).toContain("b  Each channel in its own scale");
    const subtitle = (shown: Parameters<typeof plot.manifold>[0]) =>
      (plot.manifold(shown).title as { subtitle: string[] }).subtitle.join(" ");
    expect(subtitle(s.imageManifold)).toBe(
      "2 x 2 points decoded by rvae, over the 5 to 95 % quantiles of the prior; seed 4",
    );
    expect(subtitle(s.spectrumManifold)).toContain("z3 = 0.5");
    expect(subtitle({ ...s.imageManifold, by: "range" })).toContain("range of the samples");
  });

  test("a colour of the scatter gives it a colour bar", () => {
    expect(text(plot.latentScatter(s.latent))).not.toContain("HAADF");
    expect(text(plot.latentScatter(s.latent, { colour: s.image }))).toContain('"title":"HAADF"');
    expect(text(plot.latentScatter(s.latent, { colour: s.image, legend: "counts" }))).toContain('"title":"counts"');
  });

  test("a comparison draws the overall errors, or the means, and the noise line where the noise is known", () => {
    expect(text(plot.comparison(s.comparison))).toContain('"title":"Error of the whole test set (%)"');
    expect(text(plot.comparison(s.comparison, { error: "mean" }))).toContain('"title":"Mean error of the samples (%)"');
    expect(text(plot.comparison(s.comparison))).toContain("noise alone 1.80 %");
    expect(text(plot.comparison({ ...s.comparison, noiseFloor: undefined }))).not.toContain("noise alone");
  });

  test("a comparison without a network has none in its legend, and says where the data come from", () => {
    const rows = s.comparison.rows.filter(({ type }) => type === "baseline");
    expect(text(plot.comparison(s.comparison))).toContain('"domain":["network","baseline"]');
    const alone = text(plot.comparison({ ...s.comparison, rows, metadata: { source: "simulated film" } }));
    expect(alone).toContain('"domain":["baseline"]');
    expect(alone).toContain("simulated film");
  });

  test("predictions have the quantity and the source of the data", () => {
    const counts = { ...s.predictions, metadata: { quantity: "Counts", source: "simulated film" } };
    expect(text(plot.predictions(s.predictions))).toContain('"Intensity (arb. units)"');
    expect(text(plot.predictions(counts))).toContain('"Counts"');
    expect(text(plot.predictions(counts))).toContain("simulated film");
    expect(text(plot.predictions(counts))).not.toContain("arb. units");
  });

  test("the overview draws the marked image alone where spectra are not wanted", () => {
    const region = { name: "first", rows: [0, 1], columns: [0, 1] } as const;
    const alone = text(plot.overview(s.image, s.spectra, { regions: [region], spectra: false, letter: "c" }));
    expect(alone).toContain("c  HAADF");
    expect(alone).toContain('"first"');
    expect(alone).not.toContain("Mean spectra");
    expect(text(plot.overview(s.image, s.spectra, { regions: [region] }))).toContain("Mean spectra");
  });

  test("projections have letters as told, none for the empty text", () => {
    const errors = { "2 latents": s.errors, "10 latents": s.errors };
    const chosen = text(plot.projections(s.back, s.forward, { errors, letters: ["b", "", "c", "d"] }));
    for (const title of ['"b  Images', '"Spectra, pred', '"c  2 latents', '"d  10 latents']) {
      expect(chosen).toContain(title);
    }
    const plain = text(plot.projections(s.back, s.forward, { errors }));
    for (const title of ['"a  Images', '"b  Spectra', '"d  10 latents']) expect(plain).toContain(title);
  });

  test("a collapse is drawn with KL and variance where the model is variational", () => {
    const panels = (spec: VegaLiteSpec) => (spec.hconcat as unknown[] | undefined)?.length;
    expect(panels(plot.collapse(s.collapse))).toBe(3);
    const plain = s.collapse.latents.map(({ kl, activity, ...rest }) => rest);
    expect(panels(plot.collapse({ ...s.collapse, latents: plain }))).toBe(1);
  });

  test("a transfer shows the own test set where it is known, and the noise", () => {
    const mean = (100 * s.errors.mean).toPrecision(3);
    expect(text(plot.transfer(s.transfer))).toContain(`mean error ${mean} %, on the own test set`);
    expect(text(plot.transfer({ ...s.transfer, own: undefined }))).not.toContain("own test set");
    expect(text(plot.transfer(s.transfer))).toContain("noise alone 3.00 %");
  });

  test("error maps against structure show the noise alone where it is known", () => {
    const { latent: _, ...row } = s.correlation.rows[0];
    const drawn = text(plot.errorCorrelation({ ...s.correlation, floor: { ...row, name: "noise alone" } }));
    expect(drawn.match(/"text":"noise alone"/g)?.length).toBe(3);
    expect(drawn).toContain(`"values":[{"y":${Number(row.mse.toPrecision(5))}}]`);
    expect(text(plot.errorCorrelation(s.correlation))).not.toContain("noise alone");
  });

  test("an inverse design names its way, and draws the channel asked for", () => {
    const title = (spec: VegaLiteSpec) => (spec.title as { text: string }).text;
    const subtitle = JSON.stringify(plot.inverseDesign(s.design).title).replaceAll('","', " ");
    expect(subtitle).toContain("error as predicted 7.00 %; measured at the nearest real image 11.0 %;");
    expect(subtitle).toContain("best of all measured spectra 6.50 % (3, 5)");
    expect(title(plot.inverseDesign(s.design))).toBe("Inverse design by gradient in the latent space");
    expect(title(plot.inverseDesign({ ...s.design, space: "image" }))).toBe("Inverse design by gradient in the image");
    expect(text(plot.inverseDesign({ ...s.design, method: "encode", space: undefined }))).toContain("Predicted image");
    expect(text(plot.inverseDesign(s.design, { features: [] }))).not.toContain('"0.50"');
    expect(text(plot.inverseDesign(s.design))).toContain("Intensity (arb. units)");
    const metadata = { quantity: "Loss probability", units: "1/eV" };
    expect(text(plot.inverseDesign({ ...s.design, metadata }))).toContain("Loss probability (1/eV)");
  });

  test("the error map states its correlation with the image, and the noise line where the noise is known", () => {
    expect(text(plot.errorMap(s.errors, { image: s.image }))).toContain("correlation with HAADF");
    expect(text(plot.errorMap(s.errors))).not.toContain("correlation");
    expect(text(plot.errorMap(s.errors))).toContain("noise alone 3.00 %");
    expect(text(plot.errorMap({ ...s.errors, noiseFloor: undefined }))).not.toContain("noise alone");
    expect(text(plot.errorMap(s.errors))).toContain("Error of each window");
    expect(text(plot.errorMap({ ...s.errors, samples: "spectra" }))).not.toMatch(/windows?\b/i);
  });
});

describe("what is drawn", () => {
  test("pixels have the colours of their values; row 0 is at the top, gaps are grey", async () => {
    const im = image(Float32Array.from([0, 1, Number.NaN, 0.5]), [2, 2]);
    const spec = plot.map(im, { colours: "viridis", width: 100, title: "x" });
    const at = await colourAt(spec);
    // The map is 100 x 100 behind 12 px of padding, below a title and a subtitle: find its first row from below.
    const column = Array.from({ length: 160 }, (_, y) => y).filter((y) => at(20, y).join() === "68,1,84");
    const top = Math.min(...column);
    expect(column.length).toBeGreaterThanOrEqual(49);
    expect(at(12 + 75, top + 10)).toEqual([253, 231, 37]); // 1: the last colour of viridis, #fde725
    expect(at(12 + 25, top + 60)).toEqual([201, 206, 213]); // NaN
    expect(at(12 + 75, top + 60)).toMatchArray([33, 145, 140], { absolute: 6 }); // 0.5: #21918c, 64 levels
  });

  test("curves come back from the chart's own formulas", async () => {
    const values = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i / 6));
    const energy = axis("energy", 40, { units: "eV", offset: 2, scale: 0.25 });
    const rows = await drawnRows(plot.spectra([{ name: "a", values, energy }]), "y");
    expect(rows.map((row) => row.x)).toMatchArray(
      Float64Array.from({ length: 40 }, (_, i) => 2 + 0.25 * i),
      { absolute: 1e-5 },
    );
    expect(rows.map((row) => row.y)).toMatchArray(values, { absolute: 2 / 999 }); // a thousandth of the range, 2
  });

  test("a long spectrum is thinned to the panel and keeps its spike", async () => {
    const values = Float32Array.from({ length: 20_000 }, (_, i) => (i === 12_345 ? 9 : 1));
    const energy = axis("energy", 20_000, { units: "eV", scale: 0.01 });
    const rows = await drawnRows(plot.spectra([{ name: "a", values, energy }], { width: 400 }), "y");
    expect(rows.length).toBeLessThanOrEqual(400);
    expect(Math.max(...rows.map((row) => row.y))).toBeCloseTo(9, 2);
  });

  test("points of the scatter lie at their latents, and name their pixel", async () => {
    const rows = await drawnRows(plot.latentScatter(s.latent), "place");
    const { data } = s.latent.values;
    const spread = Math.max(...data) - Math.min(...data);
    const step = (1.1 * spread) / 999;
    expect(rows.map((row) => row.x)).toMatchArray(
      data.filter((_, i) => i % 2 === 0),
      { absolute: step },
    );
    expect(rows.map((row) => row.y)).toMatchArray(
      data.filter((_, i) => i % 2 === 1),
      { absolute: step },
    );
    expect(rows.map((row) => String(row.place))).toEqual(["0, 0", "0, 1", "0, 2", "1, 0", "1, 1", "1, 2"]);
  });

  test("spectra of the forward projection stand at their grid points", async () => {
    const rows = await drawnRows(plot.forwardProjection(s.forward), "q");
    const first = rows.filter((row) => row.cell === 3);
    const middle = (Math.min(...first.map((r) => r.x)) + Math.max(...first.map((r) => r.x))) / 2;
    expect(middle).toBeCloseTo(s.forward.grid.x[1], 4); // cell 3 of a 2 x 2 grid: last column, last row
    expect(Math.min(...rows.map((row) => row.base))).toBeGreaterThan(s.forward.grid.y[0] - 0.5);
  });

  test("tiles of a manifold have the colours of their channels, evenly spaced under uneven latents", async () => {
    // Four tiles of 2 x 2 pixels of one colour: black, red, green, white from the bottom left to the top right.
    const colours = [
      [0, 0, 0],
      [2, 0, 0],
      [0, 2, 0],
      [2, 2, 2],
    ];
    const data = Float32Array.from(colours.flatMap((c) => [c, c, c, c]).flat());
    const shown = { ...s.imageManifold, images: { data, shape: [2, 2, 2, 2, 3] } };
    const at = await colourAt(plot.manifold(shown));
    const find = (colour: string) => {
      const found: [number, number][] = [];
      for (let y = 60; y < 460; y++) for (let x = 40; x < 440; x++) if (at(x, y).join() === colour) found.push([x, y]);
      return found;
    };
    const middle = (colour: string, axis: 0 | 1) =>
      find(colour).reduce((sum, place) => sum + place[axis], 0) / find(colour).length;
    expect(middle("255,0,0", 0)).toBeGreaterThan(middle("0,0,0", 0) + 150);
    expect(middle("255,0,0", 1)).toBeCloseTo(middle("0,0,0", 1), 0);
    expect(middle("0,255,0", 1)).toBeLessThan(middle("0,0,0", 1) - 150);
    expect(find("255,0,0").length).toBeGreaterThan(100 * 100); // 2 of 5 pixels of a panel of 380 on each side
  });

  test("the axis of uneven grid values names them at even places", () => {
    const grid = Float64Array.of(-1.6449, -0.5978, 0, 0.5978, 1.6449);
    const { at, channel } = tileSide("x", grid, "Latent 1", 300);
    expect([...at]).toEqual([0, 1, 2, 3, 4]);
    expect(channel).toMatchObject({
      scale: { domain: [-0.5, 4.5] },
      axis: { values: [0, 1, 2, 3, 4], labelExpr: "['−1.6','−0.6','0','0.6','1.6'][datum.value]" },
    });
    expect([...tileSide("x", Float64Array.of(1, 2, 3), "z", 300).at]).toEqual([1, 2, 3]);
  });

  test("the mosaic puts the smallest latents at the bottom left, each image upright", async () => {
    const images = new Float32Array(16).fill(1);
    images.set([0, 0, 1, 1]); // grid point 0: black top row
    const back = { ...s.back, images: { data: images, shape: [2, 2, 2, 2, 1] } };
    const at = await colourAt(plot.backProjection(back));
    const black = { x: [] as number[], y: [] as number[] };
    for (let y = 70; y < 430; y++) {
      for (let x = 40; x < 400; x++) {
        if (at(x, y).join() !== "0,0,0") continue;
        black.x.push(x);
        black.y.push(y);
      }
    }
    // Two of the five pixels of the mosaic's side of 340: the left ones, in the fourth row from the top.
    const sides = [Math.max(...black.x) - Math.min(...black.x), Math.max(...black.y) - Math.min(...black.y)];
    expect(sides).toMatchArray([136, 68], { absolute: 2 });
    expect(Math.min(...black.x)).toBeLessThan(70); // the panel's left edge
    expect(Math.min(...black.y)).toBeGreaterThan(75 + 3 * 68 - 10); // three rows below the panel's top edge
  });
});
