import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { cutBlock } from "../../src/io/block";
import { withDrafts } from "../../src/io/formats";
import { inspect, read } from "../../src/io/read";
import { caught } from "../support/caught";
import { readMutants } from "../support/mutants";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import fixtures from "./fixtures/mat-files.json";

const folder = temporaryFolder();
type Name = keyof typeof fixtures.files;
const bytesOf = (name: Name) => inflateSync(Buffer.from(fixtures.files[name].file, "base64"));
const put = (name: string, bytes: Uint8Array) => {
  const path = join(folder, `${name}.mat`);
  writeFileSync(path, bytes);
  return path;
};

interface Expected {
  path: string;
  shape: number[];
  dtype: string;
  sum: number;
  values: number[];
}

async function checkAgainstScipy(path: string, expected: readonly Expected[]): Promise<void> {
  const infos = await inspect(path);
  const signals = await read(path);
  expect(infos.map((info) => info.path)).toEqual(expected.map((array) => array.path));
  for (const [i, array] of expected.entries()) {
    const { data } = signals[i];
    expect([infos[i].shape, signals[i].shape]).toEqual([array.shape, array.shape]);
    const step = data.length < 400 ? 1 : Math.floor(data.length / 50);
    expect([...data].filter((_, at) => at % step === 0)).toEqual(array.values);
    const sum = data.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - array.sum)).toBeLessThanOrEqual(1e-9 * Math.abs(array.sum)); // another order of addition
  }
}

describe("MAT-files", () => {
  for (const name of Object.keys(fixtures.files).filter((key) => key !== "sparse") as Name[]) {
    test(`${name} reads as scipy reads it`, () =>
      checkAgainstScipy(put(name, bytesOf(name)), fixtures.files[name].expected));
  }

  for (const [name, expected] of Object.entries(fixtures.shared)) {
    testShared(`${name} reads as scipy reads it`, () =>
      checkAgainstScipy(shared(`data/formats/mat/${name}`), expected),
    );
  }

  test("tell class, type and packing", async () => {
    const [first, , , , , , , , wide] = await inspect(put("types", bytesOf("types_packed")));
    expect([first.format, first.kind, first.dtype, first.packing]).toEqual(["MAT", "image", "float64", ["zlib"]]);
    expect([wide.path, wide.dtype]).toEqual(["a_int64", "int64"]);
    const [, mask] = await inspect(put("cube", bytesOf("cube")));
    expect([mask.dtype, mask.packing]).toEqual(["bool", []]);
    const [z, z32] = await inspect(put("complex", bytesOf("complex")));
    expect([z.dtype, z32.dtype, z.axes.at(-1)?.name]).toEqual(["complex128", "complex64", "complex"]);
  });

  test.each(["cube", "cube_packed", "complex", "complex_packed"] as const)(
    "%s: a block is cut from the whole",
    (name) =>
      withDrafts(put(name, bytesOf(name)), async ([draft]) => {
        const shape = draft.axes.map(({ size }) => size);
        const block = { offset: shape.map(() => 1), count: shape.map((n) => n - 1) };
        expect(await draft.read({ block })).toEqual(cutBlock(await draft.read(), shape, block));
      }),
  );

  test("a sparse matrix is refused by name", async () => {
    const error = await caught(() => read(put("sparse", bytesOf("sparse"))));
    expect([error.tag, error.message]).toEqual(["FormatError", expect.stringContaining("thin in")]);
    expect(error.remedy).toContain("full(thin)");
  });

  test("an element that would unpack to more than deflate can hold is refused before it is", async () => {
    const forged = Buffer.alloc(16);
    forged.writeUInt32LE(14, 0);
    forged.writeUInt32LE(2 ** 31, 4);
    const packed = deflateSync(forged);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(packed.length, 4);
    const header = bytesOf("cube").subarray(0, 128);
    const error = await caught(() => read(put("bomb", Buffer.concat([header, tag, packed]))));
    expect([error.tag, error.got]).toEqual([
      "FormatError",
      expect.stringMatching(/packed bytes that claim to be 2147483656/),
    ]);
  });

  test("cells nested without end are refused", async () => {
    let cell = Buffer.alloc(0);
    for (let depth = 0; depth < 40; depth++) {
      const head = Buffer.alloc(48);
      [6, 8, 1, 0, 5, 8, 1, 1, 1, 0].forEach((word, i) => {
        head.writeUInt32LE(word, 8 + 4 * i);
      });
      head.writeUInt32LE(14, 0);
      head.writeUInt32LE(40 + cell.length, 4);
      cell = Buffer.concat([head, cell]);
    }
    const error = await caught(() => read(put("deep", Buffer.concat([bytesOf("cube").subarray(0, 128), cell]))));
    expect([error.tag, error.got]).toEqual(["FormatError", expect.stringContaining("nested more deeply")]);
  });

  test.each(["nested", "nested_packed", "complex_packed", "v4"] as const)(
    "200 damaged copies of %s end well",
    async (name) => {
      const outcomes = await readMutants(bytesOf(name), join(folder, "mutant.mat"), 200);
      const known = ["read", "FormatError", "MemoryError", "DataError", "OptionError"];
      expect(Object.keys(outcomes).filter((outcome) => !known.includes(outcome))).toEqual([]);
      expect(outcomes.FormatError).toBeGreaterThan(20);
    },
  );
});
