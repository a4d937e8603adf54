import type { Draft } from "./drafts";
import { attributes } from "./hdf5/attributes";
import { bytesOf, describeDataset, readFloat32, readFloat64 } from "./hdf5/dataset";
import type { Hdf5File, Hdf5Node } from "./hdf5/file";
import { filterName } from "./hdf5/filters";
import { describeHspy, type HspyExperiment } from "./hspy-layout";
import { typeName } from "./number-types";

/** The signals of a HyperSpy file (.hspy, .hdf5; versions 1.0 to 3.x): `/Experiments/<title>/data`. */
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
  return {
    ...describeHspy(experimentOf(file, group, shape, paths)),
    path: `${group}/data`,
    dtype: typeName(type),
    bytes: bytesOf(dataset),
    packing: dataset.filters.map(filterName),
    ...(dataset.chunks === undefined ? {} : { chunks: dataset.chunks }),
    read: (request) => readFloat32(file, dataset, request),
  };
}

function experimentOf(
  file: Hdf5File,
  group: string,
  shape: readonly number[],
  paths: ReadonlySet<string>,
): HspyExperiment {
  return {
    name: group.slice("/Experiments/".length),
    shape,
    attributes: (...names) => {
      const path = names.map((name) => `${group}/${name}`).find((candidate) => paths.has(candidate));
      return path === undefined ? undefined : attributes(file, path);
    },
    values: (name) => {
      if (!paths.has(`${group}/${name}`)) return undefined;
      const list = describeDataset(file, `${group}/${name}`);
      return list.type !== undefined && list.shape.length === 1 ? readFloat64(file, list) : [];
    },
  };
}
