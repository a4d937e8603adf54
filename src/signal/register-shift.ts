import { type ComplexPlane, inversePlane, transformPlane } from "./fourier-plane";

/** A shift in pixels along rows (downwards) and columns (to the right). */
export type Shift = readonly [number, number];

/** How the shift between two pictures is looked for. */
export interface RegisterOptions {
  /** Parts of a pixel. */
  readonly upsample: number;
  /** Only the phases count (true), or the amplitudes too. */
  readonly phase: boolean;
  /** Shifts that may be found along rows and columns, [lowest, highest] in pixels; a whole number is among them. */
  readonly limits: readonly [Limits, Limits];
}

/** The lowest and the highest shift along one side, in pixels. */
export type Limits = readonly [number, number];

/**
 * The shift that lays a picture onto a reference, from their Fourier transforms: the highest place of their
 * cross-correlation, first on whole pixels, then on a grid of parts of a pixel around it that a small matrix product makes
 * (Guizar-Sicairos, Thurman & Fienup, Opt. Lett. 33 (2008) 156, doi 10.1364/OL.33.000156).
 */
export function registerShift(reference: ComplexPlane, moving: ComplexPlane, options: RegisterOptions): Shift {
  const { upsample, phase, limits } = options;
  const product = crossSpectrum(reference, moving, phase);
  const coarse = highestPixel(product, limits);
  if (upsample === 1) return coarse;
  const start = coarse.map((shift) => Math.round(shift * upsample) / upsample) as [number, number]; // two in, two out
  const half = Math.floor(Math.ceil(1.5 * upsample) / 2);
  const places = start.map((shift, side) =>
    Float64Array.from({ length: Math.ceil(1.5 * upsample) }, (_, i) => shift + (i - half) / upsample).filter((place) =>
      within(limits[side], place),
    ),
  );
  const [row, column] = highestPlace(product, places[0], places[1]);
  return [places[0][row], places[1][column]];
}

/** Rounding of places that are meant to lie on a limit. */
const SLACK = 1e-9;

function within([lowest, highest]: Limits, shift: number): boolean {
  return shift >= lowest - SLACK && shift <= highest + SLACK;
}

const EPSILON = 100 * Number.EPSILON;

function crossSpectrum(
  { rows, columns, data: a }: ComplexPlane,
  { data: b }: ComplexPlane,
  phase: boolean,
): ComplexPlane {
  const data = new Float64Array(a.length);
  for (let i = 0; i < a.length; i += 2) {
    const re = a[i] * b[i] + a[i + 1] * b[i + 1];
    const im = a[i + 1] * b[i] - a[i] * b[i + 1];
    const size = phase ? Math.max(Math.hypot(re, im), EPSILON) : 1;
    data[i] = re / size;
    data[i + 1] = im / size;
  }
  return { rows, columns, data };
}

function highestPixel({ rows, columns, data }: ComplexPlane, limits: RegisterOptions["limits"]): Shift {
  const correlation = { rows, columns, data: data.slice() };
  inversePlane(correlation);
  let best = -1;
  let shift: Shift = [0, 0];
  for (let row = 0; row < rows; row++) {
    const dy = row > Math.floor(rows / 2) ? row - rows : row;
    if (!within(limits[0], dy)) continue;
    for (let column = 0; column < columns; column++) {
      const dx = column > Math.floor(columns / 2) ? column - columns : column;
      if (!within(limits[1], dx)) continue;
      const at = 2 * (row * columns + column);
      const value = Math.hypot(correlation.data[at], correlation.data[at + 1]);
      if (value <= best) continue;
      best = value;
      shift = [dy, dx];
    }
  }
  return shift;
}

/** Indices of the places at which the correlation is highest: the sum over all frequencies at each pair of places. */
function highestPlace({ rows, columns, data }: ComplexPlane, ys: Float64Array, xs: Float64Array): [number, number] {
  const alongY = waves(ys, rows);
  const alongX = waves(xs, columns);
  // [places y, columns], then [places y, places x]: a product of matrices each.
  const line = new Float64Array(2 * columns);
  let best = -1;
  let found: [number, number] = [0, 0];
  for (let y = 0; y < ys.length; y++) {
    line.fill(0);
    for (let row = 0; row < rows; row++) {
      const re = alongY[2 * (y * rows + row)];
      const im = alongY[2 * (y * rows + row) + 1];
      const from = 2 * row * columns;
      for (let k = 0; k < 2 * columns; k += 2) {
        line[k] += re * data[from + k] - im * data[from + k + 1];
        line[k + 1] += re * data[from + k + 1] + im * data[from + k];
      }
    }
    for (let x = 0; x < xs.length; x++) {
      let re = 0;
      let im = 0;
      const from = 2 * x * columns;
      for (let k = 0; k < 2 * columns; k += 2) {
        re += line[k] * alongX[from + k] - line[k + 1] * alongX[from + k + 1];
        im += line[k] * alongX[from + k + 1] + line[k + 1] * alongX[from + k];
      }
      const value = Math.hypot(re, im);
      if (value <= best) continue;
      best = value;
      found = [y, x];
    }
  }
  return found;
}

/** exp(2 pi i place frequency / size) of each place and frequency, the upper half of the frequencies negative. */
function waves(places: Float64Array, size: number): Float64Array {
  const result = new Float64Array(2 * places.length * size);
  for (const [p, place] of places.entries()) {
    for (let k = 0; k < size; k++) {
      const frequency = k >= Math.ceil(size / 2) ? k - size : k;
      const angle = (2 * Math.PI * place * frequency) / size;
      result[2 * (p * size + k)] = Math.cos(angle);
      result[2 * (p * size + k) + 1] = Math.sin(angle);
    }
  }
  return result;
}

/** The Fourier transform of a picture, less its mean and, if asked for, faded out towards its edges (Hann). */
export function pictureTransform(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
  taper: boolean,
): ComplexPlane {
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  const plane = { rows, columns, data: new Float64Array(2 * rows * columns) };
  const fade = (i: number, size: number) => (taper ? Math.sin((Math.PI * (i + 0.5)) / size) ** 2 : 1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = taper ? data[row * columns + column] - mean : data[row * columns + column];
      plane.data[2 * (row * columns + column)] = value * fade(row, rows) * fade(column, columns);
    }
  }
  transformPlane(plane);
  return plane;
}
