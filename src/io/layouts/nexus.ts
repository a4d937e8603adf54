import { posix } from "node:path";
import { fromValues, rolesByEnergy } from "../calibration";
import type { Draft, DraftAxis } from "../drafts";
import { type AttributeValue, attribute, attributes, text } from "../hdf5/attributes";
import { describeDataset, readFloat64 } from "../hdf5/dataset";
import { call, type Hdf5File, type Hdf5Tree } from "../hdf5/file";
import { datasetDraft } from "./dataset-draft";
import type { Hdf5Layout } from "./layout";

const LONGEST_AXIS = 2 ** 22;

type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * NeXus files: groups of class NXdata (https://manual.nexusformat.org/classes/base_classes/NXdata.html). `signal` and
 * `axes` name the data and the values along its axes; files before 2014 mark the data set with `signal`, and its axes
 * with `axis`, instead. The plot that the file shows by default comes first. Links inside the file are resolved to the
 * data set that they name; links to other files are not followed.
 */
export const nexusLayout: Hdf5Layout = {
  name: "NeXus",
  drafts: (file, tree) => {
    const groups = tree.nodes.filter(
      ({ kind, path }) => kind === "group" && text(attribute(file, path, "NX_class")) === "NXdata",
    );
    if (groups.length === 0) return undefined;
    const first = defaultPath(file, tree);
    const ordered = [...groups].sort((a, b) => Number(b.path === first) - Number(a.path === first));
    const drafts = ordered.flatMap(({ path }) => {
      const draft = plotDraft(file, tree, path);
      return draft === undefined ? [] : [draft];
    });
    return drafts.length === 0 ? undefined : drafts; // the arrays elsewhere in the file are better than nothing
  },
};

/** The group at the end of the chain of `default` attributes. */
function defaultPath(file: Hdf5File, { kinds }: Hdf5Tree): string {
  let path = "";
  for (let depth = 0; depth < 16; depth++) {
    const next = `${path}/${text(attributes(file, path || "/").default)}`;
    if (kinds.get(next) !== "group") return path;
    path = next;
  }
  return path;
}

function plotDraft(file: Hdf5File, tree: Hdf5Tree, group: string): Draft | undefined {
  const own = attributes(file, group);
  const find = (name: string) => datasetAt(file, tree, `${group}/${name}`);
  const children = tree.datasetsIn.get(group) ?? [];
  const name =
    text(own.signal) || children.find((child) => isMarked(attributes(file, `${group}/${child}`).signal)) || "data";
  const path = find(name);
  if (path === undefined) return undefined;
  const dataset = describeDataset(file, path);
  const words = attributes(file, path);
  const names = axisNames(file, group, children, own, words, dataset.shape.length);
  const axes = dataset.shape.map((size, i): Omit<DraftAxis, "role"> => {
    const named = names[i];
    const values = named === undefined ? undefined : find(named);
    if (named === undefined || values === undefined) return { name: named ?? `axis ${i}`, size, units: "" };
    return readAxis(file, values, named, size);
  });
  const roles = rolesOf(axes, text(own.interpretation) || text(words.interpretation));
  return datasetDraft(file, dataset, {
    name: posix.basename(group),
    format: "NeXus",
    path: `${group}/${name}`,
    aliases: [name, text(own.title), text(words.long_name)],
    axes: axes.map((axis, i) => ({ ...axis, role: roles[i] })),
    quantity: text(words.long_name),
    metadata: { units: text(words.units), title: text(own.title), attributes: { ...own, ...words } },
  });
}

function isMarked(value: AttributeValue | undefined): boolean {
  return String(Array.isArray(value) ? value[0] : value) === "1";
}

/** The data set that a path names, also by a link inside the file; undefined where there is none. */
function datasetAt(file: Hdf5File, { kinds, links }: Hdf5Tree, path: string): string | undefined {
  let at = path;
  for (let hops = 0; hops < 8; hops++) {
    if (kinds.get(at) === "dataset") return at;
    if (!links.has(at)) return undefined;
    const here = at;
    const target = call(file, here, (h5, id) => h5.get_symbolic_link(id, here));
    if (target === null || target === "") return undefined; // a link to another file
    at = posix.resolve(posix.dirname(here), target);
  }
  return undefined;
}

/** The name of the data set with the values of each axis; undefined where there is none. */
function axisNames(
  file: Hdf5File,
  group: string,
  children: readonly string[],
  own: Attributes,
  words: Attributes,
  rank: number,
): (string | undefined)[] {
  const written = own.axes ?? words.axes;
  // Before 2014 one text names them: "t:phi", or "[t,phi]".
  const old = text(written).replace(/^\[|\]$/g, "");
  const list = (Array.isArray(written) ? written.map(String) : old.split(/[:,]/)).map((name) => name.trim());
  const names = new Array<string | undefined>(rank).fill(undefined);
  list.forEach((name, place) => {
    const indices = own[`${name}_indices`];
    const at = Array.isArray(indices) ? indices : [indices ?? place];
    const axis = Number(at[0]);
    // Values that vary along several axes are no calibration of one.
    if (name !== "" && name !== "." && at.length === 1 && axis < rank) names[axis] ??= name;
  });
  for (const child of children) {
    const axis = Number(attributes(file, `${group}/${child}`).axis ?? Number.NaN) - 1;
    if (names.every((name) => name === undefined || name !== child) && axis >= 0 && axis < rank) names[axis] ??= child;
  }
  return names;
}

function readAxis(file: Hdf5File, path: string, name: string, size: number): Omit<DraftAxis, "role"> {
  const dataset = describeDataset(file, path);
  const own = attributes(file, path);
  const axis = { name, size, units: text(own.units) };
  const { type, shape, parts } = dataset;
  const length = shape.length === 1 ? shape[0] : 0;
  if (type === undefined || parts !== undefined || length > LONGEST_AXIS) return axis;
  if (length === size) return { ...axis, ...fromValues(readFloat64(file, dataset)) };
  if (length === size + 1) return { ...axis, ...fromValues(centres(readFloat64(file, dataset))) };
  return { ...axis, problem: `the file gives it ${shape.join(" x ")} points and the data ${size}` };
}

/** A histogram gives the edges of its bins, one more than bins. */
function centres(edges: Float64Array): Float64Array {
  return edges.slice(1).map((edge, i) => (edge + edges[i]) / 2);
}

/** What runs along each axis, by units and by what the file says it shows. */
function rolesOf(axes: readonly Omit<DraftAxis, "role">[], interpretation: string): DraftAxis["role"][] {
  const last = axes.length - 1;
  const byEnergy = rolesByEnergy(axes);
  if (byEnergy !== undefined) return byEnergy;
  if (axes.length <= 3 && interpretation === "spectrum") return axes.map((_, i) => (i === last ? "spectral" : "scan"));
  return axes.map(() => (axes.length === 2 ? "scan" : "other"));
}
