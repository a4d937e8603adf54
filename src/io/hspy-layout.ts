import { fromValues } from "./calibration";
import type { Draft, DraftAxis } from "./drafts";
import { type AttributeValue, text } from "./hdf5/attributes";
import { fromHyperspy, HYPERSPY_GROUPS } from "./instrument";
import { parseProvenance } from "./saving/provenance";

/** What a HyperSpy experiment says beside its data, whether HDF5 or Zarr holds it. */
export interface HspyExperiment {
  /** Name of its group. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The attributes of the first of these objects of the group that is there; undefined where none is. */
  attributes(...names: string[]): Readonly<Record<string, AttributeValue>> | undefined;
  /** The numbers of a small list of the group; undefined where it is not there, empty where it holds something else. */
  values(name: string): ArrayLike<number> | undefined;
}

/** What both storages of HyperSpy's layout tell about a signal. */
export type HspyWords = Pick<Draft, "name" | "aliases" | "format" | "quantity" | "axes" | "metadata" | "history">;

/**
 * Interprets an experiment of HyperSpy (versions 1.0 to 3.x): `axis-<n>` groups calibrate axis n of the array. Files
 * before version 3 say by `record_by` what the last axes are, later ones mark every axis with `navigate`.
 */
export function describeHspy(experiment: HspyExperiment): HspyWords {
  const signal = experiment.attributes("metadata/Signal", "mapped_parameters") ?? {};
  const general = experiment.attributes("metadata/General", "mapped_parameters") ?? {};
  const found = experiment.shape.map((size, i) => readAxis(experiment, size, i));
  const own = parseProvenance(experiment.attributes("metadata/specbook") ?? {});
  const roles = own.roles.length === found.length ? own.roles : rolesOf(text(signal.record_by), found);
  const title = text(general.title);
  return {
    name: experiment.name === "__unnamed__" && title !== "" ? title : experiment.name,
    aliases: [title, text(signal.signal_type)],
    format: "HyperSpy",
    quantity: text(signal.quantity),
    axes: found.map(({ axis }, i) => ({ ...axis, role: roles[i] })),
    history: own.history,
    metadata: {
      ...own.metadata,
      title,
      signalType: text(signal.signal_type),
      ...(own.metadata.instrument === undefined ? { instrument: instrumentOf(experiment) } : {}),
    },
  };
}

/** The words of the measurement, translated; what `save` wrote stands in the provenance already. */
function instrumentOf(experiment: HspyExperiment): Readonly<Record<string, unknown>> {
  const groups = HYPERSPY_GROUPS.map((group) => {
    const below = group === "" ? "" : `/${group}`;
    const paths = [`metadata/Acquisition_instrument/TEM${below}`, `mapped_parameters/TEM${below}`] as const;
    return [group, experiment.attributes(...paths) ?? {}] as const;
  });
  return fromHyperspy(Object.fromEntries(groups));
}

interface HspyAxis {
  readonly axis: Omit<DraftAxis, "role">;
  readonly navigate?: boolean;
}

function readAxis(experiment: HspyExperiment, size: number, place: number): HspyAxis {
  const own = experiment.attributes(`axis-${place}`) ?? {};
  const written = { name: known(own.name) || `axis ${place}`, size, units: known(own.units) };
  const navigate =
    typeof own.navigate === "boolean" || typeof own.navigate === "number" ? Boolean(own.navigate) : undefined;
  const table = experiment.values(`axis-${place}/axis`);
  if (table !== undefined) {
    return { axis: { ...written, ...(table.length === size ? fromValues(table) : {}) }, navigate };
  }
  if (typeof own.size === "number" && own.size !== size) {
    const problem = `the file gives it ${own.size} points and the data ${size}`;
    return { axis: { ...written, problem }, navigate };
  }
  const expression = text(own.expression); // of a functional axis
  if (expression !== "") return { axis: { ...written, problem: `its values follow "${expression}"` }, navigate };
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
