import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { axis, image } from "../../src/data";
import type { NetworkLayers } from "../../src/models/network-layers";
import { renderSvg } from "../../src/notebook";
import { MAX_BYTES } from "../../src/notebook/guard-size";
import type { VegaLiteSpec } from "../../src/plot";
import * as plot from "../../src/plot";
import { featureGuides } from "../../src/plot/features";
import { yChannel } from "../../src/plot/line-scales";
import { barFormat, mapSize } from "../../src/plot/map-panel";
import { scaleBar } from "../../src/plot/scale-bar";
import { ACCENTS, accent } from "../../src/plot/theme";
import { energyTitle } from "../../src/plot/words";
import { caught } from "../support/caught";
import { clusterSamples } from "./support/cluster-samples";
import { latentSamples } from "./support/latent-samples";
import { TINY } from "./support/samples";

const s = latentSamples(TINY);

/** The texts of a drawn chart. */
async function texts(spec: VegaLiteSpec): Promise<string[]> {
  return [...(await renderSvg(spec)).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
}

/** An image of evenly spaced values, calibrated in nm. */
function ramp(rows: number, columns: number, [low, high]: readonly [number, number]) {
  const step = (high - low) / Math.max(1, rows * columns - 1);
  const side = (name: string, size: number) => axis(name, size, { units: "nm" });
  return image(
    Float32Array.from({ length: rows * columns }, (_, i) => low + step * i),
    [rows, columns],
    { axes: { y: side("y", rows), x: side("x", columns) } },
  );
}

describe("features", () => {
  const energy = axis("energy", 1024, { units: "eV", offset: 0, scale: 1 });
  const names = (features: number[]) => featureGuides(energy, features).map(({ text }) => text);

  test("carry the energies that were given, not rounded ones", () => {
    expect(names([15.5, 10.25, 532.5, 640])).toEqual(["15.5", "10.25", "532.5", "640 eV"]);
    expect(names([0.5, 3, 1.125])).toEqual(["0.50", "3.00", "1.125 eV"]);
  });
});

describe("colour bars", () => {
  test("tell values apart that lie close together far from 0", async () => {
    const drawn = await texts(plot.map(ramp(4, 5, [532.09, 532.41])));
    expect(drawn.slice(2, -2)).toEqual(["532.1", "532.2", "532.3", "532.4"]);
  });

  test("have as many digits as tell their ticks apart, three at least", () => {
    const formats = [[0, 1], [14.96, 14.98, 15], [0.999, 1], [0, 2000, 4000], [1218, 1220], [1000.5, 1001], [4], [0]];
    const wanted = [".3~g", ".4~g", ".4~g", ".3~s", ".0~f", ".1~f", ".3~g", ".3~g"];
    expect(formats.map(barFormat)).toEqual(wanted);
  });

  test("of points give each its own colour", () => {
    const { embedding } = clusterSamples(s);
    const energies = Array.from({ length: 6 }, (_, i) => 532.1 + 0.01 * i);
    const spec = JSON.stringify(plot.embedding(embedding, { colour: energies }));
    for (const energy of energies.slice(1)) expect(spec).toContain(String(energy)); // the first point has no place
  });
});

describe("sizes", () => {
  const axes = (rows: number, columns: number) => ({ y: axis("y", rows), x: axis("x", columns) });

  test("a line scan down the page is no longer than other maps", () => {
    expect(mapSize(axes(1000, 1), 360)).toEqual({ width: 8, height: 540 });
    expect(mapSize(axes(200, 2), 150)).toEqual({ width: 8, height: 225 });
    expect(mapSize(axes(1, 1), 150)).toEqual({ width: 150, height: 150 });
  });

  test("eight noisy maps of 512 x 512 pixels fit into a notebook", () => {
    const random = createRandom(1);
    const noise = image(Float32Array.from({ length: 512 * 512 }, random.uniform), [512, 512]);
    const spec = plot.maps(Array.from({ length: 8 }, () => noise));
    expect(JSON.stringify(spec).length).toBeLessThan(MAX_BYTES);
  });

  test("a scale bar without units is a number alone", () => {
    expect(scaleBar(axis("x", 100, { units: "" })).text).toBe("20");
  });
});

describe("options that cannot be", () => {
  const one = ramp(2, 3, [0, 5]);
  test.each<[string, () => unknown, RegExp]>([
    ["a domain that falls", () => plot.map(one, { domain: [5, 1] }), /plot\.map .*\n.*\[5, 1\]/],
    ["a domain with NaN", () => plot.maps([one], { domain: [0, Number.NaN] }), /plot\.maps .*\n.*\[0, NaN\]/],
    ["no columns", () => plot.maps([one], { columns: 0 }), /columns: 0/],
    ["a map of no width", () => plot.map(one, { width: 0 }), /plot\.map .*\n.*width: 0/],
    ["a mask of no width", () => plot.mask(one, one, { width: -5 }), /plot\.mask .*\n.*width: -5/],
    ["spectra of no width", () => plot.spectra(s.spectra, { width: Number.NaN }), /plot\.spectra .*\n.*width/],
    [
      "latent planes of no range",
      () => plot.latentComparison([{ name: "a", latent: s.latent }], { range: 0 }),
      /plot\.latentComparison .*\n.*range: 0/,
    ],
  ])("%s", async (_, draw, message) => {
    const error = await caught(draw);
    expect(error).toMatchObject({ tag: "OptionError" });
    expect(error.message).toMatch(message);
  });

  test("a width left undefined is the default", () => {
    expect(plot.maps([one], { width: undefined })).toEqual(plot.maps([one]));
  });
});

test("a diverging map of zeros has the colour of zero", () => {
  const zeros = ramp(2, 3, [0, 0]);
  expect(JSON.stringify(plot.map(zeros, { colours: "diverging" }))).toContain('"domain":[-1,1]');
});

test("two of 24 clusters never have one colour", () => {
  expect(new Set(Array.from({ length: 24 }, (_, i) => accent(i))).size).toBe(24);
  expect(Array.from({ length: 8 }, (_, i) => accent(i))).toEqual(ACCENTS);
});

test("a map of more clusters than a palette holds is a picture of 26 colours", async () => {
  const { clustering } = clusterSamples(s);
  const many = image(
    Float32Array.from({ length: 300 }, (_, i) => i),
    [15, 20],
  ); // noise and 299 clusters
  const sizes = new Int32Array(299).fill(1);
  const spec = plot.clusters({ ...clustering, clusters: 299, labels: new Int32Array(300), sizes, map: many }, {});
  const url = /data:image\/png;base64,([^"]+)/.exec(JSON.stringify(spec))?.[1] ?? "";
  const png = Buffer.from(url, "base64");
  const at = png.indexOf("PLTE");
  expect(png.readUInt32BE(at - 4)).toBe(3 * 26);
});

describe("curves", () => {
  const regions = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `region ${i}`, rows: ROWS }));
  const ROWS = [0, 1] as const;

  test("of many names have them beside the panel, where they hide no data", () => {
    const few = JSON.stringify(plot.spectra(s.spectra, { regions: regions(6) }));
    const many = JSON.stringify(plot.spectra(s.spectra, { regions: regions(30) }));
    expect([few, many].map((spec) => spec.includes('"orient":"none"'))).toEqual([true, false]);
    expect(many).toContain('"columns":2');
  });

  test("of long names have them in full where the panel is wide enough", () => {
    const name = "a place on a particle beside the hole in the film";
    const spec = (names: string[]) =>
      JSON.stringify(plot.spectra(s.spectra, { regions: names.map((one) => ({ name: one, rows: ROWS })) }));
    expect(spec([name, "b"])).toContain('"labelLimit":478'); // of 520 pixels
    expect(spec(["a", "b"])).not.toContain("labelLimit");
  });

  test("of one channel are points", () => {
    const one = axis("energy", 1, { units: "eV" });
    const spec = plot.spectra([{ name: "a", values: [3], energy: one }]);
    expect(JSON.stringify(spec)).toContain('"point":true');
    const two = axis("energy", 2, { units: "eV" });
    expect(JSON.stringify(plot.spectra([{ name: "a", values: [3, 4], energy: two }]))).toContain('"point":false');
  });
});

