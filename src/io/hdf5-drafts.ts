import type { Draft } from "./drafts";
import { describeDataset } from "./hdf5/dataset";
import { type Hdf5File, walk } from "./hdf5/file";
import { hspyDrafts } from "./hspy";
import { nsidDraft } from "./nsid";
import { usidDraft, usidTables } from "./usid";

/** The signals of an open HDF5 file: HyperSpy where it has experiments, else USID and NSID, else every array. */
export function hdf5Drafts(file: Hdf5File): Draft[] {
  const { nodes } = walk(file);
  const experiments = hspyDrafts(file, nodes);
  if (experiments.length > 0) return experiments;
  const datasets = nodes.flatMap(({ kind, path }) => (kind === "dataset" ? [describeDataset(file, path)] : []));
  const mains = new Map(datasets.map((dataset) => [dataset.path, usidTables(file, dataset.path)]));
  const tables = new Set([...mains.values()].flatMap((paths) => paths ?? []));
  return datasets.flatMap((dataset) => {
    if (tables.has(dataset.path)) return [];
    const own = mains.get(dataset.path);
    const draft = own === undefined ? nsidDraft(file, dataset) : usidDraft(file, dataset, own);
    return draft === undefined ? [] : [draft];
  });
}
