import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspect, read } from "../../src/io/read";
import type { RawLayout } from "../../src/io/signals";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
const path = join(folder, "scan.raw");
const bytes = Buffer.alloc(4 + 2 * 24);
for (let i = 0; i < 24; i++) bytes.writeUInt16BE(1000 + i, 4 + 2 * i);
writeFileSync(path, bytes);
/** The number whose bits these are. */
const asFloat32 = (bits: number) => Buffer.from(Uint32Array.of(bits).buffer).readFloatLE();
const right: RawLayout = { shape: [2, 3, 4], dtype: "uint16", offset: 4, byteOrder: "big" };

describe("a file of bare numbers", () => {
  test("is read as the option says", async () => {
    const [array] = await read(path, { raw: right });
    expect([array.kind, array.shape, [...array.data]]).toEqual([
      "array",
      [2, 3, 4],
      Array.from({ length: 24 }, (_, i) => 1000 + i),
    ]);
    expect(await inspect(path, { raw: { ...right, shape: [6, 4] } })).toMatchObject([
      { kind: "image", shape: [6, 4], dtype: "uint16", bytes: 48, format: "raw" },
    ]);
  });

  test("is not guessed: the error names the option", async () => {
    const error = await caught(() => read(path));
    expect([error.tag, error.remedy]).toEqual(["OptionError", expect.stringContaining("raw: { shape:")]);
  });

  test.each([
    [{ ...right, shape: [2, 3, 5] }, "FormatError", "52 bytes"],
    [{ ...right, shape: [2, -3] }, "OptionError", "raw.shape [2,-3]"],
    [{ ...right, shape: [2 ** 40, 2 ** 40] }, "FormatError", "52 bytes"],
    [{ ...right, dtype: "complex64" as "uint8" }, "OptionError", 'raw.dtype "complex64"'],
    [{ ...right, offset: -1 }, "OptionError", "raw.offset -1"],
    [{ ...right, byteOrder: "middle" as "big" }, "OptionError", 'raw.byteOrder "middle"'],
  ])("%j is refused", async (raw, tag, got) => {
    const error = await caught(() => read(path, { raw }));
    expect([error.tag, error.got]).toEqual([tag, got]);
  });

  test.each([
    ["uint8", [0x03, 0xe8, 0x03]],
    ["int8", [0x03, -0x18, 0x03]],
    ["uint16", [0x03e8, 0x03e9, 0x03ea]],
    ["int16", [0x03e8, 0x03e9, 0x03ea]],
    ["uint32", [0x03e803e9, 0x03ea03eb, 0x03ec03ed]],
    ["int32", [0x03e803e9, 0x03ea03eb, 0x03ec03ed]],
    ["float32", [0x03e803e9, 0x03ea03eb, 0x03ec03ed].map(asFloat32)],
  ] as const)("takes its numbers for %s", async (dtype, expected) => {
    const [array] = await read(path, { raw: { ...right, shape: [1, 3], dtype } });
    expect([...array.data]).toEqual(expected.map(Math.fround));
  });

  test("has signs where they are said to be", async () => {
    writeFileSync(join(folder, "signs.raw"), Buffer.from([0xff, 0xfe, 0xff, 0xfd]));
    const values = async (dtype: RawLayout["dtype"], shape: number[]) => [
      ...(await read(join(folder, "signs.raw"), { raw: { shape, dtype } }))[0].data,
    ];
    expect(await values("int16", [1, 2])).toEqual([-257, -513]); // little-endian, if nothing else is said
    expect(await values("uint16", [1, 2])).toEqual([0xfeff, 0xfdff]);
    expect(await values("int32", [1, 1])).toEqual([Math.fround(-0x02000101)]);
    expect(await values("uint32", [1, 1])).toEqual([Math.fround(0xfdfffeff)]);
  });

  test.each([
    ["byteOrder", { byteOrder: "little" as const }],
    ["offset", { offset: 2 }],
    ["shape", { shape: [4, 3, 2] }],
  ])("the option %s changes the answer", async (_, change) => {
    const [as] = await read(path, { raw: { ...right, shape: [2, 3, 3] } });
    const [other] = await read(path, { raw: { ...right, shape: [2, 3, 3], ...change } });
    expect([other.shape, [...other.data]]).not.toEqual([as.shape, [...as.data]]);
  });
});