describe("letters", () => {
  const one = ramp(2, 3, [0, 5]);
  const titles = (spec: VegaLiteSpec) =>
    [...JSON.stringify(spec).matchAll(/"title":"(\w+) {2}HAADF"/g)].map(([, a]) => a);

  test("go on from any one, small or capital", () => {
    expect(titles(plot.maps([one, one], { letter: "z" }))).toEqual(["z", "aa"]);
    expect(titles(plot.maps([one, one], { letter: "aa" }))).toEqual(["aa", "ab"]);
    expect(titles(plot.maps([one, one], { letter: "B" }))).toEqual(["B", "C"]);
  });

  test("stand at a lone panel where one is asked for", () => {
    const plain = JSON.stringify(plot.map(one));
    const c = JSON.stringify(plot.map(one, { letter: "c" }));
    expect([plain, c].map((spec) => spec.includes('"title":"c"'))).toEqual([false, true]);
    expect(JSON.stringify(plot.spectra(s.spectra, { letter: "d" }))).toContain(
      '"d  Mean spectrum ± standard deviation"',
    );
    expect(titles(plot.overview(s.image, s.spectra, { spectra: false, letter: "e" }))).toEqual(["e"]);
  });

  test("are refused where they are none", async () => {
    for (const draw of [() => plot.maps([one], { letter: "1" }), () => plot.map(one, { letter: "fig" })]) {
      expect((await caught(draw)).message).toMatch(/letter: "(1|fig)"/);
    }
  });
});

