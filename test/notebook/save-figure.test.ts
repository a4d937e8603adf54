import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { image } from "../../src/data";
import { renderSvg } from "../../src/notebook/render";
import { saveFigure } from "../../src/notebook/save-figure";
import { map } from "../../src/plot/map";
import { samples, TINY } from "../plot/support/samples";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const figure = map(
  image(
    Float32Array.from({ length: 64 }, (_, i) => i),
    [8, 8],
  ),
);
/** Width and height in the header of a PNG. */
const sizeOf = (path: string) => [16, 20].map((place) => readFileSync(path).readUInt32BE(place));

describe("saveFigure", () => {
  test("writes a picture whose size follows the scale, over an older file", async () => {
    writeFileSync(at("map.png"), "old");
    await saveFigure(figure, at("map.png"), { scale: 1 });
    const [width, height] = sizeOf(at("map.png"));
    await saveFigure(figure, at("map.png"), { scale: 3 });
    expect(sizeOf(at("map.png"))).toEqual([3 * width, 3 * height]);
    await saveFigure(figure, at("plain.PNG"));
    expect(sizeOf(at("plain.PNG"))[0]).toBe(Math.round(1.5 * width));
  });

  test("writes the SVG that a notebook shows", async () => {
    await saveFigure(figure, at("map.svg"));
    const plain = (svg: string) => svg.replace(/(id="|url\(#)[^")]*/g, "$1"); // Vega numbers them through
    expect(plain(readFileSync(at("map.svg"), "utf8"))).toBe(plain(await renderSvg(figure)));
  });

  test("takes a result that a notebook draws by itself", async () => {
    await saveFigure(samples(TINY).errors, at("errors.png"));
    expect(sizeOf(at("errors.png"))[0]).toBeGreaterThan(100);
  });

  test.each([
    ["an ending that is no picture", figure, "map.pdf", {}],
    ["no path", figure, undefined, {}],
    ["data", image(new Float32Array(4), [2, 2]), "data.png", {}],
    ["null", null, "null.png", {}],
    ["a scale for an SVG", figure, "scaled.svg", { scale: 2 }],
    ["a scale that cannot be", figure, "wrong.png", { scale: -1 }],
  ])("refuses %s", async (_what, value, name, options) => {
    const path = name === undefined ? name : at(name);
    const error = await caught(() => saveFigure(value, path as string, options)); // what a cell without types may pass
    expect(error.tag).toBe("OptionError");
    if (path !== undefined) expect(existsSync(path)).toBe(false);
  });
});
