import { basename } from "node:path";
import { SpecbookError } from "../core/errors";
import { type FileFormat, hasExtension } from "./format";
import type { NumberType } from "./number-types";
import { withFile } from "./open-file";
import { rawDraft } from "./raw-draft";
import type { RawLayout } from "./signals";

const EXTENSIONS = [".raw", ".bin", ".dat"];

/** Bare numbers: the user says how they lie, with the option `raw`. */
export const rawFormat: FileFormat = {
  name: "bare numbers (with the option raw)",
  extensions: EXTENSIONS,
  recognises: ({ path, isFolder }) => !isFolder && hasExtension(path, EXTENSIONS),
  withDrafts: (path, work, { raw } = {}) =>
    withFile(path, async (file, size) => {
      if (raw === undefined) throw unknownLayout(path, size);
      const type = checkLayout(raw);
      const { shape, offset = 0 } = raw;
      // As for other bare arrays, two axes are an image, and more are left to the user's options.
      const role = shape.length === 2 ? ("scan" as const) : ("other" as const);
      const name = basename(path).replace(/\.[^.]+$/, "");
      const axes = shape.map((length, i) => ({ name: `axis ${i}`, size: length, units: "", role }));
      return work([rawDraft(file, size, path, { name, format: "raw", axes, array: { offset, shape, type } })]);
    }),
};

const TYPES: Readonly<Record<RawLayout["dtype"], readonly [NumberType["kind"], NumberType["bytes"]]>> = {
  uint8: ["uint", 1],
  uint16: ["uint", 2],
  uint32: ["uint", 4],
  uint64: ["uint", 8],
  int8: ["int", 1],
  int16: ["int", 2],
  int32: ["int", 4],
  int64: ["int", 8],
  float16: ["float", 2],
  float32: ["float", 4],
  float64: ["float", 8],
};

function checkLayout({ shape, dtype, offset = 0, byteOrder = "little" }: RawLayout): NumberType {
  const isShape =
    Array.isArray(shape) &&
    shape.length > 0 &&
    shape.length <= 32 &&
    shape.every((n) => Number.isSafeInteger(n) && n > 0);
  if (!isShape) throw wrongLayout(`raw.shape ${JSON.stringify(shape)}`, "1 to 32 positive whole numbers");
  if (!Object.hasOwn(TYPES, dtype)) {
    throw wrongLayout(`raw.dtype ${JSON.stringify(dtype)}`, `one of ${Object.keys(TYPES).join(", ")}`);
  }
  if (!Number.isSafeInteger(offset) || offset < 0) throw wrongLayout(`raw.offset ${offset}`, "a number of bytes");
  if (byteOrder !== "little" && byteOrder !== "big") {
    throw wrongLayout(`raw.byteOrder ${JSON.stringify(byteOrder)}`, '"little" or "big"');
  }
  const [kind, bytes] = TYPES[dtype];
  return { kind, bytes, littleEndian: byteOrder === "little" };
}

function wrongLayout(got: string, needed: string): SpecbookError {
  return new SpecbookError("OptionError", "the option raw does not describe an array", {
    got,
    needed,
    remedy: 'write { raw: { shape: [ROWS, COLUMNS, CHANNELS], dtype: "uint16", offset: 0, byteOrder: "little" } }',
  });
}

function unknownLayout(path: string, size: number): SpecbookError {
  return new SpecbookError("OptionError", `"${path}" holds bare numbers and does not say how they lie`, {
    got: `${size} bytes without a header that specbook knows`,
    needed: "the shape and the type of the array",
    remedy: `say them: { raw: { shape: [ROWS, COLUMNS, CHANNELS], dtype: "uint16" } }`,
  });
}
