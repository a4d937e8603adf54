import { SpecbookError } from "../../core/errors";
import { fromValues, rolesByEnergy } from "../calibration";
import type { Draft, DraftAxis } from "../drafts";
import { type AttributeValue, attributes, lengths, text } from "../hdf5/attributes";
import { describeDataset, type Hdf5Dataset, readFloat64 } from "../hdf5/dataset";
import { call, type Hdf5File } from "../hdf5/file";
import { NSID_FILLERS } from "../saving/nsid";
import { type Provenance, parseProvenance } from "../saving/provenance";
import { datasetDraft } from "./dataset-draft";

/** Largest dimension scale that is read as an axis. */
const LONGEST_AXIS = 2 ** 24;

/**
 * The signal of one data set with dimension scales: NSID (pyNSID writes `data_type`, `quantity`, `units` on the data
 * and `dimension_type`, `units`, `quantity` on its scales; https://pycroscopy.github.io/pyNSID), or any HDF5 file. A
 * data set without scales has uncalibrated axes. undefined for what is no signal: scales, texts, single numbers.
 */
export function nsidDraft(file: Hdf5File, dataset: Hdf5Dataset): Draft | undefined {
  const { path, shape, type } = dataset;
  const size = shape.reduce((a, b) => a * b, 1);
  if (type === undefined || shape.length === 0 || size === 0) return undefined;
  const own = attributes(file, path);
  if (own.CLASS === "DIMENSION_SCALE") return undefined;
  const attached = lengths(file, path, "DIMENSION_LIST");
  // HDF5 writes the list with the first scale and removes it with the last one.
  if (attached?.every((count) => count === 0)) throw lostScale(file, path, "every axis");
  const axes = shape.map((length, i) => readAxis(file, path, i, length, (attached?.[i] ?? 0) > 0));
  const isNsid = "data_type" in own || axes.some(({ type }) => type !== undefined);
  const { history, metadata, roles: known } = provenanceOf(own);
  const roles = known.length === axes.length ? known : rolesOf(text(own.data_type), axes);
  const isOwn = known.length > 0 && text(own.title) !== "";
  const told = (word: "quantity" | "units") =>
    isOwn && own[word] === NSID_FILLERS[word] && metadata[word] === undefined ? "" : text(own[word]);
  const units = told("units");
  return datasetDraft(file, dataset, {
    name: isOwn ? text(own.title) : channelName(path),
    aliases: [channelName(path), text(own.title), text(own.main_data_name), text(own.quantity)],
    format: isNsid ? "NSID" : "HDF5",
    quantity: told("quantity"),
    axes: axes.map(({ axis }, i) => ({ ...axis, role: roles[i] })),
    metadata: { ...metadata, ...(isOwn && units === "" ? {} : { units }), attributes: foreign(own) },
    history,
  });
}

/** What `save` adds to the attributes. */
function provenanceOf(own: Readonly<Record<string, AttributeValue>>): Provenance {
  const { specbook_history: history, specbook_metadata: metadata, specbook_roles: roles } = own;
  return parseProvenance({ history, metadata, roles });
}

/** The attributes without those that `save` adds. */
function foreign(own: Readonly<Record<string, AttributeValue>>): Readonly<Record<string, AttributeValue>> {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith("specbook_")));
}

/** "Channel_000" of "/Measurement_000/Channel_000/Raw_Data", else the last part of a path. */
export function channelName(path: string): string {
  const parts = path.split("/");
  return parts.find((part) => /^Channel_\d+$/.test(part)) ?? parts[parts.length - 1];
}

interface ScaleAxis {
  readonly axis: Omit<DraftAxis, "role">;
  /** dimension_type, upper case. */
  readonly type?: string;
}

function readAxis(file: Hdf5File, path: string, dimension: number, size: number, isAttached: boolean): ScaleAxis {
  const scales = call(file, `the axes of ${path}`, (h5, id) => h5.get_attached_scales(id, path, dimension));
  const scale = scales.find((name) => name !== "");
  const unknown = { name: `axis ${dimension}`, size, units: "" };
  if (scale === undefined && isAttached) {
    throw lostScale(file, path, `axis ${dimension}`);
  }
  if (scale === undefined) return { axis: unknown };
  const dataset = describeDataset(file, scale);
  const own = attributes(file, scale);
  const name = text(own.name) || text(own.NAME) || unknown.name;
  const type = text(own.dimension_type).toUpperCase().split(".").pop() || undefined;
  const isAxis = dataset.type !== undefined && dataset.shape.length === 1 && dataset.shape[0] === size;
  if (!isAxis || size > LONGEST_AXIS) return { axis: { ...unknown, name }, type };
  const values = fromValues(readFloat64(file, dataset));
  const step = size === 1 && typeof own.specbook_step === "number" ? { scale: own.specbook_step } : {}; // of `save`
  return { axis: { name, size, units: text(own.units), ...values, ...step }, type };
}

function lostScale(file: Hdf5File, path: string, what: string): SpecbookError {
  return new SpecbookError("FormatError", `"${file.path}" is damaged`, {
    got: `${what} of ${path} refers to a dimension scale that is not there`,
    needed: "the scale, which calibrates the axis",
    remedy: "copy or download the file again, and compare its size or check sum with the original",
  });
}

/** What runs along each axis: by the types of the dimensions, else by data_type and units. */
function rolesOf(dataType: string, axes: readonly ScaleAxis[]): DraftAxis["role"][] {
  const last = axes.length - 1;
  if (axes.every(({ type }) => type === "SPATIAL" || type === "SPECTRAL")) {
    return axes.map(({ type }) => (type === "SPATIAL" ? "scan" : "spectral"));
  }
  const byEnergy = rolesByEnergy(axes.map(({ axis }) => axis));
  if (byEnergy !== undefined) return byEnergy;
  if (dataType === "SPECTRAL_IMAGE" && axes.length === 3) return axes.map((_, i) => (i === last ? "spectral" : "scan"));
  if (dataType === "SPECTRUM" && axes.length === 1) return ["spectral"];
  const isImage = axes.length === 2 && (dataType === "IMAGE" || dataType === "");
  return axes.map(() => (isImage ? "scan" : "other"));
}
