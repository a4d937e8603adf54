import { axisValues } from "../../data/axis";
import { writeZip, type ZipPart } from "../zip-writer";
import type { WriteOptions } from "./hspy";
import { toJson } from "./provenance";
import { linkName, type SavedArray, scaleNames } from "./saved-array";

/**
 * Writes a NumPy archive: `<name>` is the array, `<name>.<axis>` the values along each axis (float64), and `<name>.info`
 * the JSON text of its axes, metadata and history as bytes: in Python `json.loads(bytes(archive["spectra.info"]))`.
 */
export async function writeNpz(path: string, arrays: readonly SavedArray[], options: WriteOptions): Promise<void> {
  const parts = arrays.flatMap((array): ZipPart[] => {
    const name = linkName(array.name);
    const { axes, quantity, history, metadata } = array;
    const names = scaleNames(axes, "info"); // <name>.info is taken
    const info = new TextEncoder().encode(toJson({ axes, quantity, history, metadata }));
    return [
      part(
        name,
        array.data,
        axes.map(({ size }) => size),
      ),
      ...axes.map((axis, i) => part(`${name}.${names[i]}`, axisValues(axis), [axis.size])),
      part(`${name}.info`, info, [info.length]),
    ];
  });
  const remedy = "save it as .hspy or .h5, which have no such limit";
  await writeZip(path, parts, { deflate: options.gzip ?? false, signal: options.signal, remedy });
}

function part(name: string, data: Float32Array | Float64Array | Uint8Array, shape: readonly number[]): ZipPart {
  return { name: `${name}.npy`, bytes: npyBytes(data, shape) };
}

/** An array in NumPy's own format (NumPy enhancement proposal 1, version 1.0), little-endian, row-major. */
export function npyBytes(data: Float32Array | Float64Array | Uint8Array, shape: readonly number[]): Uint8Array {
  const type = data instanceof Uint8Array ? "|u1" : data instanceof Float32Array ? "<f4" : "<f8";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const fields = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = 64 * Math.ceil((fields.length + 11) / 64) - 10; // NumPy lets the data begin on a multiple of 64
  const header = `${fields.padEnd(length - 1)}\n`;
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  const numbers = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([start, Buffer.from(header, "latin1"), numbers]);
}
