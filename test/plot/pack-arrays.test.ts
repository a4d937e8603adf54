import { expect, test } from "vitest";
import { renderSvg } from "../../src/notebook";
import { packArrays } from "../../src/plot/pack-arrays";

const q = [3, 1, null, 4, 1, 5, 9, 2, 6, 5];
const view = {
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  width: 100,
  height: 80,
  data: { values: [{ name: "curve", q }] },
  transform: [
    { calculate: `sequence(${q.length})`, as: "i" },
    { flatten: ["q", "i"] },
    { calculate: "datum.q === null ? null : 2 * datum.q", as: "y" },
  ],
  mark: "line",
  encoding: { x: { field: "i", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
};

test("a long list of numbers becomes one text, gaps are kept", () => {
  const packed = packArrays({ $schema: view.$schema, hconcat: [{ layer: [view] }] });
  expect(packed.hconcat[0].layer[0].data.values).toEqual([{ name: "curve", q: "3 1  4 1 5 9 2 6 5" }]);
});

test("a packed chart draws what the unpacked one does", async () => {
  const packed = await renderSvg(packArrays(view));
  expect(packed).toBe(await renderSvg(view));
  const other = { ...view, data: { values: [{ name: "curve", q: [...q].reverse() }] } };
  expect(await renderSvg(packArrays(other))).not.toBe(packed);
});

test("short lists, other values and views without lists stay as they are", () => {
  for (const values of [[{ q: [1, 2] }], [{ q: ["a", "b", "c", "d", "e", "f", "g", "h", "i"] }], [{ q: 1 }]]) {
    const plain = { data: { values }, transform: [{ flatten: ["q"] }] };
    expect(packArrays(plain)).toEqual(plain);
  }
  const plain = { data: { values: [{ x: 1 }] }, mark: "point" };
  expect(packArrays(plain)).toEqual(plain);
});
