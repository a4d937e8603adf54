import { describe, expect, test } from "vitest";
import { image, type Pairs, spectrumImage } from "../../src/data";
import { select, shapes, split, windows } from "../../src/signal";
import { thrown } from "../support/errors";

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const pairsOf = (rows: number, columns: number, size: number): Pairs =>
  windows(image(ramp(rows * columns), [rows, columns]), spectrumImage(ramp(rows * columns * 3), [rows, columns, 3]), {
    size,
  });
const columnsOf = (pairs: Pairs) => [...new Set(pairs.positions.filter((_, i) => i % 2 === 1))].sort((a, b) => a - b);
const rowsOf = (pairs: Pairs) => [...new Set(pairs.positions.filter((_, i) => i % 2 === 0))].sort((a, b) => a - b);
const keys = (pairs: Pairs) =>
  Array.from(
    { length: pairs.positions.length / 2 },
    (_, i) => `${pairs.positions[2 * i]},${pairs.positions[2 * i + 1]}`,
  );
const paper = pairsOf(62, 75, 16);

describe("split", () => {
  test("by columns puts the right part into the test set, as near to the share as whole columns allow", () => {
    const { train, test: held } = split(paper, { by: "columns", test: 0.3 });
    // 59 columns: 18 of them are 0.305, 17 are 0.288.
    expect([columnsOf(train).length, columnsOf(held).length]).toEqual([41, 18]);
    expect(Math.max(...columnsOf(train))).toBe(48);
    expect(Math.min(...columnsOf(held))).toBe(49);
    expect(train.history.at(-1)).toMatchObject({ operation: "split", options: { part: "train", sharesPixels: true } });
  });

  test("by rows puts the lower part into the test set", () => {
    const { train, test: held } = split(paper, { by: "rows", test: 0.5 });
    expect([rowsOf(train).length, rowsOf(held).length]).toEqual([23, 23]);
    expect(Math.min(...rowsOf(held))).toBe(Math.max(...rowsOf(train)) + 1);
  });

  test("with a gap leaves out that many columns of the training side", () => {
    const { train, test: held } = split(paper, { test: 0.3, gap: 8 });
    expect(Math.max(...columnsOf(train))).toBe(40);
    expect(Math.min(...columnsOf(held))).toBe(49);
  });

  test.each(["columns", "rows"] as const)("with gap window by %s shares no image pixel between the sets", (by) => {
    const pairs = pairsOf(30, 31, 5);
    const { train, test: held } = split(pairs, { by, test: 0.3, gap: "window" });
    const values = (part: Pairs) => new Set(part.images.data); // every pixel of the ramp has its own value
    const seen = values(train);
    expect([...values(held)].filter((v) => seen.has(v))).toEqual([]);
    expect(held.history.at(-1)?.options.sharesPixels).toBe(false);
    const narrower = split(pairs, { by, test: 0.3, gap: 3 });
    expect(narrower.test.history.at(-1)?.options.sharesPixels).toBe(true);
  });

  test("at random holds every pair exactly once, in ceil(share x n) test pairs", () => {
    const { train, test: held } = split(paper, { by: "random", test: 0.15, seed: 1 });
    expect(held.images.shape[0]).toBe(408);
    expect([...keys(train), ...keys(held)].sort()).toEqual(keys(paper).sort());
  });

  test("at random follows the seed", () => {
    const draw = (seed: number) => keys(split(paper, { by: "random", seed }).test);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test("keeps each image with its spectrum and position, and the scaling", () => {
    const pairs = pairsOf(12, 13, 4);
    const { test: held } = split(pairs, { by: "random", seed: 3 });
    const place = keys(pairs).indexOf(keys(held)[0]);
    expect([...held.images.data.subarray(0, 16)]).toEqual([...pairs.images.data.subarray(place * 16, place * 16 + 16)]);
    expect([...held.spectra.data.subarray(0, 3)]).toEqual([...pairs.spectra.data.subarray(place * 3, place * 3 + 3)]);
    expect(held.scaling).toBe(pairs.scaling);
  });

  test.each([
    ["a share of 0", { test: 0 }],
    ["a share of 1", { test: 1 }],
    ["a negative gap", { gap: -1 }],
    ["a gap with a random split", { by: "random", gap: 4 }],
    ["a gap that leaves no training set", { test: 0.3, gap: 60 }],
    ["an unknown kind", { by: "diagonal" as "rows" }],
  ] as const)("refuses %s", (_, options) => {
    const error = thrown(() => split(paper, options));
    expect(error).toMatchObject({ tag: "OptionError" });
  });

  test("refuses a single column split by columns, and one pair", () => {
    const column = select(pairsOf(12, 13, 4), [0, 9, 18]);
    expect(thrown(() => split(column, { by: "columns" }))).toMatchObject({ tag: "OptionError" });
    expect(String(thrown(() => split(select(column, [0]), { by: "random" })))).toMatch(/1 sample/);
  });
});

describe("select and shapes", () => {
  test("take the pairs of the indices in their order", () => {
    const pairs = pairsOf(12, 13, 4);
    const chosen = select(pairs, [5, 0, 5]);
    expect(keys(chosen)).toEqual([keys(pairs)[5], keys(pairs)[0], keys(pairs)[5]]);
    expect(chosen.images.shape).toEqual([3, 4, 4, 1]);
    expect(chosen.history.length).toBe(pairs.history.length + 1);
  });

  test("refuse an index outside the pairs", () => {
    const pairs = pairsOf(12, 13, 4);
    for (const index of [-1, 72 * 2, 0.5])
      expect(thrown(() => select(pairs, [index]))).toMatchObject({ tag: "ShapeError" });
  });

  test("tell a model the sizes of both sides", () => {
    expect(shapes(paper)).toEqual({ image: [16, 16, 1], spectrum: 3 });
  });
});
