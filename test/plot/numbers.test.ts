import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axis } from "../../src/data";
import { COLOUR_MAP_NAMES, colourRange, colourTable } from "../../src/plot/colour-maps";
import { curveData } from "../../src/plot/curve-data";
import { mapSize } from "../../src/plot/map-panel";
import {
  compact,
  extent,
  finiteDeviation,
  finiteMean,
  label,
  meanAndDeviation,
  niceTicks,
  percent,
} from "../../src/plot/numbers";
import { binned, colourPicture } from "../../src/plot/picture";
import { scaleBar } from "../../src/plot/scale-bar";
import { thin } from "../../src/plot/thin";

describe("scaleBar", () => {
  const bar = (size: number, scale: number, units: string) => scaleBar(axis("x", size, { scale, units }));

  test("is a round length of at most 40 % of the axis", () => {
    expect(bar(75, 1, "px")).toEqual({ pixels: 20, text: "20 px" });
    expect(bar(100, 0.5, "nm")).toEqual({ pixels: 40, text: "20 nm" });
    expect(bar(512, 10, "nm")).toEqual({ pixels: 200, text: "2 µm" });
    expect(bar(49, -0.0157, "nm").text).toBe("0.2 nm"); // a falling axis has a length too
  });

  test("fills between 16 and 40 % of any axis", () => {
    const sizes = fc.integer({ min: 1, max: 4096 });
    const scales = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(sizes, scales, (size, scale) => {
        const share = bar(size, scale, "nm").pixels / size;
        return share >= 0.16 - 1e-9 && share <= 0.4 + 1e-9; // 1, 2, 5: the next round number is at most 2.5 times larger
      }),
    );
  });
});

describe("niceTicks", () => {
  test("are round, inside and about as many as asked for", () => {
    expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0.2, 1.13, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(-3e-5, 7e-5, 4)).toEqual([-2e-5, 0, 2e-5, 4e-5, 6e-5]);
    expect(niceTicks(4, 4, 3)).toEqual([4]);
    expect(niceTicks(0.3, 0.1 + 0.2, 3)).toEqual([0.3]); // no step between two neighbours
  });

  test("lie in any range, between half and thrice as many", () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, width) => {
        const ticks = niceTicks(low, low + width, 6);
        const inside = ticks.every((t) => t >= low - 1e-6 * width && t <= low + width + 1e-6 * width);
        return inside && ticks.length >= 3 && ticks.length <= 18;
      }),
    );
  });
});

describe("numbers", () => {
  test("extent leaves out what is not finite", () => {
    expect(extent([Number.NaN, 3, Number.POSITIVE_INFINITY, -1])).toEqual([-1, 3]);
    expect(extent([Number.NaN])).toBeUndefined();
  });

  test("compact keeps a two-thousandth of the range, and gaps", () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => 10500 + Math.sin(i) * 3);
    expect(compact(values) as number[]).toMatchArray(values, { absolute: 6 / 2000 });
    expect(compact([1e9, Number.NaN, 3e9])).toEqual([1e9, null, 3e9]);
    expect(compact([4, 4])).toEqual([4, 4]);
  });

  test("labels are short", () => {
    expect([label(0.000123), label(2.5e7), label(0)]).toEqual(["1.2e-4", "2.5e+7", "0"]);
    expect([0.0065, 0.024, 0.158, 0.99996, 1].map(percent)).toEqual(["0.65 %", "2.40 %", "15.8 %", "99.99 %", "100 %"]);
  });

  test("labels keep all digits before the point, and percentages have no exponent", () => {
    expect([label(1217.4), label(-12345.6)]).toEqual(["1217", "-12346"]); // an edge at 1217 eV was called 1220
    expect([9.994, 9.996, 12].map(percent)).toEqual(["999 %", "1000 %", "1200 %"]);
  });

  test("mean and deviation leave out what is not finite", () => {
    expect(finiteMean([1, Number.NaN, 3])).toBe(2);
    expect(finiteDeviation([1, Number.NaN, 3])).toBe(1);
  });
});

describe("thin", () => {
  test("keeps every extreme that a pixel would show, the ends and the order", () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 700));
    values[4321] = 40; // a cosmic ray
    values[7000] = -40;
    const kept = thin(values, 500);
    expect(kept.length).toBeLessThanOrEqual(500);
    expect([...kept]).toEqual([...kept].sort((a, b) => a - b));
    for (const i of [0, 4321, 7000, 9999]) expect(kept).toContain(i);
  });

  test("keeps peaks beside values that are missing", () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? Number.NaN : Math.sin(i / 700)));
    values[4321] = 40;
    const kept = thin(values, 500);
    expect(kept).toContain(4321);
    expect([...kept].filter((i) => Number.isNaN(values[i])).length).toBeLessThanOrEqual(1); // the first
  });

  test("keeps short curves whole", () => {
    expect([...thin([3, 1, 2], 500)]).toEqual([0, 1, 2]);
  });
});

