import { blockSize } from "../block";
import type { Draft, DraftAxis, ReadRequest } from "../drafts";
import { describeDataset, type Hdf5Dataset } from "../hdf5/dataset";
import type { Hdf5File, Hdf5Tree } from "../hdf5/file";
import { readText } from "../hdf5/texts";
import { jsonNumber, jsonText, member, parseJson } from "../json";
import { datasetDraft } from "./dataset-draft";
import type { Hdf5Layout } from "./layout";
import { detectorName, frameTime, scanAxes, scanShape, veloxMetadata, veloxWords, xrayAxis } from "./velox-metadata";
import { streamDrafts } from "./velox-stream";

const FORMAT = "EMD (Velox)";

/**
 * EMD files of Velox (Thermo Fisher, FEI): `/Data/<kind>/<id>` with `Data` and a JSON `Metadata` per frame. Images lie
 * as (y, x, frame) and come as (y, x), or as (frame, y, x) where there are several. Beside a spectrum image, which is
 * the sum of its frames, the mean of an image's frames comes too: the two belong together.
 */
export const veloxLayout: Hdf5Layout = {
  name: "Velox EMD",
  drafts: async (file, tree) => {
    const paths = new Set(tree.nodes.map(({ path }) => path));
    const version = paths.has("/Version") && paths.has("/Data") ? parseJson(readText(file, "/Version")) : undefined;
    if (jsonText(member(version, "format")) !== "Velox") return undefined;
    const groups = (kind: string) =>
      tree.nodes
        .filter(({ path }) => path.startsWith(`/Data/${kind}/`) && paths.has(`${path}/Data`))
        .map(({ path }) => path);
    const spectra = await streamDrafts(
      file,
      groups("SpectrumStream").filter((g) => paths.has(`${g}/AcquisitionSettings`)),
    );
    const titles = displayTitles(file, tree, paths);
    const drafts = [...spectra];
    for (const group of groups("EelsSpectrumImage")) {
      drafts.push(...(await eelsDraft(file, group, groups("SpectrumImage"), paths)));
    }
    for (const group of groups("Image")) {
      drafts.push(...(await imageDrafts(file, group, titles.get(group) ?? "", drafts.length > 0)));
    }
    for (const group of groups("Spectrum")) drafts.push(...(await spectrumDraft(file, group)));
    const isPruned =
      spectra.length === 0 && groups("SpectrumImage").length > 0 && groups("EelsSpectrumImage").length === 0;
    const note = { notRead: "a spectrum image without its event stream, which Velox packs in a form of its own" };
    return isPruned ? drafts.map((draft) => ({ ...draft, metadata: { ...draft.metadata, ...note } })) : drafts;
  },
};

/** The titles of the windows that show each image, by the path of its group. */
function displayTitles(file: Hdf5File, tree: Hdf5Tree, paths: ReadonlySet<string>): Map<string, string> {
  const displays = tree.nodes
    .filter(({ kind, path }) => kind === "dataset" && /^\/(Presentation\/)?Displays\/ImageDisplay\/[^/]+$/.test(path))
    .slice(0, 1000)
    .map(({ path }) => parseJson(readText(file, path)));
  const shown = displays.flatMap((display) => {
    // Version 11 and later name a reference, which names the image; earlier ones name the image.
    const reference = jsonText(member(display, "data"));
    const target = paths.has(reference) ? parseJson(readText(file, reference)) : display;
    const title = jsonText(member(display, "title")) || jsonText(member(display, "display", "label"));
    const group = jsonText(member(target, "dataPath"));
    return title === "" || group === "" ? [] : [[group, decoded(title)] as const];
  });
  return new Map(shown);
}

function decoded(title: string): string {
  try {
    return decodeURIComponent(title);
  } catch {
    return title;
  }
}

async function imageDrafts(file: Hdf5File, group: string, title: string, isBesideSpectra: boolean): Promise<Draft[]> {
  const dataset = describeDataset(file, `${group}/Data`);
  if (dataset.shape.length !== 3) return [];
  const metadata = await veloxMetadata(file, `${group}/Metadata`);
  const [rows, columns, frames] = dataset.shape;
  const [y, x] = scanAxes(metadata, rows, columns);
  const seconds = frameTime(metadata);
  const time: DraftAxis = { name: "time", size: frames, units: "s", offset: 0, scale: seconds, role: "other" };
  const words = {
    name: title || detectorName(metadata) || "image",
    format: FORMAT,
    aliases: [detectorName(metadata)],
    metadata: { ...veloxWords(metadata), title },
  };
  const order = frames === 1 ? [0, 1] : [2, 0, 1];
  const draft = datasetDraft(file, dataset, { ...words, axes: [y, x, time], order });
  if (draft === undefined) return [];
  if (frames === 1) return [draft];
  const stack = isByFrame(dataset) ? { ...draft, read: (request?: ReadRequest) => readFrames(draft, request) } : draft;
  if (!isBesideSpectra || dataset.parts !== undefined) return [stack];
  return [meanOf(stack, group, [y, x]), { ...stack, name: `${stack.name} frames` }];
}

