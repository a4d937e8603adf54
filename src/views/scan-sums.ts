/** Side of the square tiles whose spectra are summed up beforehand, in scan pixels. */
const TILE = 8;

/** Blocks of channels that are kept channel by channel: the ends of a band that is dragged lie in few of them. */
const KEPT_BLOCKS = 3;

/**
 * Sums over parts of a spectrum image, made in one pass, from which the mean spectrum of a large region and the map of a
 * wide band follow without a pass over all numbers: spectra summed over square tiles, and every spectrum summed over
 * blocks of channels. Only the rim of a region and the ends of a band are added up number by number. About a tenth of the
 * memory of the spectra, and as much again for bands. Nothing is subtracted, so that one NaN spoils no more than the sums that hold it.
 */
export class ScanSums {
  readonly #shape: readonly [number, number, number];
  readonly #data: Float32Array;
  /** [tile rows, tile columns, channels] */
  readonly #tiles: Float64Array;
  /** [blocks, rows, columns]: a band adds whole blocks up in the order they lie in. */
  readonly #blocks: Float64Array;
  /** Block to its values, [channels of the block, pixels]. */
  readonly #kept = new Map<number, Float32Array>();
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
        if (isWhole) addValues(sum, this.#tiles, ((top / TILE) * this.#tileColumns + left / TILE) * channels);
        else for (const pixel of inside) addValues(sum, this.#data, pixel * channels);
      }
    }
    return sum;
  }

  /** Sum of the channels first..end - 1 at every pixel, [rows * columns]. */
  bandSum(first: number, end: number): Float64Array {
    const [rows, columns, channels] = this.#shape;
    const [blocks, block] = [this.#blocks, this.#block];
    const pixels = rows * columns;
    const sums = new Float64Array(pixels);
    for (let b = Math.floor(first / block); b * block < end; b++) {
      const [low, high] = [b * block, Math.min(channels, (b + 1) * block)];
      if (first <= low && end >= high) addValues(sums, blocks, b * pixels);
      else {
        const kept = this.#keptBlock(b);
        for (let c = Math.max(first, low); c < Math.min(end, high); c++) addValues(sums, kept, (c - low) * pixels);
      }
    }
    return sums;
  }

  /** The values of a block, channel by channel: single channels of all spectra lie too far apart to be read at each move. */
  #keptBlock(b: number): Float32Array {
    const [rows, columns, channels] = this.#shape;
    const low = b * this.#block;
    const width = Math.min(channels, low + this.#block) - low;
    const pixels = rows * columns;
    let kept = this.#kept.get(b);
    if (kept === undefined) {
      kept = new Float32Array(width * pixels);
      for (let pixel = 0; pixel < pixels; pixel++) {
        for (let c = 0; c < width; c++) kept[c * pixels + pixel] = this.#data[pixel * channels + low + c];
      }
    }
    this.#kept.delete(b); // and to the end: the newest ones stay
    this.#kept.set(b, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_BLOCKS) this.#kept.delete(oldest);
    return kept;
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

/** Adds as many values, from a place on, to the sums. */
function addValues(sums: Float64Array, values: Float32Array | Float64Array, from: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] += values[from + i];
}
