import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Block, cutBlock } from "../../src/io/block";
import type { NumberType } from "../../src/io/number-types";
import { checkRawArray, type RawArray, readRawArray } from "../../src/io/raw-array";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
const INT16: NumberType = { kind: "int", bytes: 2, littleEndian: false };

async function withArray<T>(array: RawArray, work: (read: (block?: Block) => Promise<Float32Array>) => Promise<T>) {
  const size = array.shape.reduce((a, b) => a * b, 1);
  const bytes = Buffer.alloc(array.offset + size * 2);
  for (let i = 0; i < size; i++) bytes.writeInt16BE((i % 60_000) - 30_000, array.offset + 2 * i);
  const path = join(folder, "numbers.raw");
  await writeFile(path, bytes);
  const file = await open(path);
  try {
    return await work((block) => readRawArray(file, array, path, { block }));
  } finally {
    await file.close();
  }
}

test("a block holds what is cut from the whole array, for any shape and place", async () => {
  const axis = fc
    .record({ size: fc.integer({ min: 1, max: 40 }), from: fc.nat(), length: fc.nat() })
    .map(({ size, from, length }) => {
      const offset = from % size;
      return { size, offset, count: 1 + (length % (size - offset)) };
    });
  await fc.assert(
    fc.asyncProperty(fc.array(axis, { minLength: 1, maxLength: 4 }), async (axes) => {
      const shape = axes.map(({ size }) => size).slice(0, 3);
      const block = { offset: axes.map((a) => a.offset).slice(0, 3), count: axes.map((a) => a.count).slice(0, 3) };
      await withArray({ offset: 6, shape, type: INT16 }, async (read) => {
        expect(await read(block)).toEqual(cutBlock(await read(), shape, block));
      });
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("an array longer than one read comes back whole", async () => {
  const shape = [3_000, 3_001];
  await withArray({ offset: 1, shape, type: INT16 }, async (read) => {
    const data = await read();
    expect(data.length).toBe(3_000 * 3_001);
    expect(data.every((value, i) => value === (i % 60_000) - 30_000)).toBe(true);
  });
});

test("an array that a file cannot hold is refused before memory is asked for", async () => {
  const array = { offset: 8, shape: [2 ** 20, 2 ** 20], type: INT16 };
  const error = await caught(async () => checkRawArray(array, 1000, "scan.raw"));
  expect([error.tag, error.got]).toEqual(["FormatError", "1000 bytes"]);
});

test("headers between frames, a backward axis and odd distances are strides", async () => {
  const path = join(folder, "frames.raw");
  const frame = (bytes: number, odd: number) => ({ rows: 3, columns: 5, header: bytes + odd, bytes });
  for (const { rows, columns, header, bytes } of [frame(2, 6), frame(2, 7), frame(4, 1), frame(1, 0)]) {
    const frames = 4;
    const stride = header + rows * columns * bytes;
    const data = Buffer.alloc(frames * stride, 0xff);
    for (let i = 0; i < frames * rows * columns; i++) {
      const at = Math.floor(i / (rows * columns)) * stride + header + (i % (rows * columns)) * bytes;
      data.writeUIntLE(i, at, bytes);
    }
    await writeFile(path, data);
    const array: RawArray = {
      offset: header + (rows - 1) * columns * bytes, // the first row is the last of the file
      shape: [2, 2, rows, columns],
      type: { kind: "uint", bytes: bytes as 1 | 2 | 4, littleEndian: true },
      strides: [2 * stride, stride, -columns * bytes, bytes],
    };
    checkRawArray(array, data.length, path);
    expect((await caught(async () => checkRawArray(array, data.length - 1, path))).tag).toBe("FormatError");
    expect((await caught(async () => checkRawArray({ ...array, offset: 1 }, data.length, path))).tag).toBe(
      "FormatError",
    );
    const file = await open(path);
    try {
      const whole = await readRawArray(file, array, path);
      expect(whole[0]).toBe((rows - 1) * columns);
      expect(whole.every((value, i) => value === flipped(i, rows, columns))).toBe(true);
      const block = { offset: [1, 0, 1, 2], count: [1, 2, 2, 3] };
      expect(await readRawArray(file, array, path, { block })).toEqual(cutBlock(whole, array.shape, block));
    } finally {
      await file.close();
    }
  }
});

function flipped(i: number, rows: number, columns: number): number {
  const row = Math.floor(i / columns) % rows;
  return i + (rows - 1 - 2 * row) * columns;
}
