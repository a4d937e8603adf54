import type { FileHandle } from "node:fs/promises";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import { blockSize, cutBlock } from "../block";
import { COMPLEX_AXIS, type Draft, type DraftAxis, type ReadRequest } from "../drafts";
import type { FileFormat } from "../format";
import { decodeNumbers } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { fromColumnMajor } from "../permute";
import { readRawArray } from "../raw-array";
import { fileBytes } from "./bytes";
import { beginsAsV4, findV4Variables } from "./v4";
import { findVariables } from "./v5";
import type { MatPart, MatVariable } from "./variables";

/** MATLAB's files up to version 7 (version 7.3 is HDF5), after "MAT-File Format" of MathWorks. */
export const matFormat: FileFormat = {
  name: "MAT (MATLAB 4 to 7)",
  extensions: [".mat"],
  recognises: ({ start, size, isFolder }) => !isFolder && (byteOrder(start) !== undefined || beginsAsV4(start, size)),
  withDrafts: (path, work) =>
    withFile(path, async (file, size) => {
      const start = new Uint8Array(Math.min(size, 128));
      await readExactly(file, start, 0, path);
      const order = byteOrder(start);
      const source = fileBytes(file, size, order !== "big", path);
      const found = order === undefined ? await findV4Variables(source, path) : await findVariables(source, path);
      return work(found.map((variable) => draftOf(file, path, variable, order === undefined ? "4" : "5")));
    }),
};

/** The version and the letters MI, written as one 16-bit number each, end the 128 bytes of the header. */
function byteOrder(start: Uint8Array): "little" | "big" | undefined {
  const mark = [...start.subarray(124, 128)].join();
  return mark === "0,1,73,77" ? "little" : mark === "1,0,77,73" ? "big" : undefined;
}

/** Bare arrays say nothing about their axes: a matrix is an image, everything else is left to the user's options. */
function draftOf(file: FileHandle, path: string, variable: MatVariable, version: string): Draft {
  const { shape, className, imaginary, real } = variable;
  const isComplex = imaginary !== undefined;
  const isImage = shape.length === 2 && shape.every((n) => n > 1) && real !== undefined;
  const axes: DraftAxis[] = shape.map((size, i) => ({
    name: `axis ${i}`,
    size,
    units: "",
    role: isImage ? "scan" : "other",
  }));
  return {
    name: variable.path,
    path: variable.path,
    aliases: [],
    format: "MAT",
    quantity: "",
    axes: isComplex ? [...axes, COMPLEX_AXIS] : axes,
    dtype: isComplex ? (className === "single" ? "complex64" : "complex128") : (DTYPES[className] ?? className),
    bytes: shape.reduce((a, b) => a * b, (real?.storage.bytes ?? 0) + (imaginary?.storage.bytes ?? 0)),
    packing: variable.isPacked ? ["zlib"] : [],
    metadata: { matlabClass: className, matVersion: version },
    read: (request) => readVariable(file, path, variable, request),
    isSeekable: !variable.isPacked,
  };
}

const DTYPES: Readonly<Record<string, string>> = { double: "float64", single: "float32", logical: "bool" };

async function readVariable(
  file: FileHandle,
  path: string,
  variable: MatVariable,
  request: ReadRequest = {},
): Promise<Float32Array> {
  const { shape, real, imaginary } = variable;
  if (real === undefined) throw sparse(path, variable.path);
  if (imaginary === undefined) return readPart(file, path, variable, real, request);
  const { block = { offset: [...shape, 2].map(() => 0), count: [...shape, 2] }, signal } = request;
  const part = { block: { offset: block.offset.slice(0, -1), count: block.count.slice(0, -1) }, signal };
  const [first, count] = [block.offset[shape.length], block.count[shape.length]];
  checkMemory(8 * blockSize(block), `${variable.path} (${block.count.join(" x ")})`, "read a smaller part of it");
  const result = new Float32Array(blockSize(block));
  for (const [place, half] of [real, imaginary].slice(first, first + count).entries()) {
    const numbers = await readPart(file, path, variable, half, part);
    for (let i = 0; i < numbers.length; i++) result[i * count + place] = numbers[i];
  }
  return result;
}

/** Real or imaginary parts. MATLAB's order is that of the reversed shape with the last axis fastest. */
async function readPart(
  file: FileHandle,
  path: string,
  { shape, isPacked, open, path: name }: MatVariable,
  { at, storage }: MatPart,
  { block = { offset: shape.map(() => 0), count: shape }, signal }: ReadRequest,
): Promise<Float32Array> {
  checkMemory(8 * blockSize(block), `${name} (${block.count.join(" x ")})`, "read a smaller part of it");
  const turned = { offset: [...block.offset].reverse(), count: [...block.count].reverse() };
  const reversed = [...shape].reverse();
  if (!isPacked) {
    const array = { offset: at, shape: reversed, type: storage };
    return fromColumnMajor(await readRawArray(file, array, path, { block: turned, signal }), block.count);
  }
  const length = shape.reduce((a, b) => a * b, storage.bytes);
  const numbers = decodeNumbers(await (await open()).read(at, length), storage);
  const floats = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  return fromColumnMajor(cutBlock(floats, reversed, turned), block.count);
}

function sparse(path: string, name: string): SpecbookError {
  return new SpecbookError("FormatError", `${name} in "${path}" is a sparse matrix`, {
    got: "the non-zero elements and their places",
    needed: "a full matrix",
    remedy: `save it full in MATLAB: ${name} = full(${name}); save("name.mat", "${name}")`,
  });
}
