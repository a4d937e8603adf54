import { SpecbookError } from "../core/errors";
import { currentHost } from "../core/host";
import { addHistory } from "../data/history";
import { type Image, image } from "../data/image";
import { type SpectrumImage, spectrumImage } from "../data/spectrum-image";
import { rowsAtOnce, type SpectrumSource } from "../data/spectrum-source";
import { type Block, cutBlock } from "./block";
import { pickSpectra } from "./choose-signal";
import type { Draft } from "./drafts";
import { checkUnchanged, fileState } from "./file-state";
import { checkFinite, type Plan, planOf, readBlock } from "./finish";
import { withDrafts } from "./formats";
import { axesOf, blockOf, type SpectrumPart } from "./part";
import type { ReadOptions } from "./signals";

/** Which spectrum image `open` takes, where a file holds several, and how it reads it. */
export interface OpenOptions extends ReadOptions {
  /** Name or path of the spectrum image in the file. */
  readonly spectra?: string;
}

/**
 * A spectrum image in a file, read part by part. No file stays open: every read opens it anew, and is refused where the
 * file has changed meanwhile.
 */
export interface SpectrumFile extends SpectrumSource {
  readonly path: string;
  /**
   * Reads a part, with its axes.
   *
   * @example const edge = await file.slice({ rows: [0, 20], energy: [280, 320] });
   */
  slice(part?: SpectrumPart): Promise<SpectrumImage>;
  /**
   * All rows, `block` at a time (default: about 64 MiB, in whole chunks of the file), from the first.
   *
   * @example for await (const rows of file.rows({ block: 16 })) total += regionSpectrum(rows).mean[0];
   */
  rows(options?: { readonly block?: number }): AsyncGenerator<SpectrumImage, void, undefined>;
  /** The sum over an energy range (default: all) at every pixel; one pass through the file. */
  sumMap(part?: Pick<SpectrumPart, "energy">): Promise<Image>;
  /** The mean over all pixels, as a spectrum image of one pixel; one pass through the file. */
  meanSpectrum(): Promise<SpectrumImage>;
}

/**
 * Opens the spectrum image of a file of any format for reading in parts: for files larger than the memory, and for a
 * look at a corner of one. Chooses and calibrates as `load` does, with the same options and errors; integers, float16
 * and big-endian numbers come as float32. Packed formats that can be read as a whole only (NPZ, USID) are read once,
 * at the first part, and kept.
 *
 * @throws what `load` throws; FileError when the file has changed since it was opened
 * @example
 * const file = await open("large.hspy");
 * const parts = await nmf(file, { components: 6 });
 */
export async function open(path: string, options: OpenOptions = {}): Promise<SpectrumFile> {
  const state = await fileState(path);
  const { draft, plan } = await withDrafts(
    path,
    (drafts) => {
      const chosen = pickSpectra(path, drafts, options, "open");
      return { draft: chosen, plan: planOf(path, chosen, options) };
    },
    options,
  );
  const [y, x, energy] = plan.axes; // pickSpectra gives spectrum images only
  const axes = Object.freeze({ y, x, energy });
  const shape = Object.freeze([y.size, x.size, energy.size] as const);
  const history = plan.history(0);
  const whole = { offset: [0, 0, 0], count: shape };
  let kept: Promise<Float32Array> | undefined;

  const readAgain = (block: Block, signal?: AbortSignal) =>
    withDrafts(path, (drafts) => readBlock(pickSpectra(path, drafts, options, "open"), plan, block, signal), options);

  async function read(block: Block, signal = options.signal ?? currentHost()?.signal()) {
    await checkUnchanged(path, state);
    if (draft.isSeekable === false) {
      kept ??= readAgain(whole, signal).catch((error: unknown) => {
        kept = undefined; // it may have been stopped
        throw error;
      });
      return checked(cutBlock(await kept, shape, block), block);
    }
    const data = await readAgain(block, signal);
    await checkUnchanged(path, state);
    return checked(data, block);
  }

  const checked = (data: Float32Array, block: Block) => ({ data, found: checkFinite(data, draft, plan, block) });

  async function slice(part: SpectrumPart = {}): Promise<SpectrumImage> {
    const block = blockOf(axes, part);
    const { data, found } = await read(block);
    const [rows, columns, channels] = block.count;
    return spectrumImage(data, [rows, columns, channels], {
      axes: axesOf(axes, block),
      metadata: plan.metadata(found),
      history: addHistory(plan.history(found), "slice", sliceOptions(part)),
    });
  }

  const source: SpectrumFile = {
    kind: "spectrum-source",
    path,
    shape,
    axes,
    metadata: Object.freeze(plan.metadata(0)),
    history,
    rowStep: rowStepOf(draft, plan),
    readRows: async (first, end, signal) => {
      const block = blockOf(axes, { rows: [first, end] });
      return (await read(block, signal)).data;
    },
    slice,
    rows: async function* ({ block = rowsAtOnce(source) } = {}) {
      checkBlock(block);
      for (let first = 0; first < y.size; first += block) {
        yield await slice({ rows: [first, Math.min(first + block, y.size)] });
      }
    },
    sumMap: async (part = {}) => {
      const range = axesOf(axes, blockOf(axes, part)).energy;
      const sums = new Float32Array(y.size * x.size);
      for (const rows of rowRanges(source)) {
        const { data } = await slice({ ...part, rows });
        sums.set(sumsOf(data, range.size), rows[0] * x.size);
      }
      const options = { energy: [range.offset, range.offset + (range.size - 1) * range.scale] };
      return image(sums, [y.size, x.size], {
        axes: { y, x },
        metadata: source.metadata,
        history: addHistory(history, "sumMap", options),
      });
    },
    meanSpectrum: async () => {
      const sums = new Float64Array(energy.size);
      for (const [first, end] of rowRanges(source)) {
        const { data } = await read(blockOf(axes, { rows: [first, end] }));
        for (let i = 0; i < data.length; i += energy.size) {
          for (let c = 0; c < energy.size; c++) sums[c] += data[i + c];
        }
      }
      const mean = Float32Array.from(sums, (sum) => sum / (y.size * x.size));
      return spectrumImage(mean, [1, 1, energy.size], {
        axes: { energy },
        metadata: source.metadata,
        history: addHistory(history, "meanSpectrum"),
      });
    },
  };
  return Object.freeze(source);
}

/** Rows of one chunk. */
function rowStepOf({ chunks }: Draft, { order }: Plan): number {
  return order[0] < 0 ? 1 : (chunks?.[order[0]] ?? 1);
}

function sliceOptions({ rows, columns, energy }: SpectrumPart): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ rows, columns, energy }).filter(([, range]) => range !== undefined));
}

/** All rows in ranges that are read at once. */
function rowRanges(source: SpectrumSource): [number, number][] {
  const height = rowsAtOnce(source);
  const rows = source.shape[0];
  return Array.from({ length: Math.ceil(rows / height) }, (_, i) => [i * height, Math.min((i + 1) * height, rows)]);
}

function sumsOf(data: Float32Array, channels: number): Float64Array {
  const sums = new Float64Array(data.length / channels);
  for (let i = 0; i < data.length; i++) sums[Math.floor(i / channels)] += data[i];
  return sums;
}

function checkBlock(block: number): void {
  if (Number.isInteger(block) && block >= 1) return;
  throw new SpecbookError("OptionError", "the number of rows in a block is not usable", {
    got: `block: ${block}`,
    needed: "a whole number of at least 1",
    remedy: "leave it out for blocks of about 64 MiB",
  });
}
