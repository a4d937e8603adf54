import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** An .npy file (version 1.0): `descr` as NumPy writes it, e.g. ">i2"; the bytes are those of the numbers. */
export function writeNpy(
  path: string,
  descr: string,
  shape: readonly number[],
  bytes: Uint8Array,
  options: { fortranOrder?: boolean; totalBytes?: number; position?: number } = {},
): string {
  const { fortranOrder = false, totalBytes = bytes.length, position = 0 } = options;
  const words = `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? "True" : "False"}, 'shape': (${shape.join(", ")},), }`;
  const length = Math.ceil((10 + words.length + 1) / 64) * 64;
  const header = Buffer.alloc(length, " ");
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(length - 10, 8);
  header.write(words, 10, "latin1");
  header.write("\n", length - 1);
  const file = openSync(path, "w");
  try {
    writeSync(file, header);
    writeSync(file, bytes, 0, bytes.length, length + position);
    ftruncateSync(file, length + totalBytes); // what was not written is a hole: zeros without a place on the disk
  } finally {
    closeSync(file);
  }
  return path;
}
