import { SpecbookError } from "../../core/errors";
import type { ByteCursor } from "../byte-cursor";
import { decodeText } from "../text";
import { decodeNumber, type Encoding, parseEncoding, sizeOf } from "./tag-values";

/** A group of tags by name; entries without a name are called by their place: "0", "1", ... */
export interface TagGroup {
  readonly kind: "group";
  readonly entries: ReadonlyMap<string, Tag>;
}

/** An array, left in the file. */
export interface TagArray {
  readonly kind: "array";
  /** How one element is written. */
  readonly of: Encoding;
  readonly count: number;
  /** Byte of the file at which it begins. */
  readonly position: number;
  /** The numbers of a short array. */
  readonly values?: readonly number[];
}

/** A number, a text, the numbers of a struct, an array or a group. */
export type Tag = number | string | readonly number[] | TagArray | TagGroup;

/** The tags of a file, and how its numbers are written. */
export interface TagTree {
  readonly version: 3 | 4;
  readonly littleEndian: boolean;
  readonly root: TagGroup;
}

const DEEPEST = 64;
/** A hundred times what files of today have; with the next two the time and memory for the largest file are bounded. */
const MOST_TAGS = 250_000;
const LONGEST_LIST = 4_096;
const MOST_NUMBERS = 4_000_000;
/** Bytes of the texts (16-bit letters) and of other arrays that are kept. */
const LONGEST_TEXT = 2 ** 16;
const LONGEST_KEPT = 2 ** 10;

/**
 * Reads the tags of a DM3 or DM4 file. Lengths and kinds are big-endian, 32 bits in DM3 and 64 in DM4; the values are
 * in the order that the header names. The data of images are left where they are.
 *
 * @throws FormatError where lengths run over the file or a kind is unknown.
 */
export async function readTagTree(cursor: ByteCursor, path: string): Promise<TagTree> {
  const version = (await cursor.take(4)).readInt32BE();
  if (version !== 3 && version !== 4) throw damaged(path, 0, `version ${version}`, "version 3 or 4");
  cursor.skip(version === 3 ? 4 : 8); // the length of the file, which wraps around in large DM3 files
  const order = (await cursor.take(4)).readInt32BE();
  if (order !== 0 && order !== 1) throw damaged(path, cursor.position() - 4, `byte order ${order}`, "0 or 1");
  const littleEndian = order === 1;
  return {
    version,
    littleEndian,
    root: await readGroup({ cursor, path, version, littleEndian, tags: 0, described: 0, kept: 0 }, 0),
  };
}

interface Walk {
  readonly cursor: ByteCursor;
  readonly path: string;
  readonly version: 3 | 4;
  readonly littleEndian: boolean;
  /** Tags seen so far, numbers that described values, and numbers of short arrays that were kept. */
  tags: number;
  described: number;
  kept: number;
}

const GROUP = 20;
const VALUE = 21;

async function readGroup(walk: Walk, depth: number): Promise<TagGroup> {
  const { cursor, path } = walk;
  if (depth > DEEPEST) throw damaged(path, cursor.position(), `groups ${depth} deep`, `at most ${DEEPEST}`);
  cursor.skip(2); // "is sorted", "is open"
  const count = await readLength(walk);
  walk.tags += count;
  // A tag takes three bytes at least.
  if (walk.tags > MOST_TAGS || 3 * count > cursor.left()) {
    throw damaged(path, cursor.position(), `a group of ${count} tags`, `at most ${MOST_TAGS} tags, all in the file`);
  }
  const entries = new Map<string, Tag>();
  for (let place = 0; place < count; place++) {
    const at = cursor.position();
    const header = await cursor.take(3);
    const kind = header[0];
    const nameLength = header.readUInt16BE(1);
    const name = nameLength === 0 ? String(place) : decodeText(await cursor.take(nameLength));
    const length = walk.version === 4 ? await readLength(walk) : 0;
    const end = length === 0 ? undefined : cursor.position() + length;
    if (kind === GROUP) entries.set(name, await readGroup(walk, depth + 1));
    else if (kind === VALUE) entries.set(name, await readValue(walk));
    else throw damaged(path, at, `a tag of kind ${kind}`, `${GROUP} (group) or ${VALUE} (value)`);
    if (end !== undefined && end !== cursor.position()) {
      throw damaged(path, at, `tag "${name}" ends at byte ${cursor.position()}`, `its end at byte ${end}, as it says`);
    }
  }
  return { kind: "group", entries };
}

