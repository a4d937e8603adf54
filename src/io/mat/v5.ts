import { decodeNumbers } from "../number-types";
import {
  COMPRESSED,
  damaged,
  elementAt,
  MATRIX,
  type MatBytes,
  type MatElement,
  storageOf,
  unpackElement,
} from "./bytes";
import { MatBudget, type MatPart, type MatVariable } from "./variables";

const HEADER = 128;
const CELL = 1;
const STRUCT = 2;
const SPARSE = 5;
/** mxArray classes that hold numbers (table 1-3 of "MAT-File Format"). */
const CLASSES: Readonly<Record<number, string>> = {
  [SPARSE]: "sparse",
  6: "double",
  7: "single",
  8: "int8",
  9: "uint8",
  10: "int16",
  11: "uint16",
  12: "int32",
  13: "uint32",
  14: "int64",
  15: "uint64",
};
const PEEK = 4096;
const LONGEST_NAME = 1024;
const MOST_DIMENSIONS = 32;

/** The numeric arrays of a MAT-file of version 5, 6 or 7, those inside structs and cells too. Texts are left out. */
export async function findVariables(file: MatBytes, path: string): Promise<MatVariable[]> {
  const walk: Walk = { path, found: [], budget: new MatBudget() };
  for (let at = HEADER; at + 8 <= file.size; ) {
    const element = await elementAt(file, at, file.size, path);
    if (element.type === MATRIX) {
      await describe(walk, { source: file, open: async () => file, isPacked: false }, element, undefined, 0);
    } else if (element.type === COMPRESSED) await describePacked(walk, file, element);
    else throw damaged(path, `an element of type ${element.type} among the variables`);
    at = element.next;
  }
  return walk.found;
}

interface Walk {
  readonly path: string;
  readonly found: MatVariable[];
  readonly budget: MatBudget;
}

/** Where an array lies, and how to get there again. */
interface Place extends Pick<MatVariable, "open" | "isPacked"> {
  readonly source: MatBytes;
}

async function describePacked(walk: Walk, file: MatBytes, element: MatElement): Promise<void> {
  const open = () => unpackElement(file, element, walk.path);
  const start = await unpackElement(file, element, walk.path, PEEK);
  const inner = await elementAt(start, 0, start.size, walk.path);
  if (inner.type !== MATRIX) throw damaged(walk.path, `a packed element of type ${inner.type}`);
  const flags = await numbers(start, await elementAt(start, inner.at, start.size, walk.path), 2, walk.path);
  // What lies in structs and cells is found only by unpacking them; of plain arrays the beginning is enough.
  const isNested = [CELL, STRUCT].includes(flags[0] & 0xff);
  await describe(walk, { source: isNested ? await open() : start, open, isPacked: true }, inner, undefined, 0);
}

/** Adds what an array holds to `walk.found`; `name` is that of the place in a struct or cell it was found at. */
async function describe(
  walk: Walk,
  place: Place,
  matrix: MatElement,
  name: string | undefined,
  depth: number,
): Promise<void> {
  if (!walk.budget.allows(depth)) throw tooMany(walk.path);
  if (matrix.bytes === 0) return; // an empty cell
  const { source } = place;
  const { path } = walk;
  const end = matrix.at + matrix.bytes;
  const flagsAt = await elementAt(source, matrix.at, end, path);
  const [flags] = await numbers(source, flagsAt, 2, path);
  const className = CLASSES[flags & 0xff];
  const isNested = [CELL, STRUCT].includes(flags & 0xff);
  if (!isNested && className === undefined) return; // text, a function, an object
  const shapeAt = await elementAt(source, flagsAt.next, end, path);
  const shape = await shapeOf(source, shapeAt, path);
  const nameAt = await elementAt(source, shapeAt.next, end, path);
  const own = name ?? (await nameOf(source, nameAt, path));
  if (isNested) {
    const inside = { walk, place, at: nameAt.next, end, shape, own, depth };
    return (flags & 0xff) === CELL ? describeCell(inside) : describeStruct(inside);
  }
  const common = { path: own, shape, className, open: place.open, isPacked: place.isPacked };
  if ((flags & 0xff) === SPARSE) walk.found.push(common);
  else if (!shape.includes(0))
    walk.found.push({ ...common, ...(await partsOf(place, flags, shape, nameAt.next, end, path)) });
}

const COMPLEX_FLAG = 0x0800;
const LOGICAL_FLAG = 0x0200;

