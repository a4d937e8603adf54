import { basename } from "node:path";
import { checkMemory } from "../../core/memory";
import { createPace } from "../../core/pace";
import { type Block, blockSize, eachRow } from "../block";
import type { Draft, DraftAxis, ReadRequest } from "../drafts";
import type { FileFormat } from "../format";
import { typeName } from "../number-types";
import { readExactly, withFile } from "../open-file";
import { checkRawArray, type RawArray, readRawArray } from "../raw-array";
import type { Calibration } from "../stem4d/scan";
import { conversion } from "../units";
import { calibrationOf } from "./calibration";
import { damagedTiff, readDirectories, type TiffFile, tiffKind } from "./directory";
import { parseImageJ, parseShaped } from "./imagej";
import { describePage, findSegments, readPage, type TiffPage } from "./page";
import { PACKINGS } from "./unpack";

/**
 * TIFF 6.0 and BigTIFF, read here and not by a library: its sizes must be checked before anything is allocated, and
 * geotiff 3.0.5 gives zeros for a big-endian file with a long table of strips.
 */
export const tiffFormat: FileFormat = {
  name: "TIFF",
  extensions: [".tif", ".tiff"],
  recognises: ({ start }) => tiffKind(start) !== undefined,
  withDrafts: (path, work) =>
    withFile(path, async (file, size) => {
      const start = new Uint8Array(Math.min(size, 16));
      await readExactly(file, start, 0, path);
      const kind = tiffKind(start);
      const tiff: TiffFile = { file, size, path, ...(kind ?? { littleEndian: true, isBig: false }) };
      const drafts: Draft[] = [];
      const series = await seriesOf(tiff);
      for (const pages of series) drafts.push(await draftOf(tiff, pages, series.length > 1));
      return work(drafts);
    }),
};

/** A page with its number, counted from 1 as ImageJ counts. */
interface NumberedPage extends TiffPage {
  readonly number: number;
}

/** The images of a file, those of one size and type together. One that cannot be read is left out beside others. */
async function seriesOf(tiff: TiffFile): Promise<NumberedPage[][]> {
  const series = new Map<string, NumberedPage[]>();
  let problem: unknown;
  for (const [i, directory] of (await readDirectories(tiff)).entries()) {
    const page = await describePage(tiff, directory).catch((error: unknown) => {
      problem ??= error;
    });
    if (page === undefined) continue;
    const key = [page.rows, page.columns, page.samples, typeName(page.type), page.isColour].join();
    const own = series.get(key) ?? [];
    own.push({ ...page, number: i + 1 });
    series.set(key, own);
  }
  if (series.size === 0) throw problem ?? damagedTiff(tiff.path, "no image at all");
  return [...series.values()];
}

async function draftOf(tiff: TiffFile, pages: readonly NumberedPage[], isOneOfMany: boolean): Promise<Draft> {
  const [first] = pages;
  const { rows, columns, samples, isColour, type, directory } = first;
  const description = await directory.text(270);
  const words = parseImageJ(description);
  const contiguous = await oneDirectoryStack(tiff, pages, words?.images ?? 1);
  const count = contiguous?.shape[0] ?? pages.length;
  const pixel = samples > 1 ? [rows, columns, samples] : [rows, columns];
  const outer = outerAxes(count, words?.dimensions ?? parseShaped(description, pixel));
  const { x, y, z, source } = await calibrationOf(first, words);
  const own = basename(tiff.path).replace(/\.[^.]+$/, "");
  const numbers =
    pages.length > 1 ? `pages ${first.number} to ${pages[pages.length - 1].number}` : `page ${first.number}`;
  const axes: DraftAxis[] = [
    ...outer.map((axis, i) =>
      withMeaning({ ...axis, ...(i === outer.length - 1 && z !== undefined ? z : {}) }, "other"),
    ),
    withMeaning({ name: "y", size: rows, ...(y ?? { units: "" }) }, "scan"),
    withMeaning({ name: "x", size: columns, ...(x ?? { units: "" }) }, "scan"),
    ...(samples > 1 ? [withMeaning({ name: isColour ? "colour" : "sample", size: samples, units: "" }, "other")] : []),
  ];
  const shape = axes.map(({ size }) => size);
  return {
    name: isOneOfMany ? numbers : own,
    path: isOneOfMany ? numbers : own,
    aliases: [],
    format: "TIFF",
    quantity: "",
    axes,
    ...(outer.length === 1 && samples === 1 ? { energyAxis: 0 } : {}), // should the user say that one of them is
    dtype: typeName(type),
    bytes: shape.reduce((a, b) => a * b, type.bytes),
    packing: PACKINGS[first.compression].name === "" ? [] : [PACKINGS[first.compression].name],
    metadata: {
      calibratedBy: source,
      software: await directory.text(305),
      description: description.slice(0, 4096),
    },
    read: (request) =>
      contiguous === undefined
        ? readStack(tiff, pages, shape, samples > 1 ? 3 : 2, request)
        : readRawArray(tiff.file, { ...contiguous, shape }, tiff.path, request),
  };
}

