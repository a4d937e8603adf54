import type { FileHandle } from "node:fs/promises";
import type { Block } from "../block";
import type { Draft, DraftAxis, ReadRequest } from "../drafts";
import type { FileFormat } from "../format";
import { withFile } from "../open-file";
import { checkRawArray, type RawArray, readRawArray } from "../raw-array";
import { decodeText } from "../text";
import { type GridHeader, readGridHeader } from "./grid-header";
import { readMeasured } from "./measured-part";

const FORMAT = "Nanonis grid";

/**
 * Grid spectroscopy of the Nanonis controllers: at every position a row of parameters, then one sweep of each channel,
 * in big-endian float32. The topography is the parameter Z. What an aborted measurement did not reach is NaN.
 */
export const nanonisGridFormat: FileFormat = {
  name: "Nanonis .3ds",
  extensions: [".3ds"],
  recognises: ({ start }) => {
    const text = decodeText(start);
    return /^\s*[^\n]{0,200}=/.test(text) && /(^|\n)Grid dim=/.test(text) && text.includes("Sweep Signal=");
  },
  withDrafts: (path, work) =>
    withFile(path, async (file, size) => {
      const header = await readGridHeader(file, size, path);
      const { rows, columns, parameters, channels, points } = header;
      const array: RawArray = {
        offset: header.bytes,
        shape: [rows, columns, parameters.length + channels.length * points],
        type: { kind: "float", bytes: 4, littleEndian: false },
      };
      const measured = measuredPositions(array, size, path);
      const sweep = await sweepAxis(file, header, array, measured, path);
      const read: ReadBlock = (block, signal) => readMeasured(file, array, measured, path, block, signal);
      return work(draftsOf(header, sweep, measured, read));
    }),
};

/** Positions in the file: an aborted measurement ends behind a whole one, a file that was cut off mostly does not. */
function measuredPositions(array: RawArray, size: number, path: string): number {
  const [rows, columns, numbers] = array.shape;
  const measured = (size - array.offset) / (4 * numbers);
  if (Number.isInteger(measured) && measured >= 1 && measured < rows * columns) return measured;
  checkRawArray(array, size, path);
  return rows * columns;
}

type ReadBlock = (block: Block, signal?: AbortSignal) => Promise<Float32Array>;

function draftsOf(header: GridHeader, sweep: DraftAxis, measured: number, read: ReadBlock): Draft[] {
  const { rows, columns, parameters, channels, points, size, entries } = header;
  const scan = (name: string, count: number, length: number | undefined): DraftAxis => ({
    name,
    size: count,
    units: length === undefined ? "" : "m",
    ...(length === undefined ? {} : { offset: 0, scale: length / count }),
    role: "scan",
  });
  const positions = [scan("y", rows, size?.[1]), scan("x", columns, size?.[0])];
  const common = {
    aliases: [],
    format: FORMAT,
    dtype: "float32",
    packing: [],
    metadata: {
      date: entries.Date ?? "",
      comment: entries.Comment ?? "",
      header: entries,
      ...(measured < rows * columns ? { measured: `${measured} of ${rows * columns} positions` } : {}),
    },
  };
  const spectra = channels.map(({ name, units }, index): Draft => {
    const first = parameters.length + index * points;
    return {
      ...common,
      name,
      path: `Channels/${name}`,
      quantity: name,
      axes: [...positions, sweep],
      bytes: 4 * rows * columns * points,
      metadata: { ...common.metadata, units },
      read: ({ block = whole([rows, columns, points]), signal }: ReadRequest = {}) =>
        read({ offset: [block.offset[0], block.offset[1], block.offset[2] + first], count: block.count }, signal),
    };
  });
  const height = parameters.findIndex(({ name }) => name === "Z");
  if (height < 0) return spectra;
  const topography: Draft = {
    ...common,
    name: "Z",
    path: "Parameters/Z",
    aliases: ["topography", "height"],
    quantity: "height",
    axes: positions,
    bytes: 4 * rows * columns,
    metadata: { ...common.metadata, units: parameters[height].units },
    read: ({ block = whole([rows, columns]), signal }: ReadRequest = {}) =>
      read({ offset: [...block.offset, height], count: [...block.count, 1] }, signal),
  };
  return [topography, ...spectra];
}

function whole(count: readonly number[]): Block {
  return { offset: count.map(() => 0), count };
}

/** Points of the grid at which the ends of the sweep are compared. */
const PROBES = 16;

/**
 * The axis of the sweep, from its first and last value, which the file keeps with every position. Positions that were
 * not measured hold zeros. An axis that differs between positions gets a problem.
 */
async function sweepAxis(
  file: FileHandle,
  header: GridHeader,
  array: RawArray,
  measured: number,
  path: string,
): Promise<DraftAxis> {
  const { sweep, parameters, points, columns } = header;
  const axis = { name: sweep.name || "sweep", size: points, units: sweep.units, role: "spectral" } as const;
  const place = (name: string) => parameters.findIndex((parameter) => parameter.name === name);
  const [from, to] = [place("Sweep Start"), place("Sweep End")];
  if (from < 0 || to < 0) return { ...axis, problem: "the file does not give the ends of the sweep" };
  const count = Math.min(PROBES, measured);
  const probes = Array.from({ length: count }, (_, i) => Math.floor((i * measured) / count));
  let ends: readonly [number, number] | undefined;
  for (const probe of probes) {
    const block = {
      offset: [Math.floor(probe / columns), probe % columns, 0],
      count: [1, 1, parameters.length],
    };
    const values = await readRawArray(file, array, path, { block });
    const [start, end] = [values[from], values[to]];
    if (!Number.isFinite(start) || !Number.isFinite(end) || start === end) continue;
    if (ends !== undefined && (ends[0] !== start || ends[1] !== end)) {
      return { ...axis, problem: `its ends differ between positions: ${ends.join(" to ")} and ${start} to ${end}` };
    }
    ends = [start, end];
  }
  if (ends === undefined) return { ...axis, problem: "its ends are not written at any position" };
  const scale = points === 1 ? 1 : (tidy(ends[1]) - tidy(ends[0])) / (points - 1);
  return { ...axis, offset: tidy(ends[0]), scale };
}

/** The decimal number that a float32 stands for: 0.22 and not 0.2199999988079071. */
function tidy(value: number): number {
  return Number(value.toPrecision(7));
}