async function readLength(walk: Walk): Promise<number> {
  return (await readLengths(walk, 1))[0];
}

async function readLengths({ cursor, version, path }: Walk, count: number): Promise<number[]> {
  const at = cursor.position();
  const width = version === 3 ? 4 : 8;
  const bytes = await cursor.take(count * width);
  const values = Array.from({ length: count }, (_, i) =>
    version === 3 ? bytes.readInt32BE(i * width) : Number(bytes.readBigInt64BE(i * width)),
  );
  const wrong = values.find((value) => value < 0 || !Number.isSafeInteger(value));
  if (wrong === undefined) return values;
  throw damaged(path, at, `a length of ${wrong}`, "a length within the file");
}

async function readValue(walk: Walk): Promise<Tag> {
  const { cursor, path, littleEndian } = walk;
  const at = cursor.position();
  const mark = (await cursor.take(4)).toString("latin1");
  if (mark !== "%%%%") throw damaged(path, at, `${JSON.stringify(mark)} before a value`, '"%%%%"');
  const length = await readLength(walk);
  if (length < 1 || length > LONGEST_LIST) {
    throw damaged(path, at, `a value described by ${length} numbers`, `1 to ${LONGEST_LIST}`);
  }
  const list = await readLengths(walk, length);
  walk.described += length;
  if (walk.described > MOST_NUMBERS) {
    throw damaged(path, at, `tags described by ${walk.described} numbers`, `at most ${MOST_NUMBERS}`);
  }
  const encoding = parseEncoding(list, littleEndian);
  if (encoding === undefined) {
    throw damaged(path, at, `a value of kind ${list.slice(0, 8).join(", ")}`, "a number, struct, text or array");
  }
  const size = sizeOf(encoding);
  if (encoding.kind === "array") {
    const { of, count } = encoding;
    const position = cursor.position();
    const isText = of.kind === "number" && of.type.kind === "uint" && of.type.bytes === 2;
    const isShort = size <= (isText ? LONGEST_TEXT : LONGEST_KEPT) && walk.kept + count <= MOST_NUMBERS;
    const isKept = of.kind === "number" && isShort;
    if (isKept) walk.kept += count;
    if (!isKept) cursor.skip(size);
    const values = isKept ? numbersOf(await cursor.take(size), new Array(count).fill(of.type)) : undefined;
    return { kind: "array", of, count, position, ...(values === undefined ? {} : { values }) };
  }
  if (size > LONGEST_TEXT) {
    cursor.skip(size);
    return `[${size} bytes]`;
  }
  const bytes = await cursor.take(size);
  if (encoding.kind === "text") return decodeText(bytes);
  return encoding.kind === "number" ? decodeNumber(bytes, 0, encoding.type) : numbersOf(bytes, encoding.fields);
}

function numbersOf(bytes: Buffer, types: readonly Parameters<typeof decodeNumber>[2][]): number[] {
  let at = 0;
  return types.map((type) => {
    const value = decodeNumber(bytes, at, type);
    at += type.bytes;
    return value;
  });
}

function damaged(path: string, at: number, got: string, needed: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is damaged, or no DigitalMicrograph file`, {
    got: `${got} at byte ${at}`,
    needed,
    remedy: "copy or download the file again; if DigitalMicrograph opens it, save it again from there",
  });
}