describe("values that are no numbers", () => {
  test("a comparison puts a network without a finite error last, and sets its scale by the others", () => {
    const [one, ...rest] = s.comparison.rows;
    const shown = (overall: number) =>
      JSON.stringify(plot.comparison({ ...s.comparison, rows: [{ ...one, overall }, ...rest] }));
    for (const lost of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const spec = shown(lost);
      expect(spec).toContain('"label":"not a finite error"');
      expect(spec).not.toContain('"domain":[0,null]');
      expect(JSON.parse(spec).hconcat[0].layer.at(-1).encoding.y.scale.domain.at(-1)).toBe(one.name);
    }
    expect(shown(0.5)).not.toContain("not a finite error");
  });

  test("a loss that never was a number has axes all the same", () => {
    const epochs = [{ epoch: 1, loss: Number.NaN, validationLoss: Number.NaN, learningRate: 1e-3, seconds: 1 }];
    const spec = JSON.stringify(plot.lossCurve({ ...s.training, epochs } as typeof s.training));
    expect(spec).toContain('"domain":[0,1]');
    expect(spec).not.toContain('"log"');
    expect(spec).toContain('"title":"Epoch","values":[1,2]'); // and no tenth of an epoch
  });

  test("latents of nothing but NaN are refused", async () => {
    const { shape } = s.latent.values;
    const blank = { ...s.latent, values: { data: s.latent.values.data.map(() => Number.NaN), shape } };
    for (const draw of [plot.latentMaps, plot.latentScatter, plot.joint]) {
      expect(await caught(() => draw(blank))).toMatchObject({ tag: "DataError" });
    }
  });
});

test("a logarithmic axis over many decades has few ticks", () => {
  const curves = [{ name: "loss", values: [1e-9, 1e30] }];
  const y = yChannel({ title: "", x: [1, 2], curves, width: 100, height: 200, logarithmic: true });
  const { values } = y.axis as { values: number[] };
  expect(values.length).toBeLessThanOrEqual(9);
  expect(values.length).toBeGreaterThan(5);
});

describe("titles", () => {
  test("of a figure go on below where they are wider than a notebook", () => {
    const long = "a figure with a title that goes on and on ".repeat(4).trim();
    const titleOf = (title: string) => (plot.map(ramp(2, 3, [0, 1]), { title }).title as { text: unknown }).text;
    expect(titleOf("short")).toBe("short");
    const lines = titleOf(long) as string[];
    expect(lines.join(" ")).toBe(long);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("of an energy axis say what is known of it", () => {
    const title = (units: string) => energyTitle(axis("energy", 4, { units }));
    expect(["eV", "keV", "px", ""].map(title)).toEqual([
      "Energy loss (eV)",
      "Energy loss (keV)",
      "Channel",
      "Energy loss",
    ]);
  });
});

test("each arrow of a shift map stands in the middle of its own pixels, also at the far edges", () => {
  const [rows, columns] = [20, 37]; // blocks of three pixels, the last of one and of two
  const map = image(new Float32Array(rows * columns).fill(1), [rows, columns]);
  const spec = plot.shiftMap({ ...s.shifts, components: [map, map] });
  const { values } = JSON.parse(JSON.stringify(spec)).hconcat[2].layer.at(-1).data;
  const farthest = (side: "x" | "y") => Math.max(...values[0][side].split(" ").map(Number)) / 6; // 6 chart pixels each
  expect([farthest("x"), farthest("y")]).toMatchArray([36.5, 19], { absolute: 0.01 });
});

test("layers without letters have no blanks in their place", async () => {
  const layer = { part: "encoder", kind: "dense", shape: [4], parameters: 8 } as const;
  const result = { kind: "network-layers", model: "vae", input: [2], latent: 2, parameters: 8, layers: [layer] };
  const spec = JSON.stringify(plot.layers(result as unknown as NetworkLayers, { letter: "" }));
  expect(spec).toContain('"title":"Encoder"');
});
