import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readNpy } from "../../src/io/npy";
import { readNpz } from "../../src/io/npz";
import { caught } from "../support/caught";
import { shared, testShared } from "../support/shared-data";
import { temporaryFolder } from "../support/temporary-folder";
import fixtures from "./fixtures/numpy-arrays.json";

const folder = temporaryFolder();
const put = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const decoded = (base64: string) => Buffer.from(base64, "base64");

describe("readNpy", () => {
  test.each(fixtures.arrays)("reads what numpy wrote as $name", async ({ name, dtype, shape, values, npy }) => {
    const array = await readNpy(put(`${name.replace(/\W/g, "_")}.npy`, decoded(npy)));
    expect({ dtype: array.dtype, shape: array.shape, values: [...array.data] }).toEqual({ dtype, shape, values });
  });

  test("gives float32 memory for float32 and reads every special half-precision number", async () => {
    const float = fixtures.arrays.find((a) => a.name === "<f4 C")!;
    expect((await readNpy(put("f4.npy", decoded(float.npy)))).data).toBeInstanceOf(Float32Array);
    const halves = await readNpy(put("halves.npy", decoded(fixtures.extra.halves.npy)));
    const names: Record<string, number> = { inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };
    expect([...halves.data]).toEqual(fixtures.extra.halves.values.map((v) => names[v] ?? Number(v)));
  });

  test("reads a scalar and an empty array", async () => {
    const scalar = await readNpy(put("scalar.npy", decoded(fixtures.extra.scalar.npy)));
    expect([scalar.shape, [...scalar.data]]).toEqual([[], [2.5]]);
    const empty = await readNpy(put("empty.npy", decoded(fixtures.extra.empty.npy)));
    expect([empty.shape, empty.data.length]).toEqual([[0, 3], 0]);
  });

  test("refuses 64-bit integers that float64 would change", async () => {
    const error = await caught(() => readNpy(put("beyond.npy", decoded(fixtures.extra.beyond.npy))));
    expect([error.tag, error.got]).toEqual(["DataError", "9007199254740993 at index 1"]);
  });

  test.each(["structured", "text"] as const)("refuses a %s array and names its type", async (name) => {
    const error = await caught(() => readNpy(put(`${name}.npy`, decoded(fixtures.extra[name].npy))));
    expect(error.tag).toBe("FormatError");
    expect(error.got).toMatch(/structured|<U2/);
  });

  test("refuses a file of another size than its header says, before it allocates", async () => {
    const whole = decoded(fixtures.arrays[0].npy);
    expect((await caught(() => readNpy(put("cut.npy", whole.subarray(0, whole.length - 1))))).tag).toBe("FormatError");
    const forged = Buffer.from(whole.toString("latin1").replace("(2, 2, 3)", "(9999999)"), "latin1");
    const error = await caught(() => readNpy(put("forged.npy", forged)));
    expect(error.tag).toBe("FormatError");
  });

  test("no cut or single changed byte of a header crashes or hangs it", async () => {
    const whole = decoded(fixtures.arrays[0].npy);
    const outcomes = new Set<string>();
    for (let at = 0; at < 128; at += 3) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x55;
      for (const bytes of [changed, whole.subarray(0, at)]) {
        const path = put("mutant.npy", bytes);
        outcomes.add(
          await readNpy(path).then(
            () => "read",
            (error) => error.tag,
          ),
        );
      }
    }
    expect([...outcomes].sort()).toEqual(["FormatError", "read"]); // "read": spaces of the padding were changed
  });

  test("names near names for a file that is not there, and refuses a folder", async () => {
    put("spectra_2024.npy", decoded(fixtures.extra.scalar.npy));
    const missing = await caught(() => readNpy(join(folder, "spectre_2024.npy")));
    expect([missing.tag, missing.remedy]).toEqual(["FileError", 'did you mean "spectra_2024.npy"?']);
    mkdirSync(join(folder, "sub"), { recursive: true });
    expect((await caught(() => readNpy(join(folder, "sub")))).got).toBe("a folder: empty");
    expect((await caught(() => readNpy(join(folder, "none", "x.npy")))).got).toMatch(/no folder/);
  });
});

describe("readNpz", () => {
  test.each(["stored", "deflated", "streamed", "wide"] as const)("reads a %s archive", async (kind) => {
    const { a, b, ...rest } = await readNpz(put(`${kind}.npz`, decoded(fixtures.archives[kind])));
    expect([a.shape, [...a.data], a.dtype]).toEqual([[2, 3], [0, 1, 2, 3, 4, 5], "float32"]);
    expect([...b.data]).toEqual(Array.from({ length: 2000 }, (_, i) => i % 7));
    expect(rest).toEqual({});
  });

  test("the fixtures do hold a data descriptor and 64-bit fields", () => {
    expect(decoded(fixtures.archives.streamed).readUInt16LE(6) & 8).toBe(8);
    expect(decoded(fixtures.archives.wide).includes(Buffer.from("PK\x06\x06", "latin1"))).toBe(true);
  });

  test("reads only the arrays it is asked for, and lists the names for a wrong one", async () => {
    const path = put("two.npz", decoded(fixtures.archives.deflated));
    expect(Object.keys(await readNpz(path, { arrays: ["b"] }))).toEqual(["b"]);
    const error = await caught(() => readNpz(path, { arrays: ["weights"] }));
    expect([error.tag, error.got]).toEqual(["OptionError", "the arrays a, b"]);
  });

  test("a changed byte of the packed data is an error, never other numbers", async () => {
    const whole = decoded(fixtures.archives.deflated);
    const right = await readNpz(put("right.npz", whole));
    let refused = 0;
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x10;
      const result = await readNpz(put("mutant.npz", changed)).catch((error) => error.tag as string);
      if (typeof result === "string") {
        refused++;
        expect(["FormatError", "FileError"]).toContain(result);
      } else {
        expect(Object.values(result).map((v) => [...v.data])).toEqual(Object.values(right).map((v) => [...v.data]));
      }
    }
    expect(refused).toBeGreaterThan(whole.length / 14);
  });

  test("refuses a text file, and a directory that announces more entries than there are", async () => {
    expect((await caught(() => readNpz(put("text.npz", "not an archive at all")))).tag).toBe("FormatError");
    const forged = decoded(fixtures.archives.stored);
    forged.writeUInt16LE(60000, forged.length - 22 + 10);
    expect((await caught(() => readNpz(put("forged.npz", forged)))).got).toBe("2 of 60000 directory entries");
  });

  testShared("reads every array of the reference archives with its shape", async () => {
    const arrays = await readNpz(shared("data/parity/pairs_fto_noisy.npz"));
    for (const { data, shape } of Object.values(arrays)) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
    expect(Object.keys(arrays).length).toBeGreaterThan(3);
  });

  testShared("reads the reconstructed nanoparticle array", async () => {
    const { data, shape, dtype } = await readNpy(shared("data/fto/fto_si_reconstructed_noiseless_62x75x187_f32.npy"));
    expect([shape, dtype, data.length]).toEqual([[62, 75, 187], "float32", 62 * 75 * 187]);
  });
});
