import FFT from "fft.js";
import { powerOfTwo } from "./fourier";

/** A picture of complex numbers as (re, im) pairs, row-major: [2 rows columns]. */
export interface ComplexPlane {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Transforms one line of complex numbers, (re, im) pairs, in place. */
type LineTransform = (line: Float64Array) => void;

/** The discrete Fourier transform of a picture of any size, in place. */
export function transformPlane({ rows, columns, data }: ComplexPlane): void {
  const alongRow = lineTransform(columns);
  for (let row = 0; row < rows; row++) alongRow(data.subarray(2 * row * columns, 2 * (row + 1) * columns));
  const alongColumn = lineTransform(rows);
  const line = new Float64Array(2 * rows);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const at = 2 * (row * columns + column);
      line[2 * row] = data[at];
      line[2 * row + 1] = data[at + 1];
    }
    alongColumn(line);
    for (let row = 0; row < rows; row++) {
      const at = 2 * (row * columns + column);
      data[at] = line[2 * row];
      data[at + 1] = line[2 * row + 1];
    }
  }
}

/** The inverse of `transformPlane`, in place. */
export function inversePlane(plane: ComplexPlane): void {
  const { data, rows, columns } = plane;
  const size = rows * columns;
  // The inverse is the transform with the signs of all imaginary parts turned before and after.
  for (let i = 1; i < data.length; i += 2) data[i] = -data[i];
  transformPlane(plane);
  for (let i = 0; i < data.length; i += 2) {
    data[i] /= size;
    data[i + 1] /= -size;
  }
}

function lineTransform(size: number): LineTransform {
  if (size === 1) return () => {};
  return size >= 4 && powerOfTwo(size) === size ? radixTwo(size) : chirp(size);
}

function radixTwo(size: number): LineTransform {
  const fft = new FFT(size);
  const out = new Float64Array(2 * size);
  return (line) => {
    fft.transform(out, line);
    line.set(out);
  };
}

/**
 * A transform of any length as a convolution with a chirp, which a power of two can do (L. I. Bluestein, IEEE Trans. Audio
 * Electroacoust. 18 (1970) 451, doi 10.1109/TAU.1970.1162132): exact, where padding with zeros would blur the phase.
 */
function chirp(size: number): LineTransform {
  const padded = powerOfTwo(2 * size - 1);
  const fft = new FFT(padded);
  const [a, b, c] = Array.from({ length: 3 }, () => new Float64Array(2 * padded));
  const factor = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    const angle = (Math.PI * ((k * k) % (2 * size))) / size; // k squared itself would lose digits
    factor[2 * k] = Math.cos(angle);
    factor[2 * k + 1] = -Math.sin(angle);
    for (const at of k === 0 ? [0] : [k, padded - k]) {
      a[2 * at] = factor[2 * k];
      a[2 * at + 1] = -factor[2 * k + 1];
    }
  }
  const kernel = new Float64Array(2 * padded);
  fft.transform(kernel, a);
  return (line) => {
    a.fill(0);
    for (let k = 0; k < 2 * size; k += 2) multiply(line, k, factor, k, a, k);
    fft.transform(b, a);
    for (let k = 0; k < 2 * padded; k += 2) multiply(b, k, kernel, k, c, k);
    fft.inverseTransform(a, c);
    for (let k = 0; k < 2 * size; k += 2) multiply(a, k, factor, k, line, k);
  };
}

/** x[i] y[j] into z[k]; all places of real parts. */
function multiply(x: Float64Array, i: number, y: Float64Array, j: number, z: Float64Array, k: number): void {
  const re = x[i] * y[j] - x[i + 1] * y[j + 1];
  z[k + 1] = x[i] * y[j + 1] + x[i + 1] * y[j];
  z[k] = re;
}
