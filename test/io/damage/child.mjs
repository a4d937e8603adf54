/**
 * Reads damaged copies of one file, one after the other, and prints a line of JSON about each:
 *
 *     node child.mjs FILE SCRATCH FIRST END OPTIONS
 *
 * Copy n is damaged by the seeded generator, so that every failure can be made again. The largest single allocation is
 * watched, because memory that is asked for and never touched does not show in the size of the process.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRandom } from "../../../dist/core/index.js";
import { read } from "../../../dist/io/index.js";

const [file, scratch, first, end, options] = process.argv.slice(2);
const whole = readFileSync(file);

let largest = 0;
for (const name of [
  "ArrayBuffer",
  "Float32Array",
  "Float64Array",
  "Uint8Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
]) {
  const original = globalThis[name];
  const size = original.BYTES_PER_ELEMENT ?? 1;
  globalThis[name] = new Proxy(original, {
    construct(target, args, newTarget) {
      if (typeof args[0] === "number") largest = Math.max(largest, size * args[0]);
      return Reflect.construct(target, args, newTarget === globalThis[name] ? target : newTarget);
    },
  });
}
for (const name of ["alloc", "allocUnsafe"]) {
  const original = Buffer[name];
  Buffer[name] = (size, ...rest) => {
    largest = Math.max(largest, size);
    return original.call(Buffer, size, ...rest);
  };
}

const DAMAGES = {
  flip: (bytes, random) => {
    for (let n = 1 + random.integer(8); n > 0; n--) bytes[place(bytes, random)] ^= 1 << random.integer(8);
    return bytes;
  },
  overwrite: (bytes, random) => {
    for (let n = 1 + random.integer(4); n > 0; n--) bytes[place(bytes, random)] = random.integer(256);
    return bytes;
  },
  truncate: (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  splice: (bytes, random) => {
    const [from, to] = [place(bytes, random), place(bytes, random)];
    bytes.copy(bytes, to, from, Math.min(bytes.length, from + 1 + random.integer(256)));
    return bytes;
  },
  enlarge: (bytes, random) => {
    const numbers = [0xff, 0x7f, 0x80, 0x01];
    const at = place(bytes, random);
    const length = [2, 4, 8][random.integer(3)];
    const [fill, edge] = [random.integer(2) ? 0xff : 0x00, numbers[random.integer(4)]];
    bytes.fill(fill, at, Math.min(bytes.length, at + length));
    bytes[Math.min(bytes.length - 1, random.integer(2) ? at : at + length - 1)] = edge;
    return bytes;
  },
  duplicate: (bytes, random) => {
    const [from, to] = [place(bytes, random), place(bytes, random)];
    const block = bytes.subarray(from, from + 1 + random.integer(512));
    return Buffer.concat([bytes.subarray(0, to), block, bytes.subarray(to)]);
  },
  erase: (bytes, random) => {
    const from = place(bytes, random);
    return bytes.fill(0, from, Math.min(bytes.length, from + 1 + random.integer(64)));
  },
};
const KINDS = Object.keys(DAMAGES);

/** Half of the damage goes to the beginning, where most formats keep their sizes. */
function place(bytes, random) {
  return random.integer(random.uniform() < 0.5 ? Math.min(1024, bytes.length) : bytes.length);
}

/** What must not change unnoticed: shapes, numbers, and the calibration of the axes. */
const facts = (signals) =>
  JSON.stringify(
    signals.map(({ data, shape, axes }) => [
      shape,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
      Object.values(axes).map(({ offset, scale, units }) => [offset, scale, units]),
    ]),
  );

async function outcome(path) {
  try {
    return { facts: facts(await read(path, JSON.parse(options))) };
  } catch (error) {
    return typeof error?.tag === "string"
      ? { tag: error.tag }
      : { broken: String(error?.stack ?? error).slice(0, 600) };
  }
}

const openFiles = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
writeFileSync(scratch, whole);
const right = (await outcome(scratch)).facts;
console.log(JSON.stringify({ ready: right !== undefined }));
await outcome(scratch);
const before = openFiles(); // with those that Node itself opens for printing
for (let seed = Number(first); seed < Number(end); seed++) {
  const random = createRandom(seed);
  const kind = KINDS[random.integer(KINDS.length)];
  const copy = DAMAGES[kind](Buffer.from(whole), random);
  const path = scratch.replace("mutant", `mutant-${seed}`); // HDF5 knows a file again that it could not close
  writeFileSync(path, copy);
  largest = 0;
  const begin = performance.now();
  const found = await outcome(path);
  const result =
    found.facts === undefined ? found : { read: copy.equals(whole) || found.facts === right ? "right" : "other" };
  const seconds = (performance.now() - begin) / 1000;
  rmSync(path);
  console.log(JSON.stringify({ seed, kind, ...result, seconds, largest, leaked: openFiles() - before }));
}
