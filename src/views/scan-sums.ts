/** Side of the square tiles whose spectra are summed up beforehand, in scan pixels. */
const TILE = 8;

/**
 * Sums over parts of a spectrum image, made in one pass, from which the mean spectrum of a large region and the map of a
 * wide band follow without a pass over all numbers: spectra summed over square tiles, and every spectrum summed over
 * blocks of channels. Only the rim of a region and the ends of a band are added up number by number. About a tenth of the
 * memory of the spectra. Nothing is subtracted, so that one NaN spoils no more than the sums that hold it.
 */
export class ScanSums {
  readonly #shape: readonly [number, number, number];
  readonly #data: Float32Array;
  /** [tile rows, tile columns, channels] */
  readonly #tiles: Float64Array;
  /** [blocks, rows, columns]: a band adds whole blocks up in the order they lie in. */
  readonly #blocks: Float64Array;
  readonly #block: number;
  readonly #tileColumns: number;
  readonly #blockCount: number;

  /** Rows are added one by one with `addRow`; `data` may be filled while that happens. */
  constructor(data: Float32Array, shape: readonly [number, number, number]) {
    const [rows, columns, channels] = shape;
    this.#data = data;
    this.#shape = shape;
    this.#block = 2 ** Math.max(2, Math.round(Math.log2(Math.sqrt(channels)))); // as many blocks as channels in one
    this.#blockCount = Math.ceil(channels / this.#block);
    this.#tileColumns = Math.ceil(columns / TILE);
    this.#tiles = new Float64Array(Math.ceil(rows / TILE) * this.#tileColumns * channels);
    this.#blocks = new Float64Array(rows * columns * this.#blockCount);
  }

  /** Takes one row of the scan into the sums; once for each row. */
  addRow(row: number): void {
    const [rows, columns, channels] = this.#shape;
    const pixels = rows * columns;
    const [data, tiles, blocks, block, count] = [this.#data, this.#tiles, this.#blocks, this.#block, this.#blockCount];
    for (let column = 0; column < columns; column++) {
      const pixel = row * columns + column;
      const tile = (Math.floor(row / TILE) * this.#tileColumns + Math.floor(column / TILE)) * channels;
      for (let b = 0; b < count; b++) {
        const end = Math.min(channels, (b + 1) * block);
        let sum = 0;
        for (let c = b * block; c < end; c++) {
          const value = data[pixel * channels + c];
          tiles[tile + c] += value;
          sum += value;
        }
        blocks[b * pixels + pixel] = sum;
      }
    }
  }

  /** Sum of the spectra of the pixels where the mask [rows * columns] is 1, [channels]. */
  regionSum(mask: Uint8Array): Float64Array {
    const [rows, columns, channels] = this.#shape;
    const sum = new Float64Array(channels);
    for (let top = 0; top < rows; top += TILE) {
      for (let left = 0; left < columns; left += TILE) {
        const [bottom, right] = [Math.min(rows, top + TILE), Math.min(columns, left + TILE)];
        const inside = pixelsInside(mask, columns, [top, bottom], [left, right]);
        if (inside.length === 0) continue;
        const isWhole = inside.length === (bottom - top) * (right - left);
        if (isWhole) addSpectrum(sum, this.#tiles, ((top / TILE) * this.#tileColumns + left / TILE) * channels);
        else for (const pixel of inside) addSpectrum(sum, this.#data, pixel * channels);
      }
    }
    return sum;
  }

  /** Sum of the channels first..end - 1 at every pixel, [rows * columns]. */
  bandSum(first: number, end: number): Float64Array {
    const [rows, columns, channels] = this.#shape;
    const [data, blocks, block, count] = [this.#data, this.#blocks, this.#block, this.#blockCount];
    const from = Math.ceil(first / block);
    const to = end === channels ? count : Math.floor(end / block); // the last block may be a short one
    const sums = new Float64Array(rows * columns);
    const pixels = sums.length;
    if (from >= to) {
      addChannels(sums, data, channels, first, end);
      return sums;
    }
    addChannels(sums, data, channels, first, from * block);
    for (let b = from; b < to; b++) {
      for (let pixel = 0; pixel < pixels; pixel++) sums[pixel] += blocks[b * pixels + pixel];
    }
    addChannels(sums, data, channels, Math.min(channels, to * block), end);
    return sums;
  }
}

function pixelsInside(
  mask: Uint8Array,
  columns: number,
  [top, bottom]: readonly [number, number],
  [left, right]: readonly [number, number],
): number[] {
  const inside: number[] = [];
  for (let row = top; row < bottom; row++) {
    for (let pixel = row * columns + left; pixel < row * columns + right; pixel++) if (mask[pixel]) inside.push(pixel);
  }
  return inside;
}

function addSpectrum(sum: Float64Array, from: Float32Array | Float64Array, at: number): void {
  for (let c = 0; c < sum.length; c++) sum[c] += from[at + c];
}

/** Adds the channels first..end - 1 of every pixel to its sum. */
function addChannels(sums: Float64Array, data: Float32Array, channels: number, first: number, end: number): void {
  if (first >= end) return;
  for (let pixel = 0; pixel < sums.length; pixel++) {
    let sum = sums[pixel];
    for (let at = pixel * channels + first; at < pixel * channels + end; at++) sum += data[at];
    sums[pixel] = sum;
  }
}
