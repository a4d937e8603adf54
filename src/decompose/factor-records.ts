import { type Kernel, type KernelMemory, kernelIn, kernelMemory, LARGEST_MEMORY } from "../engine/simd/kernel";
import { GROUP, STEP, sweepModule } from "./sweep-kernel";

/** Groups that are swept before their float32 sums are added to the float64 ones. */
const GROUPS_AT_ONCE = 512;

/** What a sweep over a factor leaves for that over the other one. */
export interface SweepSums {
  /** Sum of the magnitudes of the projected gradient met on the way. */
  readonly violation: number;
  /** F^T F [k, k] */
  readonly gram: Float64Array;
  /** F^T U [k, r] */
  readonly cross: Float64Array;
}

/**
 * A non-negative factor F [rows, k] beside a matrix U [rows, r], laid out for the kernel of `sweepModule`.
 */
export class FactorRecords {
  private readonly memory: KernelMemory;
  private readonly kernel: Kernel;
  private readonly width: number;
  private readonly groups: number;
  private readonly places: { coefficients: number; inverse: number; sums: number; records: number };

  constructor(
    readonly rows: number,
    readonly k: number,
    readonly r: number,
  ) {
    this.width = k + r;
    this.groups = Math.ceil(rows / GROUP);
    const inverse = 4 * k * this.width;
    const sums = align(inverse + 4 * k);
    const records = align(sums + 16 * k * this.width);
    this.places = { coefficients: 0, inverse, sums, records };
    this.memory = kernelMemory(FactorRecords.bytes(rows, k, r));
    this.kernel = kernelIn(sweepModule(), this.memory);
  }

  /** Bytes of the memory that is needed. */
  static bytes(rows: number, k: number, r: number): number {
    return 128 + 4 * k + (k + r) * (20 * k + STEP * Math.ceil(rows / GROUP));
  }

  /** Whether a memory can hold it. */
  static fits(rows: number, k: number, r: number): boolean {
    return FactorRecords.bytes(rows, k, r) <= LARGEST_MEMORY;
  }

  /** Puts a row-major matrix [rows from `first` on, count] at the steps from `step` on. */
  write(values: ArrayLike<number>, count: number, step: number, first = 0): void {
    const view = new Float32Array(this.memory.buffer, this.places.records);
    const length = values.length / count;
    for (let i = 0; i < length; i++) {
      const to = this.place(first + i, step);
      for (let j = 0; j < count; j++) view[to + j * GROUP] = values[i * count + j];
    }
  }

  /** The factor, row-major. */
  read(factor: Float32Array): void {
    const view = new Float32Array(this.memory.buffer, this.places.records);
    const { k } = this;
    for (let i = 0; i < this.rows; i++) {
      const from = this.place(i, 0);
      for (let j = 0; j < k; j++) factor[i * k + j] = view[from + j * GROUP];
    }
  }

  /**
   * One sweep.
   *
   * @param gram G = B^T B of the other factor B [k, k]
   * @param mixing M^T, with U M the products of the data with B: [k, r]
   */
  sweep(gram: Float64Array, mixing: Float64Array): SweepSums {
    const { k, r, width, groups, places, memory } = this;
    const coefficients = new Float32Array(memory.buffer, places.coefficients, k * width);
    const inverse = new Float32Array(memory.buffer, places.inverse, k);
    for (let j = 0; j < k; j++) {
      for (let l = 0; l < k; l++) coefficients[j * width + l] = -gram[j * k + l];
      for (let i = 0; i < r; i++) coefficients[j * width + k + i] = mixing[j * r + i];
      inverse[j] = gram[j * k + j] > 0 ? 1 / gram[j * k + j] : 0;
    }
    const sums = new Float32Array(memory.buffer, places.sums, 4 * k * width);
    const all = new Float64Array(k * width);
    const bytes = width * STEP;
    let violation = 0;
    for (let group = 0; group < groups; group += GROUPS_AT_ONCE) {
      sums.fill(0);
      const end = places.records + Math.min(group + GROUPS_AT_ONCE, groups) * bytes;
      violation += this.kernel(
        places.records + group * bytes,
        places.coefficients,
        places.inverse,
        places.sums,
        k,
        width,
        end,
      );
      for (let i = 0; i < all.length; i++) all[i] += sums[4 * i] + sums[4 * i + 1] + sums[4 * i + 2] + sums[4 * i + 3];
    }
    return { violation, ...parts(all, k, width) };
  }

  /** The sums of the factor as it is. */
  sums(): Omit<SweepSums, "violation"> {
    // Coefficients of 0 are slopes of 0: nothing moves.
    return this.sweep(new Float64Array(this.k * this.k), new Float64Array(this.k * this.r));
  }

  private place(row: number, step: number): number {
    return Math.floor(row / GROUP) * this.width * GROUP + step * GROUP + (row % GROUP);
  }
}

const align = (bytes: number) => Math.ceil(bytes / 16) * 16;

function parts(sums: Float64Array, k: number, width: number): { gram: Float64Array; cross: Float64Array } {
  const gram = new Float64Array(k * k);
  const cross = new Float64Array(k * (width - k));
  for (let j = 0; j < k; j++) {
    for (let l = 0; l < k; l++) gram[j * k + l] = sums[Math.min(j, l) * width + Math.max(j, l)];
    for (let i = k; i < width; i++) cross[j * (width - k) + i - k] = sums[j * width + i];
  }
  return { gram, cross };
}
