import { SpecbookError } from "../core/errors";
import { type NumberType, typeName } from "./number-types";

/** What the header of an .npy array says, and where its data begin. */
export interface NpyHeader {
  readonly type: NumberType;
  /** Complex numbers are pairs of real ones, along a last axis of two. */
  readonly isComplex: boolean;
  /** Colours (records of R, G, B and perhaps A of one type, as HyperSpy writes) lie along a last axis of 3 or 4. */
  readonly isColour: boolean;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly dataOffset: number;
}

/** The name numpy gives the type of the elements. */
export function elementName({ type, isComplex }: Pick<NpyHeader, "type" | "isComplex">): string {
  return isComplex ? `complex${16 * type.bytes}` : typeName(type);
}

/** Bytes that hold every header we accept; numpy itself refuses text beyond 10,000 characters. */
export const LONGEST_HEADER = 65536;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/**
 * Reads the header of an .npy array (NumPy enhancement proposal 1, versions 1.0 to 3.0) from its first bytes and checks
 * that `size` bytes hold exactly the array it announces. `name` is for the message.
 */
export function parseNpyHeader(start: Uint8Array, size: number, name: string): NpyHeader {
  if (start.length < 10 || MAGIC.some((byte, i) => start[i] !== byte)) {
    throw wrong(name, "no NumPy signature at its beginning", "an array written by numpy.save");
  }
  const version = start[6];
  if (version < 1 || version > 3) throw wrong(name, `format version ${version}.${start[7]}`, "version 1, 2 or 3");
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const textOffset = version === 1 ? 10 : 12;
  if (start.length < textOffset) throw wrong(name, `${size} bytes`, "a complete header");
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = textOffset + length;
  if (dataOffset > LONGEST_HEADER) throw wrong(name, `a header of ${length} bytes`, `at most ${LONGEST_HEADER} bytes`);
  if (dataOffset > start.length) throw wrong(name, `a header of ${length} bytes in ${size} bytes`, "a complete header");
  const header = parseText(new TextDecoder().decode(start.subarray(textOffset, dataOffset)), name);
  const bytes = header.shape.reduce((a, b) => a * b, header.type.bytes);
  if (bytes !== size - dataOffset) {
    throw wrong(
      name,
      `${size - dataOffset} bytes of data`,
      `${bytes} bytes for shape ${header.shape.join(" x ")} of ${header.type.bytes} bytes each`,
    );
  }
  return { ...header, dataOffset };
}

function parseText(text: string, name: string): Omit<NpyHeader, "dataOffset"> {
  const descr = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (descr === null || order === null || shape === null) {
    throw wrong(name, `the header ${text.slice(0, 80).trim()}`, "descr, fortran_order and shape");
  }
  const sizes = shape[1].split(",").flatMap((part) => (part.trim() === "" ? [] : [Number.parseInt(part, 10)]));
  if (sizes.length > 32 || !Number.isSafeInteger(sizes.reduce((a, b) => a * b, 8))) {
    throw wrong(name, `shape (${shape[1]})`, "at most 32 axes and 2^53 bytes");
  }
  const colours = descr[2] === "[" ? colourTypes(text) : [];
  const { isComplex, ...type } = parseType(colours[0] ?? descr[1] ?? "a structured type", name);
  return {
    type,
    isComplex,
    isColour: colours.length > 0,
    shape: isComplex ? [...sizes, 2] : colours.length > 0 ? [...sizes, colours.length] : sizes,
    fortranOrder: order[1] === "True",
  };
}

/** The types of the parts of a colour, all of them one; empty for other records. */
function colourTypes(text: string): string[] {
  const list = /['"]descr['"]\s*:\s*\[([^\]]{0,200})\]/.exec(text)?.[1] ?? "";
  const parts = [...list.matchAll(/\(\s*['"](\w+)['"]\s*,\s*['"]([<>|=]?[fiu]\d)['"]\s*\)/g)];
  const isColour = ["RGB", "RGBA"].includes(parts.map(([, letter]) => letter).join(""));
  const types = parts.map(([, , type]) => type);
  return isColour && list.split("(").length - 1 === parts.length && new Set(types).size === 1 ? types : [];
}

const KINDS: Readonly<Record<string, NumberType["kind"]>> = { f: "float", c: "float", i: "int", u: "uint", b: "bool" };

function parseType(descr: string, name: string): NumberType & { isComplex: boolean } {
  const match = /^([<>|=]?)(f[248]|[iu][1248]|b1|c8|c16)$/.exec(descr);
  if (match === null) {
    throw new SpecbookError("FormatError", `"${name}" does not hold plain numbers`, {
      got: `elements of type ${descr}`,
      needed: "numbers (float16/32/64, int8 to int64, uint8 to uint64, complex64/128) or bool",
      remedy: 'save its parts as arrays of their own, e.g. numpy.save(name, table["intensity"])',
    });
  }
  const isComplex = match[2][0] === "c";
  const bytes = (Number(match[2].slice(1)) / (isComplex ? 2 : 1)) as NumberType["bytes"]; // the pattern admits no others
  return { kind: KINDS[match[2][0]], bytes, littleEndian: match[1] !== ">", isComplex };
}

function wrong(name: string, got: string, needed: string): SpecbookError {
  return new SpecbookError("FormatError", `"${name}" is not a complete NumPy array`, {
    got,
    needed,
    remedy: "write the file again with numpy.save or numpy.savez, or copy it again: it is damaged or something else",
  });
}
