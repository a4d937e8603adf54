import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Block } from "../../src/io/block";
import { blocksOf } from "../../src/io/hdf5/blocks";
import { load } from "../../src/io/load";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";
import { addNsid, type NsidDimension, steps, writeHdf5 } from "../support/write-hdf5";

const folder = temporaryFolder();

/** The flat indices that a block covers, in the order in which HDF5 hands them out. */
function covered({ offset, count }: Block, shape: readonly number[]): number[] {
  return shape.reduce<number[]>(
    (all, size, axis) =>
      all.flatMap((index) => Array.from({ length: count[axis] }, (_, i) => index * size + offset[axis] + i)),
    [0],
  );
}

describe("blocks", () => {
  test("cover any array once and in order", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    const chunks = fc.option(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 4, maxLength: 4 }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(shapes, chunks, fc.integer({ min: 1, max: 400 }), fc.nat(9), (shape, chunk, limit, from) => {
        const begin = shape.map((_, axis) => (from + axis) % 10);
        const blocks = blocksOf(shape, 4, chunk?.slice(0, shape.length), limit, begin);
        const size = shape.reduce((a, b) => a * b, 1);
        expect(blocks.flatMap((block) => covered(block, shape))).toEqual(Array.from({ length: size }, (_, i) => i));
        for (const { count } of blocks) {
          expect(4 * count.reduce((a, b) => a * b, 1)).toBeLessThanOrEqual(4 * Math.max(4, limit));
        }
      }),
    );
  });

  test("end at chunk borders where they can", () => {
    const starts = blocksOf([20, 8], 4, [6, 8], 13 * 32).map(({ offset }) => offset[0]);
    expect(starts).toEqual([0, 12]);
    expect(blocksOf([20, 8], 4, undefined, 13 * 32).map(({ offset }) => offset[0])).toEqual([0, 13]);
  });

  test("end at the chunk borders of the array they are a part of", () => {
    const parts = blocksOf([20, 8], 4, [6, 8], 13 * 32, [4, 0]);
    expect(parts.map(({ offset, count }) => [offset[0], count[0]])).toEqual([
      [0, 8], // rows 4 to 11: two rows of a chunk, and a whole one
      [8, 12],
    ]);
  });

  test("are put together right beyond one block, and stop on a signal between two", async () => {
    const [rows, columns, channels] = [70, 64, 4096]; // 73 MB of float32: two blocks of 64 MiB
    const data = new Float32Array(rows * columns * channels);
    for (let i = 0; i < data.length; i++) data[i] = i % 16_777_213;
    const scan: NsidDimension[] = [
      { name: "y", values: steps(rows, 1), units: "nm", type: "SPATIAL" },
      { name: "x", values: steps(columns, 1), units: "nm", type: "SPATIAL" },
    ];
    const loss: NsidDimension = { name: "e", values: steps(channels, 1), units: "eV", type: "SPECTRAL" };
    const path = await writeHdf5(join(folder, "large.h5"), (root) => {
      const plane = new Float32Array(rows * columns);
      addNsid(root, { channel: "Channel_000", data: plane, dimensions: scan, dataType: "IMAGE", quantity: "" });
      const spectra = { data, dimensions: [...scan, loss], dataType: "SPECTRAL_IMAGE", quantity: "" };
      addNsid(root, { channel: "Channel_001", ...spectra });
    });
    const { spectra } = await load(path);
    expect(Buffer.from(spectra.data.buffer).equals(Buffer.from(data.buffer))).toBe(true);
    const error = await caught(() => load(path, { signal: AbortSignal.abort() }));
    expect([error.tag, error.got]).toEqual([
      "CancelledError",
      expect.stringMatching(/^a stop request after \d+ of 18350080/),
    ]);
  });
});
