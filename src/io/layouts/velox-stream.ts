import { setImmediate } from "node:timers/promises";
import { SpecbookError } from "../../core/errors";
import { checkMemory } from "../../core/memory";
import { type Block, blockSize } from "../block";
import type { Draft, ReadRequest } from "../drafts";
import { describeDataset, type Hdf5Dataset, readFloat32 } from "../hdf5/dataset";
import type { Hdf5File } from "../hdf5/file";
import { stopped } from "../hdf5/read-errors";
import { readText } from "../hdf5/texts";
import { jsonNumber, member, parseJson } from "../json";
import { detectorName, scanAxes, scanShape, veloxMetadata, veloxWords, xrayAxis } from "./velox-metadata";

/** The value that ends a pixel; every other value is the energy channel of one X-ray. */
const NEXT_PIXEL = 65535;
const MOST_CHANNELS = 2 ** 16;
/** Events of one read. */
const PIECE = 2 ** 22;

interface Stream {
  readonly group: string;
  readonly events: Hdf5Dataset;
  readonly metadata: unknown;
  readonly channels: number;
}

/**
 * The spectrum images of the X-ray event streams of a Velox file (`/Data/SpectrumStream/<id>`), all frames summed.
 *
 * A stream lists, pixel after pixel in rows and frame after frame, the channel of every X-ray, and 65535 at the end of
 * each pixel. Streams of detectors with the same calibration (the segments of one detector) are summed; others are a
 * signal each. The scan is the part of the raster that `ScanArea` tells.
 */
export async function streamDrafts(file: Hdf5File, groups: readonly string[]): Promise<Draft[]> {
  const streams: Stream[] = [];
  for (const group of groups) {
    const stream = await describeStream(file, group);
    if (stream !== undefined) streams.push(stream);
  }
  const alike = new Map<string, Stream[]>();
  for (const stream of streams) {
    const { offset, scale } = xrayAxis(stream.metadata, stream.channels);
    const key = [stream.channels, offset, scale, scanShape(stream.metadata)].join();
    alike.set(key, [...(alike.get(key) ?? []), stream]);
  }
  return [...alike.values()].flatMap((same) => streamDraft(file, same));
}

async function describeStream(file: Hdf5File, group: string): Promise<Stream | undefined> {
  const events = describeDataset(file, `${group}/Data`);
  const settings = parseJson(readText(file, `${group}/AcquisitionSettings`));
  const channels = jsonNumber(member(settings, "bincount"));
  const isStream = events.type?.kind === "uint" && events.type.bytes === 2 && events.parts === undefined;
  const isList = events.shape.length === 2 && events.shape[1] === 1 && events.shape[0] > 0;
  if (!isStream || !isList || channels === undefined) return undefined;
  if (!Number.isInteger(channels) || channels < 1 || channels > MOST_CHANNELS) return undefined;
  return { group, events, channels, metadata: await veloxMetadata(file, `${group}/Metadata`) };
}

function streamDraft(file: Hdf5File, streams: readonly Stream[]): Draft[] {
  const [{ metadata, channels, group, events }] = streams;
  const shape = scanShape(metadata);
  if (shape === undefined) return [];
  const [rows, columns] = shape;
  const axes = [...scanAxes(metadata, rows, columns), xrayAxis(metadata, channels)];
  const detectors = streams.map((stream) => detectorName(stream.metadata));
  return [
    {
      name: "EDS",
      path: group,
      aliases: detectors,
      format: "EMD (Velox)",
      quantity: streams.length === 1 ? "X-rays" : `X-rays, sum of ${streams.length} detectors`,
      axes,
      dtype: "uint16",
      bytes: 2 * rows * columns * channels,
      packing: ["event stream"],
      metadata: { ...veloxWords(metadata), signalType: "EDS_TEM", detectors, streams: streams.map((s) => s.group) },
      isSeekable: false, // the frames follow each other: every pixel is spread over the whole stream
      read: (request) => readStreams(file, streams, [rows, columns, channels], request, events.path),
    },
  ];
}

async function readStreams(
  file: Hdf5File,
  streams: readonly Stream[],
  shape: readonly [number, number, number],
  { block = { offset: [0, 0, 0], count: shape }, signal }: ReadRequest = {},
  path: string,
): Promise<Float32Array> {
  const remedy = "read a part of the scan, or bin the energies in Velox before the export";
  checkMemory(4 * blockSize(block) + 8 * shape[0] * shape[1], `${path} (${block.count.join(" x ")})`, remedy);
  const counts = new Float32Array(blockSize(block));
  const starts = pixelStarts(shape, block);
  for (const { events } of streams) {
    const length = events.shape[0];
    let pixel = 0;
    for (let from = 0; from < length; from += PIECE) {
      const count = [Math.min(PIECE, length - from), 1];
      const piece = await readFloat32(file, events, { block: { offset: [from, 0], count }, signal });
      pixel = addEvents(counts, piece, starts, pixel, block, shape[2], events.path);
      await setImmediate();
      if (signal?.aborted) throw stopped(events.path, from, length, signal.reason);
    }
  }
  return counts;
}

/** Where the spectrum of each pixel begins in the result; -1 for a pixel outside the block. */
function pixelStarts([rows, columns]: readonly number[], { offset, count }: Block): Float64Array {
  const starts = new Float64Array(rows * columns).fill(-1);
  for (let row = 0; row < count[0]; row++) {
    for (let column = 0; column < count[1]; column++) {
      starts[(offset[0] + row) * columns + offset[1] + column] = (row * count[1] + column) * count[2];
    }
  }
  return starts;
}

/** Adds the events of a piece of a stream; returns the pixel that the next piece begins in. */
function addEvents(
  counts: Float32Array,
  events: Float32Array,
  starts: Float64Array,
  first: number,
  { offset, count }: Block,
  channels: number,
  path: string,
): number {
  const [from, length, pixels] = [offset[2], count[2], starts.length];
  let pixel = first;
  for (let i = 0; i < events.length; i++) {
    const channel = events[i];
    if (channel === NEXT_PIXEL) {
      if (++pixel === pixels) pixel = 0;
      continue;
    }
    if (channel >= channels) throw beyond(path, channel, channels);
    const at = channel - from;
    const start = starts[pixel];
    if (start >= 0 && at >= 0 && at < length) counts[start + at]++;
  }
  return pixel;
}

function beyond(path: string, channel: number, channels: number): SpecbookError {
  return new SpecbookError("FormatError", `the event stream ${path} is damaged`, {
    got: `an X-ray in channel ${channel}`,
    needed: `channels from 0 to ${channels - 1}, as its acquisition settings say`,
    remedy: "copy or export the file again, and compare its check sum with the original",
  });
}
