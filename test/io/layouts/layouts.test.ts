import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cutBlock } from "../../../src/io/block";
import { withDrafts } from "../../../src/io/formats";
import { inspect, read } from "../../../src/io/read";
import { caught } from "../../support/caught";
import { blockDifferences, type LayoutFile, putLayout, summaries } from "../../support/layout-fixtures";
import { temporaryFolder } from "../../support/temporary-folder";
import { writeHdf5 } from "../../support/write-hdf5";

const folder = temporaryFolder();

async function summary(name: LayoutFile): Promise<string[]> {
  const path = putLayout(folder, name);
  expect(await blockDifferences(path)).toEqual([]);
  return summaries(await read(path));
}

describe("Berkeley EMD", () => {
  test("keeps the order of the file where its names begin with y", async () => {
    expect(await summary("berkeley-yx.emd")).toEqual([
      "scan: spectrum-image 2 x 3 x 4; y 0 + 0.5 nm, x 10 + 1 nm, energy 20000 + 1500 eV",
    ]);
  });

  test("turns the axes round where they begin with x, and puts the energy last", async () => {
    expect(await summary("berkeley-xy.emd")).toEqual([
      "scan: spectrum-image 4 x 3 x 2; y 20 + 1.5 nm, x 10 + 1 nm, energy 0 + 0.5 eV",
    ]);
    const [signal] = await read(putLayout(folder, "berkeley-xy.emd"));
    expect([...signal.data.subarray(0, 4)]).toEqual([0, 12, 4, 16]); // [y 0, x 0, both energies], [y 0, x 1, ...]
    expect(signal.metadata).toMatchObject({ microscope: { name: "Nion" } });
  });

  test("leaves out texts, and does not take the dimensions for signals", async () => {
    expect(await summary("berkeley-words.emd")).toEqual([]);
  });

  test("reads a calibration from the first two values of a dimension", async () => {
    expect(await summary("berkeley-short.emd")).toEqual(["scan: image 3 x 4; y 0 + 0.5 nm, x 10 + 1 nm"]);
  });
});

describe("NeXus", () => {
  test("puts the default plot first, resolves links in the file, and follows none out of it", async () => {
    // x is a histogram's: the file gives the edges of its bins.
    expect(await summary("nexus.nxs")).toEqual([
      "map: spectrum-image 2 x 3 x 4; y 0 + 2000 nm, x 500 + 1000 nm, energy 1000 + 500 eV",
      "map: spectrum-image 2 x 3 x 4; y 0 + 2000 nm, x 500 + 1000 nm, energy 1000 + 500 eV",
      "old: image 2 x 3; y 0 + 0.5 nm, x 0 + 0.5 nm",
    ]);
    const signals = await read(putLayout(folder, "nexus.nxs"));
    expect(signals.map(({ metadata }) => metadata.path)).toEqual([
      "/second/map/counts",
      "/first/map/counts",
      "/first/old/image",
    ]);
    expect(signals.map(({ data }) => data[1])).toEqual([101, 1, 1]);
  });
});

describe("NeXus before 2014", () => {
  test.each(["y:energy", "y,energy", "[y,energy]"])('reads the axes that "%s" names', async (axes) => {
    const path = await writeHdf5(join(folder, "old.nxs"), (root) => {
      const group = root.create_group("data");
      group.create_attribute("NX_class", "NXdata");
      const counts = group.create_dataset({ name: "counts", data: new Float32Array(6), shape: [2, 3] });
      counts.create_attribute("signal", 1);
      counts.create_attribute("axes", axes);
      for (const [name, values, units] of [
        ["y", [0, 2], "nm"],
        ["energy", [100, 110, 120], "eV"],
      ] as const) {
        group.create_dataset({ name, data: Float64Array.from(values) }).create_attribute("units", units);
      }
    });
    expect(summaries(await read(path))).toEqual([
      expect.stringContaining("spectrum-image 1 x 2 x 3; y 0 + 1 px, x 0 + 2 nm, energy 100 + 10 eV"),
    ]);
  });
});

