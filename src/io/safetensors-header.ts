import { SpecbookError } from "../core/errors";
import type { NumberType } from "./number-types";

/** One tensor of a file: its type, shape, and the bytes it takes, counted from the start of the data. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What the header of a .safetensors file says. */
export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of the longest header that is read; that of a network of ten thousand tensors takes one. */
export const LONGEST_TENSOR_HEADER = 2 ** 24;

/** Types that are read, as numbers or, for bfloat16, by their own way. */
export const TENSOR_TYPES: Readonly<Record<string, NumberType & { readonly bfloat?: true }>> = {
  F64: { kind: "float", bytes: 8, littleEndian: true },
  F32: { kind: "float", bytes: 4, littleEndian: true },
  F16: { kind: "float", bytes: 2, littleEndian: true },
  BF16: { kind: "float", bytes: 2, littleEndian: true, bfloat: true },
  I64: { kind: "int", bytes: 8, littleEndian: true },
  I32: { kind: "int", bytes: 4, littleEndian: true },
  U8: { kind: "uint", bytes: 1, littleEndian: true },
};

const DEEPEST = 3; // the header, a tensor in it, the tensor's shape

/**
 * Reads the JSON header of a .safetensors file and checks that its tensors fill `dataBytes` exactly: none beyond the
 * end, none over another, no gap between them.
 */
export function parseTensorHeader(header: Uint8Array, dataBytes: number, path: string): SafetensorsHeader {
  const { __metadata__: texts, ...tensors } = parseJson(header, path);
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value, path));
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      const what = entry.begin < end ? "lies over another" : "leaves a gap before it";
      throw wrong(path, `tensor "${entry.name}" ${what}: it begins at ${entry.begin}`, `a beginning at ${end}`);
    }
    end = entry.end;
  }
  if (end !== dataBytes) throw wrong(path, `${dataBytes} bytes of data`, `the ${end} bytes that its tensors take`);
  return { entries, metadata: parseMetadata(texts, path) };
}

function parseJson(header: Uint8Array, path: string): Record<string, unknown> {
  checkDepth(header, path);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch (cause) {
    throw wrong(path, "a header that is not JSON", "the header as safetensors writes it", cause);
  }
  if (!isRecord(value)) throw wrong(path, "a header that is no JSON object", "an object with a name for each tensor");
  return value;
}

/** Refuses nesting before JSON.parse sees it: a header of nothing but brackets would fill the memory. */
function checkDepth(header: Uint8Array, path: string): void {
  const [quote, backslash, open, close, openList, closeList] = Buffer.from('"\\{}[]');
  let depth = 0;
  let inText = false;
  for (let i = 0; i < header.length; i++) {
    const byte = header[i];
    if (inText) {
      if (byte === backslash) i++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === open || byte === openList) depth++;
    else if (byte === close || byte === closeList) depth--;
    if (depth > DEEPEST) throw wrong(path, `a header nested ${depth} deep`, `${DEEPEST} levels at most`);
  }
}

function parseEntry(name: string, value: unknown, path: string): TensorEntry {
  const refuse = (got: string, needed: string) => wrong(path, `tensor "${name}" with ${got}`, needed);
  if (!isRecord(value)) throw refuse(`the entry ${brief(value)}`, "dtype, shape and data_offsets");
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(TENSOR_TYPES, dtype)) {
    throw refuse(`dtype ${brief(dtype)}`, `one of ${Object.keys(TENSOR_TYPES).join(", ")}`);
  }
  if (!isCounts(shape) || shape.length > 32) throw refuse(`shape ${brief(shape)}`, "at most 32 whole numbers");
  if (!isCounts(offsets) || offsets.length !== 2) throw refuse(`data_offsets ${brief(offsets)}`, "[begin, end]");
  const bytes = shape.reduce((a, b) => a * b, TENSOR_TYPES[dtype].bytes);
  const [begin, end] = offsets;
  if (end - begin !== bytes) {
    throw refuse(`${end - begin} bytes`, `${bytes} bytes for shape [${shape.join(", ")}] of ${dtype}`);
  }
  return { name, dtype, shape, begin, end };
}

function parseMetadata(texts: unknown, path: string): Record<string, string> {
  if (texts === undefined) return {};
  if (!isRecord(texts)) throw wrong(path, `metadata ${brief(texts)}`, "an object of texts");
  const strange = Object.entries(texts).find(([, text]) => typeof text !== "string");
  if (strange !== undefined) throw wrong(path, `metadata "${strange[0]}" that is no text`, "texts only");
  return texts as Record<string, string>; // every value was found to be a text
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 60)} ...` : text;
}

function wrong(path: string, got: string, needed: string, cause?: unknown): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is not a valid .safetensors file`, {
    got,
    needed,
    remedy: "copy or save the file again: this copy is damaged, or it was written in another format",
    cause,
  });
}
