import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core";
import { readPickle } from "../../src/io/torch/pickle-reader";
import { withTorchFile } from "../../src/io/torch/torch-file";
import { Inert, TorchTensor, type TorchValue } from "../../src/io/torch/values";
import { Tuple, type WritableValue, writeTorchFile } from "../../src/io/torch/write-torch-file";
import { caught } from "../support/caught";
import { temporaryFolder } from "../support/temporary-folder";
import fixtures from "./fixtures/torch-files.json";

const folder = temporaryFolder();
const path = join(folder, "x.pt");
type FixtureName = keyof typeof fixtures.files;

function fixture(name: FixtureName): Buffer {
  return Buffer.from(fixtures.files[name], "base64");
}

/** The content of the file with every tensor replaced by its type, shape and numbers. */
async function readAll(): Promise<unknown> {
  return withTorchFile(path, async ({ content, read }) => {
    const plain = async (value: TorchValue): Promise<unknown> => {
      if (value instanceof TorchTensor) {
        const { dtype, shape, data } = await read(value);
        return { dtype, shape, data: [...data] };
      }
      if (value instanceof Inert) return value.name;
      if (value instanceof Map) {
        return Object.fromEntries(await Promise.all([...value].map(async ([key, v]) => [key, await plain(v)])));
      }
      return Array.isArray(value) ? Promise.all(value.map(plain)) : value;
    };
    return plain(content);
  });
}

describe("withTorchFile reads what PyTorch wrote", () => {
  test.each<FixtureName>(["tensors", "protocol 4"])("%s: every type, and views that share a storage", async (name) => {
    writeFileSync(path, fixture(name));
    const read = (await readAll()) as typeof fixtures.tensors;
    expect(Object.keys(read)).toEqual(Object.keys(fixtures.tensors));
    for (const [key, expected] of Object.entries(fixtures.tensors)) {
      const data = expected.data.map(Number);
      expect(read[key as keyof typeof read], key).toEqual({ ...expected, data });
    }
  });

  test("a dictionary of options, weights and an optimiser, which stays shut", async () => {
    writeFileSync(path, fixture("meta"));
    const { weights, ...rest } = (await readAll()) as Record<string, Record<string, { data: number[] }>>;
    expect(rest).toEqual({
      model_type: "toy",
      in_dim: [3],
      ratio: 0.5,
      big: 2 ** 40,
      flags: [true, false, null],
      optimizer: "torch.optim.adam.Adam",
    });
    expect(Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, data]))).toEqual(fixtures.state);
  });
});

describe("writeTorchFile", () => {
  test("writes what withTorchFile reads", async () => {
    const content: WritableValue = {
      text: 'é "quoted"',
      numbers: [0, -1, 255, 70_000, -2147483648, 2147483648, 0.1, 1e300],
      flags: [true, false, null],
      tuple: new Tuple([3, new Tuple([])]),
      empty: {},
      weights: new Map<string, WritableValue>([
        ["a", { data: Float32Array.of(1.5, -2, 3, 4, 5, 6), shape: [2, 3] }],
        ["scalar", { data: Float64Array.of(Math.PI), shape: [] }],
        ["b", { data: Int32Array.of(-7), shape: [1] }],
      ]),
    };
    await writeTorchFile(path, content);
    expect(await readAll()).toEqual({
      ...content,
      tuple: [3, []],
      weights: {
        a: { dtype: "float32", shape: [2, 3], data: [1.5, -2, 3, 4, 5, 6] },
        scalar: { dtype: "float64", shape: [], data: [Math.PI] },
        b: { dtype: "int32", shape: [1], data: [-7] },
      },
    });
  });

  test("gives the same bytes twice, and puts the numbers on multiples of 64 bytes, as PyTorch does", async () => {
    const content = { w: { data: Float32Array.of(12345), shape: [1] } };
    await writeTorchFile(path, content);
    const bytes = readFileSync(path);
    await writeTorchFile(path, content);
    expect(readFileSync(path)).toEqual(bytes);
    expect(bytes.indexOf(Buffer.from(content.w.data.buffer)) % 64).toBe(0);
  });
});

