import { LONGEST_HEADER, type NpyHeader, parseNpyHeader } from "./npy-header";
import { decodeNumbers, type NumberArray, typeName } from "./number-types";
import { readExactly, withFile } from "./open-file";

/** An array with its shape, row-major (the last axis runs fastest). */
export interface NumericArray {
  readonly data: NumberArray;
  readonly shape: readonly number[];
  /** The type in the file: "float32", "int64", "bool", ... */
  readonly dtype: string;
}

/**
 * Reads a NumPy array (.npy): real numbers of every size, either byte order, C or Fortran order. The result is always
 * row-major; float16 comes as float32, 64-bit integers as float64 (DataError beyond 2^53), bool as 0 and 1.
 *
 * @example const { data, shape } = await readNpy("maps.npy");
 */
export async function readNpy(path: string): Promise<NumericArray> {
  return withFile(path, async (file, size) => {
    const start = new Uint8Array(Math.min(size, LONGEST_HEADER));
    await readExactly(file, start, 0, path);
    const header = parseNpyHeader(start, size, path);
    const bytes = new Uint8Array(size - header.dataOffset);
    await readExactly(file, bytes, header.dataOffset, path);
    return toArray(bytes, header);
  });
}

/** The array in the bytes of a whole .npy file; its numbers may keep lying in them. `name` is for messages. */
export function parseNpy(bytes: Uint8Array, name: string): NumericArray {
  const header = parseNpyHeader(bytes.subarray(0, LONGEST_HEADER), bytes.length, name);
  return toArray(bytes.subarray(header.dataOffset), header);
}

function toArray(bytes: Uint8Array, { type, shape, fortranOrder }: NpyHeader): NumericArray {
  const data = decodeNumbers(bytes, type);
  const ordered = fortranOrder && shape.length > 1 ? toRowMajor(data, shape) : data;
  return Object.freeze({ data: ordered, shape: Object.freeze([...shape]), dtype: typeName(type) });
}

/** Column-major to row-major: the index of the first axis runs fastest in `data`, slowest in the result. */
function toRowMajor(data: NumberArray, shape: readonly number[]): NumberArray {
  const result = data.slice();
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