async function partsOf(
  place: Place,
  flags: number,
  shape: readonly number[],
  at: number,
  end: number,
  path: string,
): Promise<Partial<MatVariable>> {
  const real = await elementAt(place.source, at, end, path);
  const parts = { real: partOf(real, place.source, shape, path) };
  if ((flags & LOGICAL_FLAG) !== 0) return { ...parts, className: "logical" };
  if ((flags & COMPLEX_FLAG) === 0) return parts;
  // Of a packed array only the beginning is at hand, and its second part lies behind the first.
  const whole = place.isPacked ? await place.open() : place.source;
  return { ...parts, imaginary: partOf(await elementAt(whole, real.next, end, path), whole, shape, path) };
}

function partOf({ type, at, bytes }: MatElement, source: MatBytes, shape: readonly number[], path: string): MatPart {
  const storage = storageOf(type, source.littleEndian);
  if (storage !== undefined && bytes === shape.reduce((a, b) => a * b, storage.bytes)) return { at, storage };
  throw damaged(path, `${bytes} bytes of type ${type} for ${shape.join(" x ")} numbers`);
}

interface Inside {
  readonly walk: Walk;
  readonly place: Place;
  readonly at: number;
  readonly end: number;
  readonly shape: readonly number[];
  readonly own: string;
  readonly depth: number;
}

async function describeCell({ walk, place, at, end, shape, own, depth }: Inside): Promise<void> {
  const count = shape.reduce((a, b) => a * b, 1);
  let next = at;
  for (let i = 0; i < count; i++) {
    const element = await elementAt(place.source, next, end, walk.path);
    await describe(walk, place, element, `${own}{${i + 1}}`, depth + 1);
    next = element.next;
  }
}

async function describeStruct({ walk, place, at, end, shape, own, depth }: Inside): Promise<void> {
  const { source } = place;
  const lengthAt = await elementAt(source, at, end, walk.path);
  const [length] = await numbers(source, lengthAt, 1, walk.path);
  const namesAt = await elementAt(source, lengthAt.next, end, walk.path);
  if (length < 1 || length > LONGEST_NAME || namesAt.bytes % length !== 0 || namesAt.bytes > 2 ** 20) {
    throw damaged(walk.path, `${own}: field names of ${length} bytes in ${namesAt.bytes}`);
  }
  const text = Buffer.from(await source.read(namesAt.at, namesAt.bytes)).toString("latin1");
  const fields = Array.from({ length: namesAt.bytes / length }, (_, i) =>
    text.slice(i * length, (i + 1) * length).replace(/\0.*$/s, ""),
  );
  const count = fields.length === 0 ? 0 : shape.reduce((a, b) => a * b, 1);
  let next = namesAt.next;
  for (let i = 0; i < count; i++) {
    for (const field of fields) {
      const element = await elementAt(source, next, end, walk.path);
      await describe(walk, place, element, `${count === 1 ? own : `${own}(${i + 1})`}.${field}`, depth + 1);
      next = element.next;
    }
  }
}

async function shapeOf(source: MatBytes, element: MatElement, path: string): Promise<number[]> {
  if (element.bytes > 4 * MOST_DIMENSIONS) throw damaged(path, `an array with ${element.bytes / 4} dimensions`);
  const shape = await numbers(source, element, 2, path);
  if (shape.every((n) => n >= 0) && Number.isSafeInteger(shape.reduce((a, b) => a * b, 8))) return shape;
  throw damaged(path, `an array of ${shape.join(" x ")}`);
}

async function nameOf(source: MatBytes, element: MatElement, path: string): Promise<string> {
  if (element.bytes > LONGEST_NAME) throw damaged(path, `a name of ${element.bytes} bytes`);
  return Buffer.from(await source.read(element.at, element.bytes)).toString("latin1");
}

/** The numbers of a small element, at least `least` of them. */
async function numbers(source: MatBytes, element: MatElement, least: number, path: string): Promise<number[]> {
  const storage = storageOf(element.type, source.littleEndian);
  if (storage === undefined || element.bytes % storage.bytes !== 0 || element.bytes < least * storage.bytes) {
    throw damaged(path, `${element.bytes} bytes of type ${element.type} where ${least} numbers belong`);
  }
  if (element.bytes > PEEK) throw damaged(path, `${element.bytes} bytes where ${least} numbers belong`);
  return [...decodeNumbers(await source.read(element.at, element.bytes), storage)];
}

function tooMany(path: string) {
  return damaged(path, "more arrays, or arrays nested more deeply, than any program writes");
}
