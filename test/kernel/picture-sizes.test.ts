import { describe, expect, test } from "vitest";
import { pictureSizes } from "../../src/kernel/picture-sizes";
import { bundle } from "../../src/notebook";
import { encodePng } from "../../src/plot/png-encoder";
import type { VegaLiteSpec } from "../../src/plot/spec";

const palette = Uint8Array.of(255, 255, 255, 0, 0, 0);
const picture = (width: number, height: number) => ({ width, height, palette, pixels: new Uint8Array(width * height) });
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe("pictureSizes", () => {
  test.each([
    [1.5, 300, 150, { width: 200, height: 100 }],
    [1, 300, 150, { width: 300, height: 150 }],
    [0.8, 300, 160, { width: 375, height: 200 }],
  ])("says how large a picture of %f picture pixels for one of the page is", (scale, width, height, size) => {
    const png = base64(encodePng(picture(width, height), { scale }));
    expect(pictureSizes({ "image/png": png, "text/plain": "" })).toEqual({ "image/png": size });
  });

  test("gives figures their width on the page, however sharp they are drawn", async () => {
    const chart = (points: number): VegaLiteSpec => ({
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
      background: "white",
      width: 400,
      height: 300,
      padding: 0,
      data: { values: Array.from({ length: points }, (_, i) => ({ x: i, y: (i * 7919) % 1009 })) },
      mark: "point",
      encoding: {
        x: { field: "x", type: "quantitative", axis: null },
        y: { field: "y", type: "quantitative", axis: null },
      },
    });
    const bundles = [await bundle(chart(3)), await bundle(chart(800))];
    const [sharp, plain] = bundles.map((one) => Buffer.from(String(one["image/png"]), "base64").readUInt32BE(16));
    expect(plain).toBeLessThan(sharp);
    const sizes = bundles.map((one) => pictureSizes(one)["image/png"]);
    expect(sizes[0].width).toBeGreaterThanOrEqual(400);
    expect(sizes[1]).toEqual(sizes[0]);
  });

  test.each([
    ["no picture", {}],
    ["a picture that states no resolution", { "image/png": base64(encodePng(picture(4, 4))) }],
    ["what is no PNG", { "image/png": "AAAA" }],
    ["bytes cut short", { "image/png": base64(encodePng(picture(4, 4), { scale: 1 }).subarray(0, 40)) }],
    ["no text", { "image/png": 7 }],
  ])("says nothing of %s", (_, given) => {
    expect(pictureSizes(given)).toEqual({});
  });

  test("says nothing of a resolution of zero or without a unit", () => {
    const png = Buffer.from(encodePng(picture(4, 4), { scale: 1 }));
    const at = png.indexOf("pHYs") + 4;
    expect(at).toBeGreaterThan(4);
    const none = Buffer.from(png);
    none.writeUInt32BE(0, at);
    const unitless = Buffer.from(png);
    unitless[at + 8] = 0;
    for (const one of [none, unitless]) expect(pictureSizes({ "image/png": base64(one) })).toEqual({});
  });
});
