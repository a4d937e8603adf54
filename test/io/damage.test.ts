import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random";
import { read } from "../../src/io/read";
import type { Signal } from "../../src/io/signals";
import { caught } from "../support/caught";
import { fixtureBytes } from "../support/hdf5-fixtures";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
const MUTANTS = 200;

/** What must not change unnoticed: the numbers, their shape and their calibration. */
const facts = (signals: readonly Signal[]) =>
  signals.map(({ data, shape, axes }) => ({
    shape,
    bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
    calibration: Object.values(axes).map(({ offset, scale }) => [offset, scale]),
  }));

describe("damage", () => {
  test(`of ${MUTANTS} damaged copies of a file with check sums every one is refused or read right`, async () => {
    const whole = fixtureBytes("nsid_checked");
    const path = join(folder, "mutant.h5");
    const load = async () => {
      try {
        return facts(await read(path));
      } catch (error) {
        return (error as { tag?: string }).tag ?? error;
      }
    };
    writeFileSync(path, whole);
    const right = await load();
    const counts: Record<string, number> = {};
    const open = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
    const before = open();
    for (let seed = 0; seed < MUTANTS; seed++) {
      const random = createRandom(seed);
      const copy = Buffer.from(whole);
      for (let flips = 1 + random.integer(3); flips > 0; flips--)
        copy[random.integer(copy.length)] ^= 1 << random.integer(8);
      writeFileSync(path, random.uniform() < 0.05 ? copy.subarray(0, random.integer(copy.length)) : copy);
      const outcome = await load();
      if (Array.isArray(outcome)) expect(outcome, `seed ${seed}`).toEqual(right);
      const name = Array.isArray(outcome) ? "right" : String(outcome);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(Object.keys(counts).sort()).toEqual(["FormatError", "right"]);
    expect(counts.FormatError).toBeGreaterThan(MUTANTS / 2); // most bytes are data or metadata, the others are gaps
    expect(open()).toBe(before);
    writeFileSync(path, whole);
    expect(await load()).toEqual(right); // the library still works
  });

  test("a flipped bit in a packed chunk is an error that names the data set", async () => {
    const whole = fixtureBytes("nsid_checked");
    const path = join(folder, "chunk.h5");
    whole[14_000] ^= 4; // in the middle of the packed spectra, which end the file
    writeFileSync(path, whole);
    const error = await caught(() => read(path));
    expect([error.tag, error.message]).toEqual([
      "FormatError",
      expect.stringContaining("/Channel_001/generic/generic in"),
    ]);
    expect(error.got).toMatch(/damaged part of the data: /);
  });

  test("a global heap in which HDF5 itself would loop for ever is refused", async () => {
    const whole = fixtureBytes("nsid_checked");
    const object = whole.indexOf("GCOL") + 16;
    whole.fill(0, object, object + 16); // free space of size 0
    const path = join(folder, "heap.h5");
    writeFileSync(path, whole);
    expect((await caught(() => read(path))).tag).toBe("FormatError");
  });
});
