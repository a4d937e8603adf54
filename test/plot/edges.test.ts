import { describe, expect, test } from "vitest";
import { axis, image } from "../../src/data";
import { renderSvg } from "../../src/notebook";
import type { VegaLiteSpec } from "../../src/plot";
import * as plot from "../../src/plot";
import { featureGuides } from "../../src/plot/features";
import { mapSize } from "../../src/plot/map-panel";
import { scaleBar } from "../../src/plot/scale-bar";
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
    const bars = [
      ["532.1", "532.2", "532.3", "532.4"],
      ["14.96", "14.98", "15", "15.02", "15.04"],
      ["1218", "1220", "1222", "1224", "1226"],
    ];
    const drawn = [ramp(4, 5, [532.09, 532.41]), ramp(4, 5, [14.951, 15.049]), ramp(4, 5, [1217, 1227])];
    for (const [i, one] of drawn.entries()) expect((await texts(plot.map(one))).slice(2, -2)).toEqual(bars[i]);
  });

  test("stay short elsewhere", async () => {
    expect((await texts(plot.map(ramp(4, 5, [0, 5000])))).slice(2, -2)).toEqual(["0", "2k", "4k"]);
    expect((await texts(plot.map(ramp(4, 5, [0, 0.0125])))).slice(2, -2)).toEqual(["0", "0.005", "0.01"]);
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

  test("a scale bar without units is a number alone", () => {
    expect(scaleBar(axis("x", 100, { units: "" })).text).toBe("20");
  });
});
