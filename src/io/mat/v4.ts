import type { NumberType } from "../number-types";
import { damaged, type MatBytes } from "./bytes";
import { MatBudget, type MatVariable } from "./variables";

const HEADER = 20;
const LONGEST_NAME = 64;

const TYPES: readonly (readonly [NumberType["kind"], NumberType["bytes"], string])[] = [
  ["float", 8, "double"],
  ["float", 4, "single"],
  ["int", 4, "int32"],
  ["int", 2, "int16"],
  ["uint", 2, "uint16"],
  ["uint", 1, "uint8"],
];

/** The header of a variable of version 4: five numbers and a name. */
interface Header {
  readonly littleEndian: boolean;
  readonly type: (typeof TYPES)[number];
  /** 0: full numbers, 1: text, 2: sparse. */
  readonly content: number;
  readonly shape: readonly [number, number];
  readonly isComplex: boolean;
  readonly nameLength: number;
}

/**
 * Reads the header of a variable ("MAT-File Format", Level 4): the first number, written in decimal, tells byte order,
 * storage and content. undefined where the bytes are not one, which is also how these files, that have no signature,
 * are recognised.
 */
export function parseV4Header(bytes: Uint8Array): Header | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const littleEndian = view.getUint32(0, true) < 5000;
  const code = view.getUint32(0, littleEndian);
  const [order, reserved, storage, content] = [1000, 100, 10, 1].map((place) => Math.floor(code / place) % 10);
  const [rows, columns, imaginary, nameLength] = [4, 8, 12, 16].map((at) => view.getUint32(at, littleEndian));
  const isKnown = order === (littleEndian ? 0 : 1) && reserved === 0 && TYPES[storage] !== undefined && content < 3;
  const isPossible = code < 5000 && imaginary < 2 && nameLength > 1 && nameLength <= LONGEST_NAME;
  if (!isKnown || !isPossible || rows >= 2 ** 31 || columns >= 2 ** 31) return undefined;
  const type = TYPES[storage];
  return { littleEndian, type, content, shape: [rows, columns], isComplex: imaginary === 1, nameLength };
}

/** True where a file begins with a variable that it can hold. */
export function beginsAsV4(start: Uint8Array, size: number): boolean {
  const header = parseV4Header(start);
  if (header === undefined) return false;
  const name = Buffer.from(start.subarray(HEADER, HEADER + header.nameLength)).toString("latin1");
  return /^[A-Za-z]\w*\0+$/.test(name) && HEADER + header.nameLength + bytesOf(header) <= size;
}

function bytesOf({ shape, type, isComplex }: Header): number {
  return shape[0] * shape[1] * type[1] * (isComplex ? 2 : 1);
}

/** The numeric variables of a MAT-file of version 4. */
export async function findV4Variables(file: MatBytes, path: string): Promise<MatVariable[]> {
  const found: MatVariable[] = [];
  const budget = new MatBudget();
  for (let at = 0; at < file.size; ) {
    const header = at + HEADER > file.size ? undefined : parseV4Header(await file.read(at, HEADER));
    const start = at + HEADER + (header?.nameLength ?? 0);
    if (header === undefined || start + bytesOf(header) > file.size || !budget.allows(0)) {
      throw damaged(path, `no variable at byte ${at} of ${file.size} that fits in`);
    }
    const name = Buffer.from(await file.read(at + HEADER, header.nameLength)).toString("latin1");
    const [kind, bytes, className] = header.type;
    const { shape, content, littleEndian } = header;
    const half = shape[0] * shape[1] * bytes;
    if (content !== 1 && (content === 2 || half > 0)) {
      const part = (position: number) => ({ at: position, storage: { kind, bytes, littleEndian } });
      found.push({
        path: name.replace(/\0.*$/s, ""),
        shape,
        className: content === 2 ? "sparse" : className,
        ...(content === 2 ? {} : { real: part(start) }),
        ...(content === 0 && header.isComplex ? { imaginary: part(start + half) } : {}),
        isPacked: false,
        open: async () => file,
      });
    }
    at = start + bytesOf(header);
  }
  return found;
}
