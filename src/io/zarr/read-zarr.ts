import { isSpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import { createPace } from "../../core/pace";
import { type Block, blockSize, eachRow } from "../block";
import type { ReadRequest } from "../drafts";
import { decodeNumbers, type NumberArray } from "../number-types";
import { loadZarrita } from "./codecs";
import { damaged, type ZarrArray } from "./metadata";
import type { ZarrStore } from "./store";

/** One unpacked chunk: its numbers, and how far apart those of neighbouring indices are. */
interface Chunk {
  readonly numbers: NumberArray;
  readonly strides: readonly number[];
}

/** Bytes of chunks that are kept, so that reading row by row does not unpack a chunk for every row of it. */
const KEPT = 2 ** 26;

/** A reader of one array: whole or a block, unpacking only the chunks that are needed. */
export function createZarrReader(store: ZarrStore, array: ZarrArray): (request?: ReadRequest) => Promise<Float32Array> {
  const where = `${store.path}: ${array.path}`;
  const pair = array.isComplex ? [2] : [];
  const shape = [...array.shape, ...pair];
  const chunks = [...array.chunks, ...pair];
  const kept = new Map<string, Chunk>();
  const size = chunks.reduce((a, b) => a * b, 1);
  const most = Math.max(1, Math.floor(KEPT / (size * array.type.bytes)));
  const chunkAt = async (place: readonly number[]): Promise<Chunk> => {
    const key = place.join();
    const found = kept.get(key) ?? (await readChunk(store, array, place, size, where));
    kept.delete(key);
    kept.set(key, found); // the last used comes last
    if (kept.size > most) kept.delete(kept.keys().next().value as string); // there is one, it was put in just now
    return found;
  };
  return async ({ block = { offset: shape.map(() => 0), count: shape }, signal } = {}) => {
    const bytes = 4 * blockSize(block) + 3 * size * array.type.bytes;
    checkMemory(
      bytes,
      `"${where}" (${block.count.join(" x ")}, chunks ${chunks.join(" x ")})`,
      "read a smaller part of it",
    );
    const result = new Float32Array(blockSize(block));
    const pace = createPace(`reading "${where}"`, { signal });
    for (const place of placesOf(block, chunks)) {
      copyChunk(await chunkAt(place), place, chunks, block, result);
      await pace.step();
    }
    return result;
  };
}

async function readChunk(
  store: ZarrStore,
  array: ZarrArray,
  place: readonly number[],
  size: number,
  where: string,
): Promise<Chunk> {
  try {
    const { Array: ChunkedArray } = await loadZarrita();
    const opened = new ChunkedArray(filesOf(store, array), "/", array.forZarrita as never); // checked field by field
    const { data, stride } = await opened.getChunk([...place]);
    const { buffer, byteOffset, byteLength } = data as unknown as Uint8Array; // the stored types are typed arrays
    const numbers = decodeNumbers(new Uint8Array(buffer, byteOffset, byteLength), array.type);
    if (numbers.length !== size) throw damaged(where, `a chunk of ${numbers.length} numbers for ${size}`);
    return { numbers, strides: stride };
  } catch (cause) {
    if (isSpecbookError(cause)) throw cause;
    throw damaged(where, `the chunk at ${place.join(", ")} cannot be unpacked`, cause);
  }
}

/** The store as zarrita asks for it. It must know nothing of the array's path, and of the parts of complex numbers. */
function filesOf(store: ZarrStore, array: ZarrArray) {
  const keyOf = (key: string) => {
    const own = array.isComplex ? key.replace(/[./]0$/, "") : key;
    return (array.path === "" ? own : `${array.path}${own}`).replace(/^\//, "");
  };
  return {
    get: (key: string) => store.get(keyOf(key)),
    getRange: async (key: string, range: { offset: number; length: number } | { suffixLength: number }) => {
      if ("offset" in range) return store.get(keyOf(key), range);
      const size = await store.size(keyOf(key));
      if (size === undefined) return undefined;
      return store.get(keyOf(key), { offset: size - range.suffixLength, length: range.suffixLength });
    },
  };
}

/** The places of the chunks that a block touches. */
function placesOf({ offset, count }: Block, chunks: readonly number[]): number[][] {
  if (count.includes(0)) return [];
  const first = offset.map((from, axis) => Math.floor(from / chunks[axis]));
  const number = offset.map((from, axis) => Math.ceil((from + count[axis]) / chunks[axis]) - first[axis]);
  const found: number[][] = [];
  eachRow({ offset: [...first, 0], count: [...number, 1] }, (index) => found.push(index.slice(0, -1)));
  return found;
}

function copyChunk(
  { numbers, strides }: Chunk,
  place: readonly number[],
  chunks: readonly number[],
  { offset, count }: Block,
  target: Float32Array,
): void {
  const starts = place.map((index, axis) => index * chunks[axis]);
  const from = offset.map((first, axis) => Math.max(first, starts[axis]));
  const to = offset.map((first, axis) => Math.min(first + count[axis], starts[axis] + chunks[axis]));
  const steps = count.map((_, axis) => count.slice(axis + 1).reduce((a, b) => a * b, 1));
  const last = strides[strides.length - 1];
  const run = to[to.length - 1] - from[from.length - 1];
  eachRow({ offset: from, count: to.map((end, axis) => end - from[axis]) }, (index) => {
    let source = 0;
    let goal = 0;
    for (let axis = 0; axis < index.length; axis++) {
      source += (index[axis] - starts[axis]) * strides[axis];
      goal += (index[axis] - offset[axis]) * steps[axis];
    }
    if (last === 1) target.set(numbers.subarray(source, source + run), goal);
    else for (let i = 0; i < run; i++) target[goal + i] = numbers[source + i * last];
  });
}
