import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/io";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";

const folder = temporaryFolder();
const path = join(folder, "x.safetensors");

/** A file of this header and these data. */
function file(header: unknown, data: Uint8Array | number = 0, length?: bigint): string {
  const isRaw = typeof header === "string" || Buffer.isBuffer(header);
  const text = Buffer.from(isRaw ? header : JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(length ?? BigInt(text.length));
  writeFileSync(path, Buffer.concat([size, text, typeof data === "number" ? Buffer.alloc(data) : data]));
  return path;
}

/** A file of nothing but this text. */
function bare(text: string): string {
  writeFileSync(path, text);
  return path;
}

const tensor = (dtype: string, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("writeSafetensors and readSafetensors", () => {
  test("give back the same numbers, shapes, names and texts", async () => {
    const tensors = {
      "a.weight": { data: Float32Array.of(1.5, -0, Number.NaN, 3e-45, Number.POSITIVE_INFINITY, 6), shape: [2, 3] },
      steps: { data: Int32Array.of(-(2 ** 31)), shape: [] },
      precise: { data: Float64Array.of(Math.PI, 1e-300), shape: [2, 1] },
      none: { data: new Float32Array(0), shape: [0, 4] },
      __proto__x: { data: Float32Array.of(1), shape: [1] },
    };
    await writeSafetensors(path, tensors, { note: 'a "quoted" \\ text, é', empty: "" });
    const { tensors: read, metadata } = await readSafetensors(path);
    expect(metadata).toEqual({ note: 'a "quoted" \\ text, é', empty: "" });
    expect(Object.keys(read).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, { data, shape }] of Object.entries(tensors)) {
      expect(read[name].shape, name).toEqual(shape);
      expect(read[name].data.constructor, name).toBe(data.constructor);
      expect(Buffer.from(read[name].data.buffer), name).toEqual(Buffer.from(data.buffer));
    }
  });

  test("write exactly the bytes of the format", async () => {
    await writeSafetensors(path, { w: { data: Float32Array.of(1, 2), shape: [2] } }, { k: "v" });
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.toString("utf8", 8, 8 + length))).toEqual({
      __metadata__: { k: "v" },
      w: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    });
    expect(bytes.subarray(8 + length)).toEqual(Buffer.from("0000803f00000040", "hex"));
  });

  test("write a view of a larger array, not the array", async () => {
    const whole = Float32Array.of(9, 1, 2, 9);
    await writeSafetensors(path, { w: { data: whole.subarray(1, 3), shape: [2] } });
    expect([...(await readSafetensors(path)).tensors.w.data]).toEqual([1, 2]);
  });

  test("leave the old file and no other in place when the new one cannot be written", async () => {
    const mine = join(folder, "kept.safetensors");
    await writeSafetensors(mine, { w: { data: Float32Array.of(1), shape: [1] } });
    const before = readdirSync(folder);
    const bad = { w: { data: Float32Array.of(1), shape: [1] }, v: { data: Float32Array.of(1), shape: [2] } };
    expect((await caught(() => writeSafetensors(mine, bad))).tag).toBe("ShapeError");
    const nowhere = await caught(() => writeSafetensors(join(folder, "no", "x.safetensors"), {}));
    expect([nowhere.tag, nowhere.got]).toEqual(["FileError", expect.stringContaining("no folder")]);
    expect((await caught(() => writeSafetensors("", {}))).tag).toBe("OptionError");
    expect(readdirSync(folder)).toEqual(before);
    expect([...(await readSafetensors(mine)).tensors.w.data]).toEqual([1]);
  });

  test("refuse a name that the format keeps for its texts", async () => {
    const error = await caught(() =>
      writeSafetensors(path, { __metadata__: { data: Float32Array.of(1), shape: [1] } }),
    );
    expect(error.tag).toBe("ShapeError");
  });
});

