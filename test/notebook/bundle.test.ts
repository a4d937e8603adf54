import { afterEach, describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { isSpecbookError } from "../../src/core/errors";
import { type MimeBundle, setHost } from "../../src/core/host";
import { image } from "../../src/data";
import { bundle, display, renderPng, renderSvg } from "../../src/notebook";
import { textWidth } from "../../src/notebook/font";
import { quantise } from "../../src/notebook/quantise";
import { svgPixels } from "../../src/notebook/render";
import * as plot from "../../src/plot";
import { colourTable } from "../../src/plot/colour-maps";
import type { VegaLiteSpec } from "../../src/plot/spec";
import { caught } from "../support/caught";
import { decodePng } from "../support/decode-png";

const chart = (values: unknown[]): VegaLiteSpec => ({
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  title: { text: "Counts", subtitle: "made by hand" },
  background: "white",
  width: 100,
  height: 100,
  data: { values },
  mark: { type: "bar", color: "#ca472f" },
  encoding: { x: { field: "a", type: "nominal" }, y: { field: "b", type: "quantitative" } },
});
const small = chart([
  { a: "one", b: 1 },
  { a: "two", b: 2 },
]);

describe("bundle", () => {
  test("shows a user's own object as text, whatever its kind is called", async () => {
    const kinds = ["nmf", "latent", "density", "errors", "posterior", "training", "image", "spectrum-image", "own"];
    for (const kind of kinds) {
      for (const value of [
        { kind },
        { kind, components: 4 },
        { kind, axes: null },
        { kind, axes: { y: null, x: 1 } },
      ]) {
        const shown = await bundle(value);
        expect(Object.keys(shown)).toEqual(["text/plain"]);
        expect(shown["text/plain"]).toContain(`kind: '${kind}'`);
      }
    }
    expect(Object.keys(await bundle([{ kind: "manifold" }]))).toEqual(["text/plain"]);
  });

  test("gives a chart as an object, a picture and a line of text", async () => {
    const shown = await bundle(small);
    expect(shown["application/vnd.vegalite.v5+json"]).toBe(small);
    expect(shown["text/plain"]).toBe("[chart] Counts made by hand");
    const png = decodePng(Buffer.from(String(shown["image/png"]), "base64"));
    const colours = Array.from({ length: png.width * png.height }, (_, i) =>
      png.at(i % png.width, Math.floor(i / png.width)).join(),
    );
    expect(colours).toContain("202,71,47"); // the bars, #ca472f
    expect(png.at(0, 0)).toEqual([255, 255, 255]);
  });

  test("gives a Vega chart its own type", async () => {
    const shown = await bundle({ $schema: "https://vega.github.io/schema/vega/v5.json", width: 10, height: 10 });
    expect(Object.keys(shown)).toEqual(["application/vnd.vega.v5+json", "text/plain", "image/png"]);
  });

  test("gives text for anything else: short, and with shape and axes for the package's own data", async () => {
    expect(await bundle("hello")).toEqual({ "text/plain": "hello" });
    expect(await bundle({ a: 1 })).toEqual({ "text/plain": "{ a: 1 }" });
    const text = String((await bundle(image(new Float32Array(6000), [60, 100])))["text/plain"]);
    expect(text).toMatch(/^image 60 x 100; y 0 to 59 px, x 0 to 99 px\n/);
    expect(text.length).toBeLessThan(1500);
  });

  test("says of a training how it ended and what the model holds", async () => {
    const epoch = (n: number, loss: number) => ({ epoch: n, loss, learningRate: 1e-3, seconds: 1 });
    const run = {
      kind: "training",
      epochs: [{ ...epoch(1, 3), validationLoss: 2.5, terms: { kl: 0.25 } }, epoch(2, 4)],
      keptEpoch: 1,
      state: "stopped",
      engine: "wasm",
      seconds: 2.04321,
    };
    expect(await bundle(run)).toEqual({
      "text/plain":
        "training stopped after 2 epochs in 2.043 s on wasm; the model holds epoch 1: loss 3, validation loss 2.5\nkl 0.25",
    });
    const none = String((await bundle({ ...run, epochs: [], keptEpoch: 0 }))["text/plain"]);
    expect(none).toMatch(/after 0 epochs .*no epoch was finished$/);
  });

  test("refuses more than 5,000 rows, and more than 1 MB, with the remedy", async () => {
    const rows = Array.from({ length: 5001 }, (_, i) => ({ a: "one", b: i }));
    const many = await caught(() => bundle(chart(rows)));
    expect(isSpecbookError(many, "MemoryError")).toBe(true);
    expect(String(many)).toMatch(/got: +5001 rows[\s\S]*do this: .*plot\.map/);
    const large = await caught(() => bundle({ ...small, description: "x".repeat(1_000_001) }));
    expect(String(large)).toMatch(/got: +1\.0 MB/);
    expect(Object.keys(await bundle(chart(rows.slice(0, 5000))))).toContain("image/png");
  });

  test("says what is wrong with a chart that cannot be drawn", async () => {
    const error = await caught(() => renderSvg({ $schema: small.$schema, mark: 7 }));
    expect(isSpecbookError(error, "FormatError")).toBe(true);
  });
});

describe("rendering", () => {
  test("draws text with the shipped font alone", async () => {
    const blank = { ...small, title: undefined, mark: { type: "bar", opacity: 0 }, encoding: {} };
    const titled = { ...blank, title: "Energy loss (eV) µ σ" };
    const dark = async (spec: VegaLiteSpec) =>
      (await svgPixels(await renderSvg(spec), 1.5)).pixels.filter((v) => v < 100).length;
    expect(await dark(titled)).toBeGreaterThan((await dark(blank)) + 500);
  });

  test("scale sets the size of the picture", async () => {
    const size = async (scale?: number) => {
      const header = Buffer.from(await renderPng(small, { scale }));
      return [header.readUInt32BE(16), header.readUInt32BE(20)];
    };
    const [width, height] = await size(1);
    expect(await size(2)).toEqual([2 * width, 2 * height]);
    expect(await size()).toEqual([Math.ceil(1.5 * width), Math.ceil(1.5 * height)]);
    expect(isSpecbookError(await caught(() => renderPng(small, { scale: 0 })), "OptionError")).toBe(true);
  });

  test("knows the widths of the font", () => {
    // Arimo has the widths of Arial: a digit is 1139 / 2048 em, a capital M 1706 / 2048, in bold a digit is the same.
    expect(textWidth("0", 2048)).toBe(1139);
    expect(textWidth("M", 2048)).toBe(1706);
    expect(textWidth("00", 2048, true)).toBe(2278);
    expect(textWidth("i", 10)).toBeLessThan(textWidth("M", 10) / 3);
  });
});

describe("pictures of charts with maps", () => {
  const coloursOf = async (spec: VegaLiteSpec) => {
    const png = decodePng(Buffer.from(String((await bundle(spec))["image/png"]), "base64"));
    const found = new Map<string, number>();
    for (let y = 0; y < png.height; y++)
      for (let x = 0; x < png.width; x++) {
        const key = png.at(x, y).join();
        found.set(key, (found.get(key) ?? 0) + 1);
      }
    return found;
  };

  test("keep every colour of a map, which has 64", async () => {
    const ramp = image(
      Float32Array.from({ length: 64 * 64 }, (_, i) => i % 64),
      [64, 64],
    );
    const found = await coloursOf(plot.map(ramp, { colours: "viridis" }));
    const table = colourTable("viridis");
    for (let i = 0; i < 64; i++) {
      const at = 3 * Math.round((255 * i) / 63);
      expect(found.get([...table.subarray(at, at + 3)].join()), `colour ${i}`).toBeGreaterThan(100);
    }
  });

  test("keep the plain colours of the legend of red, green and blue beside thousands of mixtures", async () => {
    const random = createRandom(4);
    const [grid, side] = [8, 12];
    const data = Float32Array.from({ length: grid * grid * side * side * 3 }, () => 0.2 + 0.6 * random.uniform());
    const points = Float64Array.from({ length: grid }, (_, i) => i);
    const shown = {
      kind: "manifold",
      side: "images",
      model: "rvae",
      grid: { x: points, y: points },
      latents: [0, 1],
      by: "range",
      through: Float32Array.of(Number.NaN, Number.NaN),
      images: { data, shape: [grid, grid, side, side, 3] },
    } as const;
    const found = await coloursOf(plot.manifold(shown));
    expect(found.size).toBeGreaterThan(100);
    for (const colour of ["255,0,0", "0,200,0", "0,0,255"]) expect(found.get(colour), colour).toBeGreaterThan(16);
  });
});

describe("quantise", () => {
  const opaque = (colours: number[][]) => Uint8Array.from(colours.flatMap((c) => [...c, 255]));

  test("keeps a picture of few colours exactly", () => {
    const colours = [
      [255, 255, 255],
      [10, 20, 30],
      [255, 255, 255],
      [200, 0, 0],
    ];
    const { pixels, palette } = quantise({ width: 2, height: 2, pixels: opaque(colours) }, 4);
    expect([...pixels].map((i) => [...palette.subarray(3 * i, 3 * i + 3)])).toEqual(colours);
  });

  test("comes nearer to the picture with more colours, and keeps to the number asked for", () => {
    const colours = Array.from({ length: 4096 }, (_, i) => [i >> 4, (i * 7) & 255, (i * 3) & 255]);
    const error = (n: number) => {
      const { pixels, palette } = quantise({ width: 64, height: 64, pixels: opaque(colours) }, n);
      expect(palette.length).toBeLessThanOrEqual(3 * n);
      return colours.reduce(
        (sum, c, i) => sum + c.reduce((s, v, k) => s + (v - palette[3 * pixels[i] + k]) ** 2, 0),
        0,
      );
    };
    // A uniform box of 256 ^ 3 cut into n cells has an error that falls as n ^ (-2/3): 8 times the colours, a quarter.
    expect(error(256)).toBeLessThan(error(32) / 2);
  });
});

describe("quantise with pictures", () => {
  test("gives the pixels inside them colours of their own", () => {
    const pixels = Uint8Array.from({ length: 4 * 512 }, (_, i) => (i % 4 === 3 ? 255 : Math.floor(i / 4) % 256));
    const inside = Uint8Array.from({ length: 512 }, (_, i) => (i < 256 ? 1 : 0));
    const reduced = quantise({ width: 512, height: 1, pixels }, 4, { inside, colours: 200 });
    expect(reduced.palette.length).toBeLessThanOrEqual(3 * 204);
    const off = (from: number) =>
      Math.max(...Array.from({ length: 256 }, (_, i) => Math.abs(reduced.palette[3 * reduced.pixels[from + i]] - i)));
    expect(off(0)).toBeLessThan(3);
    expect(off(256)).toBeGreaterThan(20);
  });
});

describe("display", () => {
  afterEach(() => setHost(undefined));

  test("shows now and replaces in place", async () => {
    const shown: MimeBundle[] = [];
    const host = { signal: () => undefined, display: show };
    function show(first: MimeBundle) {
      shown.push(first);
      return { id: "d1", update: (next: MimeBundle) => void shown.push(next) };
    }
    setHost(host);
    const handle = await display(small);
    await handle.update("done");
    expect(handle.id).toBe("d1");
    expect(shown.map((b) => Object.keys(b)[0])).toEqual(["application/vnd.vegalite.v5+json", "text/plain"]);
  });

  test("says outside a notebook what to do instead", async () => {
    const error = await caught(() => display(small));
    expect(String(error)).toMatch(/no notebook to draw in[\s\S]*do this: .*renderPng/);
  });
});