describe("Nion Swift", () => {
  // Written by Nion Swift itself: see fixtures/make-layout-fixtures.py.
  test.each(["nion-map.h5", "nion-map.ndata"] as const)(
    "%s: scan, then energy; the intensity is told",
    async (name) => {
      expect(await summary(name)).toEqual([
        "A map: spectrum-image 2 x 3 x 4; y 1 + 2 nm, x 1 + 2 nm, energy -1 + 0.5 eV",
      ]);
      const [map] = await read(putLayout(folder, name));
      expect([...map.data]).toEqual(Array.from({ length: 24 }, (_, i) => i));
      expect(map.metadata).toMatchObject({ intensity: { offset: 1, scale: 2, units: "counts" }, quantity: "counts" });
    },
  );

  test.each(["nion-sequence.h5", "nion-sequence.ndata"] as const)("%s: a sequence of images", async (name) => {
    expect(await summary(name)).toEqual([
      "A sequence: array 2 x 3 x 4; sequence 0 + 1 s, axis 1 1 + 2 nm, axis 2 1 + 2 nm",
    ]);
  });

  test("a sequence of lines of spectra, an image and a 4D set", async () => {
    expect(await summary("nion-sequence-spectra.h5")).toEqual([
      "Spectra: array 2 x 3 x 4; sequence 0 + 1 s, y 1 + 2 nm, energy -1 + 0.5 eV",
    ]);
    expect(await summary("nion-image.h5")).toEqual(["An image: image 3 x 4; y 1 + 2 nm, x 1 + 2 nm"]);
    expect(await summary("nion-diffraction.h5")).toEqual([
      "4D: array 2 x 1 x 3 x 4; y 1 + 2 nm, x 1 + 2 nm, axis 2 0 + 1 mrad, axis 3 0 + 1 mrad",
    ]);
  });

  test("axes stay uncalibrated where the properties do not fit the array", async () => {
    expect(await summary("nion-wrong.h5")).toEqual([
      "Wrong: array 2 x 3 x 4; axis 0 0 + 1 px, axis 1 0 + 1 px, axis 2 0 + 1 px",
    ]);
  });

  test("an exported file holds several items", async () => {
    const infos = await inspect(putLayout(folder, "nion-export.nhdf"));
    expect(infos.map(({ name, shape, path }) => [name, shape, path])).toEqual([
      ["A map", [2, 3, 4], "/data/0"],
      ["An image", [3, 4], "/data/1"],
    ]);
  });
});

describe("MATLAB 7.3", () => {
  test("shows arrays as MATLAB does, and leaves out texts, cells, sparse and empty ones", async () => {
    expect(await summary("matlab.mat")).toEqual(
      [
        "cube: array 2 x 3 x 4; axis 0 0 + 1 px, axis 1 0 + 1 px, axis 2 0 + 1 px",
        "map: image 2 x 3; y 0 + 1 px, x 0 + 1 px",
        "mask: image 2 x 2; y 0 + 1 px, x 0 + 1 px",
        "scan.energy: array 1 x 5; axis 0 0 + 1 px, axis 1 0 + 1 px",
        "wave: array 2 x 3 x 2; y 0 + 1 px, x 0 + 1 px, complex 0 + 1 px",
      ].sort(),
    );
    const path = putLayout(folder, "matlab.mat");
    const signals = new Map((await read(path)).map((signal) => [signal.metadata.name, [...signal.data]]));
    expect(signals.get("cube")).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(signals.get("map")).toEqual([0, 1, 2, 3, 4, 5]);
    expect(signals.get("mask")).toEqual([1, 1, 0, 1]); // the transpose of what is stored
    expect(signals.get("wave")).toEqual([1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6]);
    const waves = (await read(path, { complex: "modulus" })).filter(({ metadata }) => metadata.name === "wave");
    expect(waves.map(({ kind, shape }) => [kind, shape])).toEqual([["image", [2, 3]]]);
    const types = new Map((await inspect(path)).map(({ name, dtype }) => [name, dtype]));
    expect([types.get("mask"), types.get("wave"), types.get("map")]).toEqual(["bool", "complex64", "uint16"]);
  });
});

