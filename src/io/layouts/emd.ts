import { fromValues, rolesByEnergy } from "../calibration";
import type { Draft, DraftAxis } from "../drafts";
import { attribute, attributes, text } from "../hdf5/attributes";
import { describeDataset, type Hdf5Dataset, readFloat64 } from "../hdf5/dataset";
import type { Hdf5File, Hdf5Tree } from "../hdf5/file";
import { datasetDraft } from "./dataset-draft";
import type { Hdf5Layout } from "./layout";

const LONGEST_AXIS = 2 ** 22;

/**
 * EMD files of Berkeley (NCEM; https://emdatasets.com/format): a group with `emd_group_type` 1, or "array" from version
 * 1.0 on (py4DSTEM, emdfile), holds an array and `dim1`, `dim2`, ... (`dim0`, ... from 1.0 on) with name and units.
 *
 * Up to version 0.x the first dimension is x, as Prismatic and HyperSpy write it: the axes are turned round, unless their
 * names say that y comes first. The data cubes of py4DSTEM and files from 1.0 on keep their order.
 */
export const emdLayout: Hdf5Layout = {
  name: "Berkeley EMD",
  drafts: (file, tree) => {
    const groups = tree.nodes.filter(
      ({ kind, path }) => kind === "group" && /^(1|array)$/.test(String(attribute(file, path, "emd_group_type"))),
    );
    if (groups.length === 0) return undefined;
    const words = wordsOf(file, tree);
    return groups.flatMap(({ path }) => groupDrafts(file, tree, path, words));
  },
};

function groupDrafts(file: Hdf5File, tree: Hdf5Tree, group: string, words: Readonly<Record<string, unknown>>): Draft[] {
  const own = attributes(file, group);
  const children = new Set(tree.datasetsIn.get(group)?.map((name) => `${group}/${name}`));
  const isDimension = (path: string) => /\/dim\d+$/.test(path);
  const base = children.has(`${group}/dim0`) ? 0 : 1;
  const arrays = [...children].filter((path) => !isDimension(path)).map((path) => describeDataset(file, path));
  const signals = arrays.filter(({ shape }) => children.has(`${group}/dim${base + shape.length - 1}`));
  return signals.flatMap((dataset) => {
    const found = dataset.shape.map((size, i) => {
      const path = `${group}/dim${base + i}`;
      return children.has(path) ? readDimension(file, path, size) : { name: `axis ${i}`, size, units: "" };
    });
    const order = orderOf(dataset, base, found);
    const turned = order.map((from) => found[from]);
    const roles = rolesOf(turned, text(own.record_by));
    const name = signals.length === 1 ? lastOf(group) : `${lastOf(group)} ${lastOf(dataset.path)}`;
    const draft = datasetDraft(file, dataset, {
      name,
      format: "EMD (Berkeley)",
      aliases: [lastOf(group)],
      axes: found.map((axis, i) => ({ ...axis, role: roles[order.indexOf(i)] })),
      order,
      quantity: text(attributes(file, dataset.path).name),
      metadata: {
        units: cleanUnits(text(attributes(file, dataset.path).units)),
        attributes: own,
        ...words,
      },
    });
    return draft === undefined ? [] : [draft];
  });
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A dimension lists its values, or only the first two. */
function readDimension(file: Hdf5File, path: string, size: number): Omit<DraftAxis, "role"> {
  const own = attributes(file, path);
  const dataset = describeDataset(file, path);
  const axis = { name: text(own.name) || lastOf(path), size, units: cleanUnits(text(own.units)) };
  const { type, shape, parts } = dataset;
  const isList =
    type !== undefined && parts === undefined && shape.length === 1 && shape[0] > 0 && shape[0] <= LONGEST_AXIS;
  if (!isList) return axis; // names of the layers, or nothing
  const values = readFloat64(file, dataset);
  if (values.length === size) return { ...axis, ...fromValues(values) };
  if (values.length === 2) return { ...axis, offset: values[0], scale: values[1] - values[0] };
  return { ...axis, problem: `the file gives it ${values.length} points and the data ${size}` };
}

/** "[n_m]" and "[k_eV]" are nm and keV: the standard sets a prefix apart and puts units in brackets. */
export function cleanUnits(written: string): string {
  const inside = [...written.matchAll(/\[([^\]]*)\]/g)].map(([, unit]) => unit);
  return inside.length === 0
    ? written
    : inside
        .map((unit) => unit.replaceAll("_", ""))
        .join(" ")
        .trim();
}

function orderOf({ path, shape }: Hdf5Dataset, base: number, axes: readonly { name: string }[]): number[] {
  const order = shape.map((_, i) => i);
  const letters = axes.flatMap(({ name }) => /[xy]$/i.exec(name)?.[0].toLowerCase() ?? []);
  const keeps = base === 0 || lastOf(path).endsWith("datacube") || (letters.includes("x") && letters[0] === "y");
  return keeps ? order : order.reverse();
}

/** What runs along each axis, by units, names and HyperSpy's `record_by`; `axes` in the order of the signal. */
function rolesOf(axes: readonly Omit<DraftAxis, "role">[], recordBy: string): DraftAxis["role"][] {
  const last = axes.length - 1;
  const byEnergy = rolesByEnergy(axes);
  if (byEnergy !== undefined) return byEnergy;
  if (axes.length <= 3 && recordBy === "spectrum") return axes.map((_, i) => (i === last ? "spectral" : "scan"));
  if (axes.length === 2) return ["scan", "scan"];
  const isPlace = axes.map(({ name }) => /^(scan|R?_?)[xy]$/i.test(name));
  return isPlace.map((place) => (place && isPlace.filter(Boolean).length === 2 ? "scan" : "other"));
}

/** What the file tells about microscope, sample and user, where it does. */
function wordsOf(file: Hdf5File, { kinds }: Hdf5Tree): Record<string, unknown> {
  const known = ["microscope", "sample", "user", "comments"].filter((name) => kinds.get(`/${name}`) === "group");
  return Object.fromEntries(known.map((name) => [name, attributes(file, `/${name}`)]));
}
