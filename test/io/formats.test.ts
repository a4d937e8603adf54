import { describe, expect, test } from "vitest";
import type { Axis } from "../../src/data/axis";
import { inspect, read } from "../../src/io/read";
import { caught } from "../support/caught";
import { putFixture } from "../support/hdf5-fixtures";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import golden from "./fixtures/golden.json";
import fixtures from "./fixtures/hdf5-files.json";

const folder = temporaryFolder();

describe("real files", () => {
  for (const [name, expected] of Object.entries(golden.files)) {
    testShared(`${name} reads as h5py reads it`, async () => {
      const path = shared(`data/${name}`);
      const infos = await inspect(path);
      const signals = await read(path, {
        energy: name.includes("with_lists") || name.includes("BEPS") ? { units: "channel" } : undefined,
      });
      expect(signals.map(({ metadata }) => metadata.path)).toEqual(expected.map((signal) => signal.path));
      for (const [i, signal] of expected.entries()) {
        const { data, shape, axes } = signals[i];
        expect(infos[i].dtype).toBe(signal.dtype);
        const own = shape.slice(-signal.axes.length); // a single spectrum has got two scan axes of one pixel
        expect(own).toEqual(signal.axes.map(([size]) => size));
        expect(signal.at.map((index) => data[index])).toEqual(signal.values);
        const sum = data.reduce((total, value) => total + value, 0);
        expect(Math.abs(sum - signal.sum)).toBeLessThanOrEqual(1e-9 * Math.abs(signal.sum)); // another order of addition
        const made: Axis[] = Object.values(axes);
        made.slice(-signal.axes.length).forEach((axis, dimension) => {
          if (axis.units === "channel" || axis.units === "px") return;
          const factor = axis.units === "nm" ? 1e9 : 1;
          const [, offset, scale] = signal.axes[dimension];
          // Axes are stored as float32 in USID: 1e-6 of the step.
          expect(Math.abs(axis.scale - factor * scale)).toBeLessThanOrEqual(1e-6 * Math.abs(factor * scale));
          expect(Math.abs(axis.offset - factor * offset)).toBeLessThanOrEqual(1e-6 * Math.abs(factor * scale));
        });
      }
    });
  }

  testShared("tell their calibration and words", async () => {
    const [eels] = await inspect(shared("data/formats/hspy/example1_v1.2.hdf5"));
    expect(eels).toMatchObject({
      name: "NIO EELS OK SHELL",
      kind: "spectrum-image",
      shape: [1, 1, 21],
      packing: ["gzip"],
    });
    expect(eels.axes[2]).toMatchObject({ name: "energy", units: "eV", offset: 520.13, scale: 3.1 });
    const [height, amplitude] = await inspect(shared("data/formats/nsid/SingFreqPFM_0003.h5"));
    expect([height.quantity, amplitude.quantity, height.shape]).toEqual([
      "HeightRetrace",
      "AmplitudeRetrace",
      [128, 128],
    ]);
    expect(height.axes[0].units).toBe("nm");
  });
});

const cube = (row: number, column: number, channel: number) =>
  Math.fround(fixtures.cube[(row * 8 + column) * 32 + channel]);

describe("HyperSpy", () => {
  test.each(["hspy_map", "hspy_turned", "hspy_old"] as const)("%s: axes in eV and nm, energy last", async (name) => {
    const [map] = await read(putFixture(folder, name));
    if (map.kind !== "spectrum-image") throw new Error(`read as ${map.kind}`);
    expect(map.shape).toEqual([2, 3, 4]);
    expect(map.axes.y).toMatchObject({ name: "y", units: "nm", offset: 0, scale: 1 });
    expect(map.axes.x).toMatchObject({ name: "x", units: "nm", offset: 1, scale: 0.5 });
    expect(map.axes.energy).toMatchObject({ name: "energy", units: "eV", offset: 350, scale: 1 });
    for (const [row, column, channel] of [
      [0, 0, 1],
      [0, 2, 3],
      [1, 0, 0],
      [1, 2, 3],
    ]) {
      expect(map.data[(row * 3 + column) * 4 + channel]).toBe(cube(row, column, channel));
    }
    expect(map.metadata).toMatchObject({ title: "A map", signalType: "EELS", format: "HyperSpy" });
    expect(map.history[0].options.converted).toEqual({ y: "µm to nm", x: "Å to nm", energy: "keV to eV" });
  });

  test("a line scan becomes one row", async () => {
    const [line] = await read(putFixture(folder, "hspy_line"));
    expect([line.kind, line.shape]).toEqual(["spectrum-image", [1, 3, 4]]);
    expect(line.data[1 * 4 + 2]).toBe(cube(0, 1, 2));
  });

  test("an axis of uneven points is refused, and read with a given one", async () => {
    const path = putFixture(folder, "hspy_uneven");
    expect((await caught(() => read(path))).got).toContain("not evenly spaced");
    const [map] = await read(path, { energy: { units: "eV", offset: 1, scale: 2 } });
    expect(map.kind === "spectrum-image" && map.axes.energy.scale).toBe(2);
  });
});

describe("USID", () => {
  test.each([
    ["usid_rows", [2, 3, 4], ["Y", "X", "Energy"], [3, 2], (r: number, c: number) => 100 * r + 10 * c],
    ["usid_snake", [2, 3, 4], ["Y", "X", "Energy"], [3, 2], (r: number, c: number) => 100 * r + 10 * c],
    ["usid_columns", [3, 2, 4], ["X", "Y", "Energy"], [2, 3], (r: number, c: number) => 100 * c + 10 * r],
  ] as const)("%s: every position at its place, the slower axis down", async (name, shape, names, scales, value) => {
    const [map] = await read(putFixture(folder, name));
    if (map.kind !== "spectrum-image") throw new Error(`read as ${map.kind}`);
    expect([map.shape, map.metadata.fileAxes]).toEqual([shape, names]);
    for (let row = 0; row < shape[0]; row++) {
      for (let column = 0; column < shape[1]; column++) {
        for (let e = 0; e < 4; e++) expect(map.data[(row * shape[1] + column) * 4 + e]).toBe(value(row, column) + e);
      }
    }
    expect([map.axes.y.scale, map.axes.x.scale]).toEqual(scales);
    expect(map.axes.energy).toMatchObject({ units: "eV", offset: 1, scale: 0.5 });
  });

  test("a scan with a position missing is refused", async () => {
    const error = await caught(() => read(putFixture(folder, "usid_partial")));
    expect([error.tag, error.got]).toEqual(["FormatError", "6 points on a grid of 2 x 3"]);
  });
});