describe("readSafetensors reads", () => {
  test("halves, brain floats and integers of other programs", async () => {
    const data = Buffer.alloc(8 + 4 + 4 + 2);
    data.writeBigInt64LE(-(2n ** 40n), 0);
    data.writeUInt16LE(0x3c00, 8); // 1 in binary16
    data.writeUInt16LE(0xc100, 10); // -2.5
    data.writeUInt16LE(0x3f80, 12); // 1 in bfloat16
    data.writeUInt16LE(0xc020, 14); // -2.5
    data[16] = 200;
    const header = {
      wide: tensor("I64", [], 0, 8),
      half: tensor("F16", [2], 8, 12),
      brain: tensor("BF16", [2], 12, 16),
      bytes: tensor("U8", [2], 16, 18),
    };
    const { tensors } = await readSafetensors(file(header, data));
    expect(Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, [t.dtype, ...t.data]]))).toEqual({
      wide: ["int64", -(2 ** 40)],
      half: ["float16", 1, -2.5],
      brain: ["bfloat16", 1, -2.5],
      bytes: ["uint8", 200, 0],
    });
  });

  test("an empty file of no tensors", async () => {
    expect(await readSafetensors(file({}))).toEqual({ tensors: {}, metadata: {} });
  });
});

describe("readSafetensors refuses", () => {
  const one = { w: tensor("F32", [2], 0, 8) };
  test.each<[string, () => string, RegExp]>([
    ["an empty file", () => bare(""), /0 bytes/],
    ["a text", () => bare("hello world, no tensors here"), /begin with "hello/],
    ["a header longer than the file", () => file(one, 8, 2n ** 40n), /begin with/],
    ["a header length beyond every integer", () => file(one, 8, 2n ** 64n - 1n), /begin with/],
    ["a header that is no JSON", () => file("{w:1}   ", 0), /not JSON/],
    ["a header that is a list", () => file([]), /no JSON object/],
    ["a header of nothing but brackets", () => file("[".repeat(2 ** 20)), /nested 4 deep/],
    ["brackets hidden behind a text", () => file(`{"a\\"":${"[".repeat(100)}`), /nested 4 deep/],
    ["a broken byte in a name", () => file(Buffer.from('{"\xff":1}', "latin1")), /JSON/],
    ["an unknown type", () => file({ w: tensor("F8_E4M3", [2], 0, 2) }, 2), /"w" with dtype "F8_E4M3"/],
    ["a type that every object has", () => file({ w: tensor("constructor", [2], 0, 2) }, 2), /dtype "constructor"/],
    ["a negative size", () => file({ w: tensor("F32", [-2], 0, 8) }, 8), /"w" with shape \[-2\]/],
    ["a fractional size", () => file({ w: tensor("F32", [0.5], 0, 2) }, 2), /"w" with shape/],
    ["sizes whose product is beyond 2^53", () => file({ w: tensor("F32", [2 ** 40, 2 ** 40], 0, 8) }, 8), /8 bytes/],
    ["bytes that are not those of the shape", () => file({ w: tensor("F32", [3], 0, 8) }, 8), /"w" with 8 bytes/],
    ["offsets turned round", () => file({ w: tensor("F32", [2], 8, 0) }, 8), /"w" with -8 bytes/],
    ["offsets that are texts", () => file({ w: tensor("F32", [2], "0", "8") }, 8), /data_offsets \["0","8"\]/],
    ["an entry that is a number", () => file({ w: 5 }, 0), /"w" with the entry 5/],
    ["tensors one over the other", () => file({ ...one, v: tensor("F32", [2], 4, 12) }, 12), /"v" lies over/],
    ["a gap between tensors", () => file({ ...one, v: tensor("F32", [2], 12, 20) }, 20), /"v" leaves a gap/],
    ["data beyond its end", () => file(one, 4), /4 bytes of data/],
    ["data that belong to no tensor", () => file(one, 12), /12 bytes of data/],
    [
      "one name twice",
      () => file(`{"w":${JSON.stringify(one.w)},"w":${JSON.stringify(tensor("F32", [2], 8, 16))}}`, 16),
      /gap/,
    ],
    ["metadata that are no texts", () => file({ __metadata__: { a: 1 } }), /metadata "a"/],
    ["metadata that are a list", () => file({ __metadata__: [] }), /metadata \[\]/],
  ])("%s", async (_, make, message) => {
    const error = await caught(() => readSafetensors(make()));
    expect([error.tag, error.got]).toEqual(["FormatError", expect.stringMatching(message)]);
  });

  test("more than the memory allows, before it is allocated", async () => {
    await writeSafetensors(path, { w: { data: new Float32Array(1000), shape: [1000] } });
    process.env.SPECBOOK_MEMORY_LIMIT = "1kB";
    try {
      expect((await caught(() => readSafetensors(path))).tag).toBe("MemoryError");
    } finally {
      delete process.env.SPECBOOK_MEMORY_LIMIT;
    }
  });
});
