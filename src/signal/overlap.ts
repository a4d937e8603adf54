import type { Samples } from "../data";

/** [height, width] of the samples' windows in scan pixels; 1 x 1 for spectra alone. */
export function windowSize(samples: Samples): readonly [number, number] {
  return "images" in samples ? [samples.images.shape[1], samples.images.shape[2]] : [1, 1];
}

/** True if a window around one of the first positions covers a scan pixel that one around the second covers. */
export function windowsOverlap(
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
  first: Int32Array,
  second: Int32Array,
): boolean {
  const centres = new Uint8Array(rows * columns);
  // Two windows of one size overlap where their centres lie closer than that size, so only centres need marking.
  for (let i = 0; i < first.length; i += 2) centres[first[i] * columns + first[i + 1]] = 1;
  for (let i = 0; i < second.length; i += 2) {
    const [row, column] = [second[i], second[i + 1]];
    for (let r = Math.max(0, row - height + 1); r < Math.min(rows, row + height); r++) {
      const from = r * columns + Math.max(0, column - width + 1);
      if (centres.subarray(from, r * columns + Math.min(columns, column + width)).includes(1)) return true;
    }
  }
  return false;
}