describe("HyperSpy", () => {
  test("complex images come with real and imaginary part as the last axis", async () => {
    expect(await summary("hyperspy-complex.hspy")).toEqual([
      "signal: array 2 x 2 x 2; y 1 + 2 nm, x 1 + 2 nm, complex 0 + 1 px",
    ]);
    const [signal] = await read(putLayout(folder, "hyperspy-complex.hspy"));
    expect([...signal.data]).toEqual([1, 2, 0, 3, 4, 0, 5, -6]);
  });

  test("an energy axis that follows a function is refused with the function, and read with a given one", async () => {
    const path = putLayout(folder, "hyperspy-functional.hspy");
    expect((await caught(() => read(path))).got).toContain('its values follow "a / x"');
    const [line] = await read(path, { energy: { units: "channel" } });
    expect(line.shape).toEqual([1, 2, 3]);
  });

  test("ragged arrays are left out", async () => {
    expect(await summary("hyperspy-ragged.hspy")).toEqual(["signal: image 2 x 2; y 1 + 2 nm, x 1 + 2 nm"]);
  });
});

describe("USID", () => {
  test("a block of a grid in order is read alone, with complex numbers and several spectral axes", async () => {
    const path = putLayout(folder, "usid-complex.h5");
    expect(await summary("usid-complex.h5")).toEqual([
      "Channel_000: array 3 x 2 x 4 x 5 x 2; y 0 + 3 nm, x 0 + 2 nm, Bias 0 + 0.5 V, Frequency 0 + 10 Hz, complex 0 + 1 px",
    ]);
    const [{ data }] = await read(path);
    expect([...data]).toEqual(Array.from({ length: 240 }, (_, i) => (1 + Math.floor(i / 2)) * (i % 2 === 0 ? 1 : -2)));
    await withDrafts(path, async ([draft]) => {
      expect(draft.isSeekable).toBe(true);
      for (const [offset, count] of [
        [
          [1, 0, 1, 2, 0],
          [2, 2, 2, 2, 2],
        ],
        [
          [0, 1, 0, 0, 1],
          [3, 1, 4, 5, 1],
        ],
        [
          [2, 0, 3, 0, 0],
          [1, 2, 1, 5, 2],
        ],
      ]) {
        const block = await draft.read({ block: { offset, count } });
        expect([...block]).toEqual([...cutBlock(data, [3, 2, 4, 5, 2], { offset, count })]);
      }
    });
  });
});

describe("elements of several numbers", () => {
  const parts = [1, 2, 3, -4, 5, 6, 7, -8, 9, 10, 11, -12];

  test("are complex in every width and byte order, or colours; tables are left out", async () => {
    const path = putLayout(folder, "elements.h5");
    expect(await blockDifferences(path)).toEqual([]);
    const infos = await inspect(path);
    expect(infos.map(({ name, dtype, shape }) => [name, dtype, shape.join()])).toEqual([
      ["big", "complex64", "2,3,2"],
      ["c16", "complex128", "2,3,2"],
      ["c8", "complex64", "2,3,2"],
      ["colour", "uint8", "1,2,4"],
      ["half", "complex32", "2,3,2"],
      ["whole", "complex of int16", "2,3,2"],
      ["wide", "int64", "1,3"],
    ]);
    const signals = await read(path);
    for (const place of [0, 1, 2, 4, 5]) expect([...signals[place].data], infos[place].name).toEqual(parts);
    expect([...signals[3].data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...signals[6].data]).toEqual([2 ** 60, Math.fround(-(2 ** 60) - 2 ** 50), 5]);
  });
});