describe("curveData", () => {
  test("codes values that the chart's own formula gives back to a thousandth of their range", () => {
    const values = Float32Array.from({ length: 200 }, (_, i) => 3 + Math.sin(i / 9));
    const x = Float64Array.from({ length: 200 }, (_, i) => 0.2 + 0.005 * i);
    const { data } = curveData(x, [{ name: "s", values }], 300) as {
      data: { values: { a: number; b: number; q: number[] }[] };
    };
    const [{ a, b, q }] = data.values;
    expect(q.map((v) => a + b * v)).toMatchArray(values, { absolute: 2 / 999 }); // range 2, half a step and rounding
  });

  test("keeps gaps as gaps", () => {
    const { data } = curveData([0, 1, 2], [{ name: "s", values: [1, Number.NaN, 2] }], 300) as {
      data: { values: { q: (number | null)[] }[] };
    };
    expect(data.values[0].q).toEqual([0, null, 999]);
  });
});

describe("colour maps", () => {
  test.each(COLOUR_MAP_NAMES)("%s has 256 colours and its own ends", (name) => {
    const table = colourTable(name);
    expect(table.length).toBe(768);
    const hex = (i: number) => `#${Buffer.from(table.subarray(3 * i, 3 * i + 3)).toString("hex")}`;
    expect(colourRange(name, 2)).toEqual([hex(0), hex(255)]);
  });

  test.each(["gray", "viridis", "inferno", "magma", "cividis"] as const)("%s rises in lightness", (name) => {
    const table = colourTable(name);
    const linear = (v: number) => (v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4); // sRGB, IEC 61966-2-1
    const luminance = Array.from({ length: 256 }, (_, i) => {
      const [r, g, b] = table.subarray(3 * i, 3 * i + 3);
      return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    });
    const lightness = luminance.map((y) => (y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y)); // CIE 1976 L*
    const steps = lightness.slice(1).map((l, i) => l - lightness[i]);
    expect(Math.min(...steps)).toBeGreaterThan(-0.5); // rounding to 8 bits
    expect(lightness[255] - lightness[0]).toBeGreaterThan(70);
  });

  test("match matplotlib's in the middle", () => {
    const middle = (name: "viridis" | "inferno") => [...colourTable(name).subarray(3 * 128, 3 * 128 + 3)];
    expect(middle("viridis")).toMatchArray([33, 145, 140], { absolute: 6 }); // #21918c; anchors every 15 colours
    expect(middle("inferno")).toMatchArray([188, 55, 84], { absolute: 6 }); // #bc3754
  });
});

describe("colourPicture", () => {
  test("gives domain ends the end colours, clips beyond, and paints gaps grey", () => {
    const grid = { data: [-9, 0, 1, 9, Number.NaN], rows: 1, columns: 5 };
    const { pixels, palette } = colourPicture(grid, "gray", [0, 1]);
    const colour = (i: number) => [...palette.subarray(3 * pixels[i], 3 * pixels[i] + 3)];
    expect([0, 1, 2, 3, 4].map(colour)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [255, 255, 255],
      [255, 255, 255],
      [201, 206, 213],
    ]);
  });

  test("draws a flat map in one colour", () => {
    const { pixels } = colourPicture({ data: [5, 5], rows: 1, columns: 2 }, "viridis", [5, 5]);
    expect([...pixels]).toEqual([0, 0]);
  });
});

describe("binned", () => {
  test("averages blocks and leaves gaps out", () => {
    const data = [1, 3, 10, Number.NaN, 5, 7, 20, Number.NaN];
    const { rows, columns, data: out } = binned({ data, rows: 2, columns: 4 }, 2);
    expect([rows, columns]).toEqual([1, 2]);
    expect([...Array.from(out)]).toEqual([4, 15]);
  });

  test("leaves small grids as they are", () => {
    const grid = { data: [1, 2], rows: 1, columns: 2 };
    expect(binned(grid)).toBe(grid);
  });
});

describe("mapSize", () => {
  const axes = (rows: number, columns: number, units = "px", sy = 1) => ({
    y: axis("y", rows, { units, scale: sy }),
    x: axis("x", columns, { units }),
  });

  test("gives every scan pixel whole chart pixels where there is room", () => {
    expect(mapSize(axes(62, 75), 150)).toEqual({ width: 150, height: 124 });
    expect(mapSize(axes(62, 75), 240)).toEqual({ width: 225, height: 186 });
  });

  test("keeps the true shape of pixels that are not square, and the panel in its column", () => {
    expect(mapSize(axes(50, 100, "nm", 2), 200)).toEqual({ width: 200, height: 200 });
    const tall = mapSize(axes(1000, 10), 150);
    expect(tall.height).toBeLessThanOrEqual(800);
    expect(mapSize(axes(1, 1000), 150)).toEqual({ width: 150, height: 8 });
  });
});

describe("meanAndDeviation", () => {
  test("rounds both to the second digit of the deviation", () => {
    expect(meanAndDeviation(-12.04, 8.37)).toBe("\u221212.0 ± 8.4");
    expect(meanAndDeviation(0.0457, 0.491)).toBe("0.05 ± 0.49");
    expect(meanAndDeviation(1234.5, 56.7)).toBe("1235 ± 57");
    expect(meanAndDeviation(-0.0184, 1.32)).toBe("0.0 ± 1.3"); // no minus before nothing
    expect(meanAndDeviation(3, 0)).toBe("3 ± 0");
  });
});
