import { fromValues } from "./calibration";
import type { Draft, DraftAxis } from "./drafts";
import { type AttributeValue, attributes, text } from "./hdf5/attributes";
import { bytesOf, describeDataset, readFloat32, readFloat64 } from "./hdf5/dataset";
import type { Hdf5File, Hdf5Node } from "./hdf5/file";
import { filterName } from "./hdf5/filters";
import { typeName } from "./number-types";

/**
 * The signals of a HyperSpy file (.hspy, .hdf5; versions 1.0 to 3.x): `/Experiments/<title>/data`, and beside it
 * `axis-<n>` groups whose attributes calibrate axis n of the array. Files before version 3 say by `record_by` what the
 * last axes are, later ones mark every axis with `navigate`.
 */
export function hspyDrafts(file: Hdf5File, nodes: readonly Hdf5Node[]): Draft[] {
  const paths = new Set(nodes.map(({ path }) => path));
  return nodes.flatMap(({ kind, path }) => {
    const experiment = /^\/Experiments\/[^/]+$/.test(path) && kind === "group" && paths.has(`${path}/data`);
    const draft = experiment ? hspyDraft(file, path, paths) : undefined;
    return draft === undefined ? [] : [draft];
  });
}

function hspyDraft(file: Hdf5File, group: string, paths: ReadonlySet<string>): Draft | undefined {
  const dataset = describeDataset(file, `${group}/data`);
  const { type, shape } = dataset;
  if (type === undefined || shape.length === 0 || shape.includes(0)) return undefined;
  const find = (...names: string[]) => names.map((name) => `${group}/${name}`).find((path) => paths.has(path));
  const read = (path: string | undefined) => (path === undefined ? {} : attributes(file, path));
  const signal = read(find("metadata/Signal", "mapped_parameters"));
  const general = read(find("metadata/General", "mapped_parameters"));
  const found = shape.map((size, i) => readAxis(file, find(`axis-${i}`), find(`axis-${i}/axis`), size, i));
  const roles = rolesOf(text(signal.record_by), found);
  const title = text(general.title);
  const name = group.slice("/Experiments/".length);
  return {
    name: name === "__unnamed__" && title !== "" ? title : name,
    path: `${group}/data`,
    aliases: [title, text(signal.signal_type)],
    format: "HyperSpy",
    quantity: text(signal.quantity),
    axes: found.map(({ axis }, i) => ({ ...axis, role: roles[i] })),
    dtype: typeName(type),
    bytes: bytesOf(dataset),
    packing: dataset.filters.map(filterName),
    metadata: {
      title,
      signalType: text(signal.signal_type),
      instrument: read(find("metadata/Acquisition_instrument/TEM", "mapped_parameters/TEM")),
    },
    read: (request) => readFloat32(file, dataset, request),
  };
}

interface HspyAxis {
  readonly axis: Omit<DraftAxis, "role">;
  readonly navigate?: boolean;
}

function readAxis(
  file: Hdf5File,
  group: string | undefined,
  table: string | undefined,
  size: number,
  place: number,
): HspyAxis {
  const own: Readonly<Record<string, AttributeValue>> = group === undefined ? {} : attributes(file, group);
  const written = { name: known(own.name) || `axis ${place}`, size, units: known(own.units) };
  const navigate =
    typeof own.navigate === "boolean" || typeof own.navigate === "number" ? Boolean(own.navigate) : undefined;
  if (table !== undefined) {
    const values = describeDataset(file, table);
    const isAxis = values.type !== undefined && values.shape.length === 1 && values.shape[0] === size;
    return { axis: { ...written, ...(isAxis ? fromValues(readFloat64(file, values)) : {}) }, navigate };
  }
  if (typeof own.size === "number" && own.size !== size) {
    const problem = `the file gives it ${own.size} points and the data ${size}`;
    return { axis: { ...written, problem }, navigate };
  }
  const { offset, scale } = own;
  const isCalibrated = typeof offset === "number" && typeof scale === "number";
  return { axis: { ...written, ...(isCalibrated ? { offset, scale } : {}) }, navigate };
}

/** HyperSpy writes "_None_" for a missing text. */
function known(value: AttributeValue | undefined): string {
  const written = text(value);
  return written === "_None_" || written === "<undefined>" ? "" : written;
}

function rolesOf(recordBy: string, axes: readonly HspyAxis[]): DraftAxis["role"][] {
  const isMarked = axes.every(({ navigate }) => navigate !== undefined);
  const last = axes.length - 1;
  if (isMarked && !(recordBy === "image" && axes.every(({ navigate }) => !navigate))) {
    const signals = axes.filter(({ navigate }) => !navigate).length;
    if (signals <= 1) return axes.map(({ navigate }) => (navigate ? "scan" : "spectral"));
    return axes.map(() => (signals === 2 && axes.length === 2 ? "scan" : "other"));
  }
  if (recordBy === "spectrum") return axes.map((_, i) => (i === last ? "spectral" : "scan"));
  const isImage = recordBy === "image" && axes.length === 2;
  return axes.map(() => (isImage ? "scan" : "other"));
}