describe("withTorchFile refuses", () => {
  test.each<[FixtureName, RegExp]>([
    ["module", /the Python object torch\.nn\.modules\.container\.Sequential/],
    ["before 1.6", /PyTorch before 1\.6/],
  ])("%s", async (name, message) => {
    writeFileSync(path, fixture(name));
    const error = await caught(readAll);
    expect([error.tag, error.got]).toEqual(["FormatError", expect.stringMatching(message)]);
  });

  test("an archive of NumPy, and a text", async () => {
    writeFileSync(path, "no archive at all");
    expect((await caught(readAll)).got).toBe("17 bytes of another format");
  });

  const pickle = (text: string) => Buffer.from(`\x80\x02${text}`, "latin1");
  test.each<[string, string, RegExp]>([
    ["a call of the shell", "cos\nsystem\n(X\x04\0\0\0exittR.", /Python object os\.system/],
    ["eval by another door", "c__builtin__\neval\n.", /Python object __builtin__\.eval/],
    ["eval by its name on the stack", "\x8c\x08builtins\x8c\x04eval\x93.", /Python object builtins\.eval/],
    ["an attribute of a class that is allowed", "ccollections\nOrderedDict.__init__\n.", /OrderedDict\.__init__/],
    ["a name of every object", "cconstructor\nx\n.", /constructor\.x/],
    ["an unknown instruction", "\xff.", /instruction 0xff/],
    ["an instruction for objects of other classes", "(i", /instruction 0x69/],
    ["an end before the end", "X\x04\0\0\0ab", /bytes of pickle/],
    ["a text longer than all memory", "\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab.", /bytes of pickle/],
    ["nothing", ".", /empty stack/],
    ["two values", "NN.", /no single value/],
    ["a mark as result", "(.", /no single value/],
    ["a function as result", "ccollections\nOrderedDict\n.", /no single value/],
    ["items without a mark", "}u.", /without a mark/],
    ["half a pair", "}(Nu.", /no dictionary/],
    ["items for a number", "K\x01(Ne.", /no list/],
    ["a value that was never remembered", "h\x05.", /no value number 5/],
    ["a storage without a type", "(X\x07\0\0\0storageNNNNtQ.", /storage without type/],
    ["a whole number of 255 bytes", `\x8a\xff${"\x01".repeat(255)}.`, /beyond 2\^53/],
    ["a tensor beyond its storage", tensorPickle(4, 3, 2), /_rebuild_tensor_v2 with wrong arguments/],
    ["a tensor of no storage", "ctorch._utils\n_rebuild_tensor_v2\n)R.", /_rebuild_tensor_v2 with wrong/],
  ])("%s", async (_, text, message) => {
    const error = await caught(() => readPickle(pickle(text), "x.pt"));
    expect([error.tag, error.got]).toEqual(["FormatError", expect.stringMatching(message)]);
  });

  test("a tensor whose repeated numbers would fill the memory, when it is read", async () => {
    const huge = readPickle(pickle(tensorPickle(4, 2 ** 31 - 1, 0)), "x.pt");
    expect(huge).toBeInstanceOf(TorchTensor); // a number repeated with stride 0 needs no storage
    await writeTorchFile(path, { w: { data: Float32Array.of(1), shape: [1] } });
    const error = await caught(() =>
      withTorchFile(path, ({ content, read }) => {
        const { storage } = (content as Map<TorchValue, TorchTensor>).get("w") as TorchTensor;
        return read(new TorchTensor(storage, 0, [2 ** 40], [0]));
      }),
    );
    expect(error.tag).toBe("MemoryError");
  });
});

/** A pickle of a tensor of 2^n... numbers: `size` numbers `stride` apart in a storage of `count`. */
function tensorPickle(count: number, size: number, stride: number): string {
  const int = (n: number) => `J${String.fromCharCode(n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255)}`;
  const storage = `(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpu${int(count)}tQ`;
  const shape = `(${int(size)}t(${int(stride)}t`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${int(0)}${shape}\x89NtR.`;
}

describe("damage", () => {
  const MUTANTS = 250;
  test(`of ${MUTANTS} damaged files of PyTorch every one is refused or read right`, async () => {
    const whole = fixture("meta");
    writeFileSync(path, whole);
    const right = await readAll();
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < MUTANTS; seed++) {
      const random = createRandom(seed);
      const copy = Buffer.from(whole);
      for (let flips = 1 + random.integer(3); flips > 0; flips--)
        copy[random.integer(copy.length)] ^= 1 << random.integer(8);
      writeFileSync(path, random.uniform() < 0.1 ? copy.subarray(0, random.integer(copy.length)) : copy);
      const outcome = await readAll().catch((error: { tag?: string }) => error.tag ?? error);
      if (typeof outcome !== "string") expect(outcome, `seed ${seed}`).toEqual(right);
      const name = typeof outcome === "string" ? outcome : "right";
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(Object.keys(counts).sort()).toEqual(["FormatError", "right"]);
    expect(counts.FormatError).toBeGreaterThan(MUTANTS / 4); // the padding of the archive is larger than its content
  });

  test(`of ${MUTANTS} damaged pickles none ends in a crash or a hang`, async () => {
    await writeTorchFile(path, { a: [1, new Tuple([2])], w: { data: new Float32Array(6), shape: [2, 3] } });
    const bytes = readFileSync(path);
    const start = bytes.indexOf(Buffer.of(0x80, 2));
    const whole = bytes.subarray(start, bytes.indexOf(Buffer.from("tRu."), start) + 4);
    expect(readPickle(whole, "x")).toBeInstanceOf(Map);
    for (let seed = 0; seed < MUTANTS; seed++) {
      const random = createRandom(seed);
      const copy = Buffer.from(whole);
      for (let flips = 1 + random.integer(4); flips > 0; flips--)
        copy[random.integer(copy.length)] = random.integer(256);
      try {
        readPickle(copy, "x");
      } catch (error) {
        expect((error as { tag?: string }).tag, `seed ${seed}: ${error}`).toBe("FormatError");
      }
    }
  });
});