/** ImageJ gives a stack above 4 GB one directory: the images follow the first without a gap. */
async function oneDirectoryStack(
  tiff: TiffFile,
  pages: readonly TiffPage[],
  images: number,
): Promise<RawArray | undefined> {
  const [page] = pages;
  if (pages.length !== 1 || images < 2 || page.compression !== 1 || page.isPlanar) return undefined;
  const { offsets } = await findSegments(tiff, page);
  const array = { offset: offsets[0], shape: [images, page.rows, page.columns, page.samples], type: page.type };
  checkRawArray(array, tiff.size, tiff.path);
  return array;
}

/** The axes from image to image: as the file tells them where they fit, else one that counts pages. */
function outerAxes(
  count: number,
  told: readonly { readonly name: string; readonly size: number }[] | undefined,
): { name: string; size: number; units: string }[] {
  const wide = (told ?? []).filter(({ size }) => size > 1);
  const fits = wide.length > 0 && wide.reduce((a, { size }) => a * size, 1) === count;
  if (fits) return wide.map(({ name, size }) => ({ name, size, units: "" }));
  return count > 1 ? [{ name: "page", size: count, units: "" }] : [];
}

/** Units of energy make any axis the spectral one; what is not told stays as it is. */
function withMeaning(axis: Calibration & { name: string; size: number }, otherwise: "scan" | "other"): DraftAxis {
  return { ...axis, role: conversion(axis.units).measure === "energy" ? "spectral" : otherwise };
}

/** Reads a block of a stack, page by page: whole strips where they are packed, else only the bytes of the block. */
async function readStack(
  tiff: TiffFile,
  pages: readonly TiffPage[],
  shape: readonly number[],
  own: number,
  { block = { offset: shape.map(() => 0), count: shape }, signal }: ReadRequest = {},
): Promise<Float32Array> {
  const outer = { offset: block.offset.slice(0, -own), count: block.count.slice(0, -own) };
  const inner = { offset: block.offset.slice(-own), count: block.count.slice(-own) };
  const wanted = outer.count.length === 0 ? [0] : indicesOf(outer, shape);
  // Each page is checked before memory is asked for: what its strips cannot hold is refused.
  const parts = [];
  for (const index of wanted) parts.push({ page: pages[index], segments: await findSegments(tiff, pages[index]) });
  checkMemory(4 * blockSize(block), `"${tiff.path}" (${block.count.join(" x ")})`, "read a smaller part of it");
  const result = new Float32Array(blockSize(block));
  const pace = createPace(`reading "${tiff.path}"`, { signal });
  for (const [i, { page, segments }] of parts.entries()) {
    const from = i * blockSize(inner);
    const raw = rawPage(page, segments.offsets, segments.sizes);
    if (raw === undefined) await readPage(tiff, page, segments, inner, result, from);
    else
      result.set(
        await readRawArray(tiff.file, { ...raw, shape: shape.slice(-own) }, tiff.path, { block: inner }),
        from,
      );
    await pace.step();
  }
  return result;
}

/** A page whose numbers follow each other without gaps, as one array. */
function rawPage(page: TiffPage, offsets: readonly number[], sizes: readonly number[]): RawArray | undefined {
  const isWhole = page.segment[1] === page.columns && !page.directory.has(322) && !page.isPlanar;
  if (page.compression !== 1 || !isWhole) return undefined;
  const row = page.columns * page.samples * page.type.bytes;
  const count = Math.ceil(page.rows / page.segment[0]);
  for (let i = 0; i < count; i++) {
    const rows = Math.min(page.segment[0], page.rows - i * page.segment[0]);
    const isNext = i === 0 || offsets[i] === offsets[i - 1] + page.segment[0] * row;
    if (!isNext || sizes[i] < rows * row) return undefined;
  }
  return { offset: offsets[0], shape: [], type: page.type };
}

function indicesOf({ offset, count }: Block, shape: readonly number[]): number[] {
  const found: number[] = [];
  eachRow({ offset: [...offset, 0], count: [...count, 1] }, (index) => {
    found.push(index.slice(0, offset.length).reduce((at, i, axis) => at * shape[axis] + i, 0));
  });
  return found;
}