function isByFrame({ chunks }: Hdf5Dataset): boolean {
  return chunks?.[2] === 1;
}

/** Reads a stack frame by frame: with one chunk per frame that needs no turning round of axes. */
async function readFrames(draft: Draft, { block, signal }: ReadRequest = {}): Promise<Float32Array> {
  const { offset, count } = block ?? { offset: draft.axes.map(() => 0), count: draft.axes.map(({ size }) => size) };
  const result = new Float32Array(blockSize({ offset, count }));
  const size = result.length / count[0];
  for (let frame = 0; frame < count[0]; frame++) {
    const part = { offset: [offset[0] + frame, ...offset.slice(1)], count: [1, ...count.slice(1)] };
    result.set(await draft.read({ block: part, signal }), frame * size);
  }
  return result;
}

/** The mean of a stack's frames: the image that goes with a spectrum image summed over the same frames. */
function meanOf(stack: Draft, path: string, axes: readonly DraftAxis[]): Draft {
  const frames = stack.axes[0].size;
  return {
    ...stack,
    path,
    axes,
    quantity: `mean of ${frames} frames`,
    bytes: stack.bytes / frames,
    metadata: { ...stack.metadata, combined: `mean of ${frames} frames` },
    read: async ({ block = { offset: [0, 0], count: axes.map(({ size }) => size) }, signal } = {}) => {
      const sum = new Float64Array(blockSize(block));
      for (let frame = 0; frame < frames; frame++) {
        const part = { offset: [frame, ...block.offset], count: [1, ...block.count] };
        const values = await stack.read({ block: part, signal });
        for (let i = 0; i < sum.length; i++) sum[i] += values[i];
      }
      return Float32Array.from(sum, (total) => total / frames);
    },
  };
}

/** A spectrum, or several of one detector, as (energy, n) in the file. */
async function spectrumDraft(file: Hdf5File, group: string): Promise<Draft[]> {
  const dataset = describeDataset(file, `${group}/Data`);
  if (dataset.shape.length !== 2) return [];
  const metadata = await veloxMetadata(file, `${group}/Metadata`);
  const [channels, count] = dataset.shape;
  const stack: DraftAxis = { name: "stack", size: count, units: "", role: "other" };
  const draft = datasetDraft(file, dataset, {
    name: `${detectorName(metadata) || "EDS"} spectrum`,
    format: FORMAT,
    aliases: [detectorName(metadata)],
    axes: [xrayAxis(metadata, channels), stack],
    order: count === 1 ? [0] : [1, 0],
    quantity: "X-rays",
    metadata: { ...veloxWords(metadata), signalType: "EDS_TEM" },
  });
  return draft === undefined ? [] : [draft];
}

/** Energy-loss spectra of each range of a detector, as (y, energy, x) or (x, energy) in the file. */
async function eelsDraft(
  file: Hdf5File,
  group: string,
  scans: readonly string[],
  paths: ReadonlySet<string>,
): Promise<Draft[]> {
  const dataset = describeDataset(file, `${group}/Data`);
  const { shape } = dataset;
  if (shape.length !== 2 && shape.length !== 3) return [];
  const read = async (path: string) => (paths.has(path) ? veloxMetadata(file, path) : undefined);
  const own = await read(`${group}/Metadata`);
  const acquisition = await read(`${group}/AcquisitionMetadata`);
  // The pixel size stands with the scan, not always with the spectra.
  const scan =
    jsonNumber(member(own, "BinaryResult", "PixelSize", "width")) === undefined && scans.length > 0
      ? await read(`${scans[0]}/Metadata`)
      : own;
  const raster = scanShape(scan);
  const isMap = shape.length === 3;
  // The scan tells which of the two outer axes counts the rows; where it does not, the first does, as in images.
  const isTurned =
    isMap && raster !== undefined && shape[0] !== shape[2] && raster.join() === `${shape[2]},${shape[0]}`;
  const order = !isMap ? [0, 1] : isTurned ? [2, 0, 1] : [0, 2, 1];
  const [y, x] = scanAxes(scan, isMap ? shape[order[0]] : 1, isMap ? shape[order[1]] : shape[0]);
  const energy: DraftAxis = {
    name: "energy loss",
    size: shape[1],
    units: "eV",
    offset: jsonNumber(member(acquisition, "Data", "offset")),
    scale: jsonNumber(member(acquisition, "Data", "dispersion")),
    role: "spectral",
  };
  const draft = datasetDraft(file, dataset, {
    name: "EELS",
    format: FORMAT,
    axes: !isMap ? [x, energy] : isTurned ? [x, energy, y] : [y, energy, x],
    order,
    quantity: "energy loss",
    metadata: { ...veloxWords(own), signalType: "EELS" },
  });
  return draft === undefined ? [] : [draft];
}
