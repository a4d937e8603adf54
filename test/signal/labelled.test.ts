import { describe, expect, test } from "vitest";
import { image } from "../../src/data";
import { imageWindows, type LabelSource, labelled, pixelSpectra, select, split } from "../../src/signal";
import { nanoparticleArray } from "../../src/simulate";
import { smallPairs } from "../models/support/small-pairs";

const ROWS = 6;
const COLUMNS = 8;
/** The class of each scan pixel: its column's remainder by 3. */
const map = Array.from({ length: ROWS * COLUMNS }, (_, i) => (i % COLUMNS) % 3);
const classes = ["a", "b", "c"];
const windows = imageWindows(image(Float32Array.from(map), [ROWS, COLUMNS]), { size: 4, scale: "none" });
const pairs = smallPairs(5);

describe("labels of a scan", () => {
  test("go with the pixels of each window, where the image itself is the map", () => {
    const { labels } = labelled(windows, { classes, map });
    expect(labels.shape).toEqual([windows.images.shape[0], 4, 4]);
    expect([...labels.values]).toEqual([...windows.images.data]);
  });

  test("go with the centres where one class for each window is asked for", () => {
    const { labels } = labelled(windows, { classes, map, of: "samples" });
    expect(labels.shape).toEqual([windows.images.shape[0]]);
    const columns = windows.positions.filter((_, i) => i % 2 === 1);
    expect([...labels.values]).toEqual([...columns].map((column) => column % 3));
  });

  test("are the same from masks", () => {
    const masks = Object.fromEntries(classes.map((name, k) => [name, map.map((v) => (v === k ? 1 : 0))]));
    expect(labelled(windows, { masks }).labels).toEqual(labelled(windows, { classes, map }).labels);
  });

  test("give each spectrum of a simulated film the region of its pixel", async () => {
    const { spectra, truth } = await nanoparticleArray({ seed: 1, rows: 8, columns: 9, channels: 8 });
    const { labels } = labelled(pixelSpectra(spectra), { masks: { ...truth.regions } });
    expect(labels.classes).toEqual(["particle", "gap", "hole", "outside"]);
    for (const [k, name] of labels.classes.entries()) {
      const mask = truth.regions[name as keyof typeof truth.regions];
      expect([...labels.values].map((v) => (v === k ? 1 : 0))).toEqual([...mask]);
    }
  });
});

describe("labels of samples", () => {
  const values = [2, 0, 1, 1, 0];

  test("are kept by select and split, and the samples stay what they were", () => {
    const all = labelled(pairs, { classes, values });
    expect(all.images).toBe(pairs.images);
    expect(all.history.at(-1)?.operation).toBe("labelled");
    expect([...select(all, [4, 0, 0]).labels.values]).toEqual([0, 2, 2]);
    const { train, test: held } = split(all, { by: "random", test: 0.4, seed: 1 });
    expect([...train.labels.values, ...held.labels.values].sort()).toEqual([...values].sort());
    const pixels = labelled(pairs, {
      classes,
      values: Array.from({ length: 5 * 64 }, (_, i) => Math.floor(i / 64) % 3),
    });
    const last = select(pixels, [4]).labels;
    expect(last.shape).toEqual([1, 8, 8]);
    expect([...last.values]).toEqual(new Array(64).fill(1));
  });

  const bad: [LabelSource, string, string][] = [
    [{ classes, values: [0, 1] }, "ShapeError", "5, or 320 for one label per pixel"],
    [{ classes, values: [0, 1, 2, 3, 0] }, "DataError", "whole numbers from 0 to 2, the places in a, b, c"],
    [{ classes, values: [0, 1, 0.5, 1, 0] }, "DataError", "whole numbers from 0 to 2, the places in a, b, c"],
    [{ classes, values: [0, 1, Number.NaN, 1, 0] }, "DataError", "whole numbers from 0 to 2, the places in a, b, c"],
    [{ classes: ["a", "a"], values }, "OptionError", "two or more different names"],
    [{ classes, map: [0, 1] }, "ShapeError", "10 x 10 = 100"],
    [{ masks: { a: [1], b: [0] } }, "ShapeError", "10 x 10 = 100"],
    [
      { masks: { a: new Array(100).fill(1), b: new Array(100).fill(1) } },
      "DataError",
      "each pixel of the scan in exactly one mask",
    ],
    [
      { masks: { a: new Array(100).fill(1), b: new Array(99).fill(0).concat(1) } },
      "DataError",
      "each pixel of the scan in exactly one mask",
    ],
    [
      { masks: { a: new Array(100).fill(0), b: new Array(99).fill(1).concat(0) } },
      "DataError",
      "each pixel of the scan in exactly one mask",
    ],
  ];
  test.each(bad)("cannot be %j", (source, tag, needed) => {
    expect(() => labelled(pairs, source)).toThrow(expect.objectContaining({ tag, needed }));
  });

  test("of pixels do not go with spectra", () => {
    const { images: _images, ...rest } = pairs;
    const spectra = { ...rest, kind: "pixel-spectra" as const };
    expect(() => labelled(spectra, { classes, map: new Array(100).fill(0), of: "pixels" })).toThrow(
      expect.objectContaining({ tag: "OptionError", needed: "image windows or pairs" }),
    );
  });
});
