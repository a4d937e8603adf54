import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { cutBlock } from "../../src/io/block";
import { withDrafts } from "../../src/io/formats";
import { inspect, read } from "../../src/io/read";
import { unpackSegment } from "../../src/io/tiff/unpack";
import { caught } from "../support/caught";
import { readMutants } from "../support/mutants";
import { temporaryFolder } from "../support/temporary-folder";
import fixtures from "./fixtures/tiff-files.json";

const folder = temporaryFolder();
type Name = keyof typeof fixtures.files;
interface Expected {
  file: string;
  shape: number[];
  dtype: string;
  sum: number;
  values: number[];
  axes?: (string | number)[][];
}
const files: Readonly<Record<string, Expected>> = fixtures.files as never; // one of them has no expectations
const NAMES = Object.keys(files).filter((name) => name !== "mixed") as Name[];
const bytesOf = (name: Name) => inflateSync(Buffer.from(files[name].file, "base64"));
const put = (name: Name) => {
  const path = join(folder, `${name}.tif`);
  writeFileSync(path, bytesOf(name));
  return path;
};

describe("TIFF files", () => {
  test.each(NAMES)("%s reads as tifffile reads it", async (name) => {
    const expected = files[name];
    const [info] = await inspect(put(name));
    const [signal] = await read(put(name));
    const isSeparate = name === "rgba_planar"; // tifffile puts the planes first, here colours are always last
    const isTurned = name === "dm_energy_stack"; // a spectrum image has its energies last
    const shape = isSeparate ? [6, 5, 4] : isTurned ? [2, 3, 4] : expected.shape;
    expect([info.dtype, [...info.shape], [...signal.shape]]).toEqual([expected.dtype, shape, shape]);
    const data = isSeparate || isTurned ? planesFirst(signal.data, shape) : signal.data;
    const step = data.length > 400 ? 37 : 1;
    expect([...data].filter((_, i) => i % step === 0)).toEqual(expected.values);
    const sum = data.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - expected.sum)).toBeLessThanOrEqual(1e-9 * Math.abs(expected.sum)); // order of addition
  });

  test("refuses a part that lies before the file's begin", async () => {
    const path = put("imagej_one_directory");
    const bytes = bytesOf("imagej_one_directory");
    const isLittle = bytes[0] === 0x49;
    const number = (at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
    const first = isLittle ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
    const entries = Array.from({ length: number(first) }, (_, i) => first + 2 + 12 * i);
    const entry = entries.find((at) => number(at) === 273) as number; // StripOffsets
    const signed = 9; // SLONG
    if (isLittle) bytes.writeUInt16LE(signed, entry + 2);
    else bytes.writeUInt16BE(signed, entry + 2);
    if (isLittle) bytes.writeInt32LE(-84, entry + 8);
    else bytes.writeInt32BE(-84, entry + 8);
    writeFileSync(path, bytes);
    expect(await caught(() => read(path))).toMatchObject({ tag: "FormatError", got: expect.stringContaining("-84") });
  });

  test.each(NAMES)("%s: a block is cut from the whole", (name) =>
    withDrafts(put(name), async ([draft]) => {
      const shape = draft.axes.map(({ size }) => size);
      const block = { offset: shape.map((n) => n >> 1), count: shape.map((n) => n - (n >> 1)) };
      expect(await draft.read({ block })).toEqual(cutBlock(await draft.read(), shape, block));
    }),
  );

  test.each(NAMES.filter((name) => files[name].axes !== undefined))(
    "%s is calibrated as by rosettasciio",
    async (name) => {
      const [{ axes, kind }] = await inspect(put(name));
      expect(kind).toBe("image");
      const expected = files[name].axes ?? [];
      // rosettasciio 0.15.0 gives the size along x to the rows for these two.
      const theirs = name === "fei" || name === "tvips" ? [...expected].reverse() : expected;
      for (const [i, [units, offset, scale]] of theirs.entries()) {
        const factor = { m: 1e9, µm: 1e3 }[String(units)] ?? 1;
        expect(axes[i].units).toBe(units === "1 / nm" ? "1/nm" : "nm");
        expect(axes[i].scale / (Number(scale) * factor)).toBeCloseTo(1, 6); // resolutions are ratios of 32-bit numbers
        expect(axes[i].offset).toBeCloseTo(Number(offset) * factor, 9);
      }
    },
  );

  test("name the axes of stacks as the file does, and leave them without a meaning", async () => {
    const names = async (name: Name) => (await inspect(put(name)))[0].axes.map((axis) => [axis.name, axis.units]);
    expect(await names("imagej_hyperstack")).toEqual([
      ["frame", "px"],
      ["slice", "px"],
      ["channel", "nm"],
      ["y", "nm"],
      ["x", "nm"],
    ]);
    expect(await names("stack")).toEqual([
      ["frame", "px"],
      ["y", "px"],
      ["x", "px"],
    ]);
    expect((await names("rgb")).at(-1)).toEqual(["colour", "px"]);
    expect((await inspect(put("stack")))[0].kind).toBe("array");
  });

  test("an axis in eV is the spectral one, wherever it lies", async () => {
    const [map] = await inspect(put("dm_energy_stack"));
    expect([map.kind, map.axes[2]]).toEqual([
      "spectrum-image",
      expect.objectContaining({ name: "energy", units: "eV", offset: 300, scale: 0.5, size: 4 }),
    ]);
  });

  test("a resolution is a pixel size where it is too fine for a printer", async () => {
    const [fine] = await inspect(put("resolution_cm"));
    const [print] = await inspect(put("resolution_print"));
    expect(fine.axes.map(({ units, scale }) => [units, scale])).toEqual([
      ["nm", expect.closeTo(1, 9)],
      ["nm", expect.closeTo(0.5, 9)],
    ]);
    expect(print.axes.map(({ units }) => units)).toEqual(["px", "px"]);
  });

  test("images of different sizes are signals of their own", async () => {
    const infos = await inspect(put("mixed" as Name));
    expect(infos.map(({ name, shape }) => [name, shape])).toEqual([
      ["page 1", [4, 5]],
      ["page 2", [2, 3]],
    ]);
  });

  test("a file without an image is refused", async () => {
    const path = join(folder, "empty.tif");
    writeFileSync(path, Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]));
    expect((await caught(() => inspect(path))).got).toBe("no image at all");
  });

  test("directories in a circle are refused", async () => {
    const bytes = bytesOf("int8");
    const count = bytes.readUInt16LE(8);
    bytes.writeUInt32LE(8, 10 + 12 * count);
    const path = join(folder, "circle.tif");
    writeFileSync(path, bytes);
    expect((await caught(() => inspect(path))).got).toBe("directories in a circle at byte 8");
  });

  test("what is not read is named", async () => {
    const bytes = bytesOf("uint16");
    const tag = bytes.indexOf(Buffer.from([0x01, 0x03, 0, 3])); // Compression, of a big-endian file
    bytes.writeUInt16BE(7, tag + 8);
    const path = join(folder, "jpeg.tif");
    writeFileSync(path, bytes);
    expect((await caught(() => read(path))).got).toBe("pixels packed as JPEG (7)");
  });

  test("an image that its strips cannot hold is refused before memory is asked for", async () => {
    const bytes = bytesOf("deflate");
    for (const tag of [0x100, 0x101]) {
      const at = bytes.indexOf(Buffer.from([tag & 255, tag >> 8, 4, 0]), 8);
      bytes.writeUInt32LE(40_000, at + 8);
    }
    const rows = bytes.indexOf(Buffer.from([0x16, 1]), 8);
    bytes.writeUInt16LE(7000, rows + 8);
    const path = join(folder, "bomb.tif");
    writeFileSync(path, bytes);
    const error = await caught(() => read(path));
    expect([error.tag, error.got]).toEqual(["FormatError", expect.stringMatching(/bytes for an image of 3200000000/)]);
  });

  test("LZW that never ends its text stops at the size of the strip", async () => {
    const packed = new Uint8Array(4000); // literal zeros
    expect((await unpackSegment(packed, 5, 100)).length).toBe(100);
    await expect(unpackSegment(new Uint8Array([0xff, 0xff]), 5, 100)).rejects.toThrow("stands for nothing");
  });

  test.each(["lzw", "tiles", "imagej_one_directory", "jeol_diff"] as const)(
    "200 damaged copies of %s end well",
    async (name) => {
      const outcomes = await readMutants(bytesOf(name), join(folder, "mutant.tif"), 200, {
        options: { energy: { units: "channel" } },
      });
      const known = ["read", "FormatError", "MemoryError", "DataError", "OptionError"];
      expect(Object.keys(outcomes).filter((outcome) => !known.includes(outcome))).toEqual([]);
      expect(outcomes.FormatError).toBeGreaterThan(10);
    },
  );
});

/** The numbers with the last axis first. */
function planesFirst(data: Float32Array, [rows, columns, planes]: readonly number[]): Float32Array {
  const size = rows * columns;
  return Float32Array.from({ length: data.length }, (_, i) => data[(i % size) * planes + Math.floor(i / size)]);
}
