import type { Draft } from "../drafts";
import { attributes } from "../hdf5/attributes";
import { describeDataset, readFloat64 } from "../hdf5/dataset";
import type { Hdf5File } from "../hdf5/file";
import { describeHspy, type HspyExperiment } from "../hspy-layout";
import { datasetDraft } from "./dataset-draft";
import type { Hdf5Layout } from "./layout";

/** HyperSpy files (.hspy, .hdf5; versions 1.0 to 3.x): `/Experiments/<title>/data`. Ragged arrays are left out. */
export const hspyLayout: Hdf5Layout = {
  name: "HyperSpy",
  drafts: (file, { nodes }) => {
    const paths = new Set(nodes.map(({ path }) => path));
    const experiments = nodes.filter(
      ({ kind, path }) => kind === "group" && /^\/Experiments\/[^/]+$/.test(path) && paths.has(`${path}/data`),
    );
    if (experiments.length === 0) return undefined;
    return experiments.flatMap(({ path }) => hspyDraft(file, path, paths) ?? []);
  },
};

function hspyDraft(file: Hdf5File, group: string, paths: ReadonlySet<string>): Draft | undefined {
  const dataset = describeDataset(file, `${group}/data`);
  return datasetDraft(file, dataset, describeHspy(experimentOf(file, group, dataset.shape, paths)));
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
