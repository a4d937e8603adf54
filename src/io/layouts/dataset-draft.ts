import { checkMemory } from "../../core/memory";
import type { Block } from "../block";
import type { Draft, DraftAxis } from "../drafts";
import { bytesOf, type Hdf5Dataset, readFloat32, typeNameOf } from "../hdf5/dataset";
import type { Hdf5File } from "../hdf5/file";
import { filterName } from "../hdf5/filters";
import { permute } from "../permute";

/** What a layout knows of a data set beside the numbers. */
export interface DatasetWords {
  readonly name: string;
  readonly format: string;
  /** One for each axis of the data set, in its order. */
  readonly axes: readonly DraftAxis[];
  /** Place i of the signal is axis `order[i]` of the data set. What is left out has size 1. Default: as it is stored. */
  readonly order?: readonly number[];
  /** Default: the path of the data set. */
  readonly path?: string;
  readonly aliases?: readonly string[];
  readonly quantity?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly history?: Draft["history"];
}

/** The last axis of data whose elements have several numbers: real and imaginary part, or colours. */
export function partsAxis({ parts }: Hdf5Dataset): DraftAxis[] {
  return parts === undefined ? [] : [{ ...parts, units: "", role: "other" }];
}

/** The signal of a data set of numbers; undefined where it holds something else, or nothing. Blocks are read alone. */
export function datasetDraft(file: Hdf5File, dataset: Hdf5Dataset, words: DatasetWords): Draft | undefined {
  const { path, shape, type, parts, chunks } = dataset;
  if (type === undefined || shape.length === 0 || shape.includes(0)) return undefined;
  const order = words.order ?? shape.map((_, axis) => axis);
  const axes = [...order.map((from) => words.axes[from]), ...partsAxis(dataset)];
  return {
    name: words.name,
    path: words.path ?? path,
    aliases: words.aliases ?? [],
    format: words.format,
    quantity: words.quantity ?? "",
    axes,
    dtype: typeNameOf(dataset),
    bytes: bytesOf(dataset),
    packing: dataset.filters.map(filterName),
    metadata: words.metadata ?? {},
    history: words.history,
    ...(chunks === undefined
      ? {}
      : { chunks: [...order.map((from) => chunks[from]), ...partsAxis(dataset).map(({ size }) => size)] }),
    read: async ({ block = { offset: axes.map(() => 0), count: axes.map(({ size }) => size) }, signal } = {}) => {
      const stored = storedBlock(shape.length, order, block);
      const data = await readFloat32(file, dataset, { block: stored, signal });
      if (order.every((from, place) => place === 0 || from > order[place - 1])) return data;
      const left = shape.flatMap((_, axis) => (order.includes(axis) ? [] : [axis]));
      const places = [...left, ...order, ...(parts === undefined ? [] : [shape.length])];
      checkMemory(data.byteLength, `${path} in another order of axes`, "read a part of it, or save it in that order");
      return permute(data, stored.count, places);
    },
  };
}

/** The block of the data set that holds a block of the signal. */
function storedBlock(rank: number, order: readonly number[], { offset, count }: Block): Block {
  const stored = { offset: new Array<number>(rank).fill(0), count: new Array<number>(rank).fill(1) };
  order.forEach((from, place) => {
    stored.offset[from] = offset[place];
    stored.count[from] = count[place];
  });
  const behind = order.length; // the parts of the elements keep their place
  return { offset: [...stored.offset, ...offset.slice(behind)], count: [...stored.count, ...count.slice(behind)] };
}
