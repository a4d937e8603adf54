import { describeDataset } from "../hdf5/dataset";
import type { Hdf5Layout } from "./layout";
import { nsidDraft } from "./nsid";
import { usidDraft, usidTables } from "./usid";

/** Files without groups of a known kind: USID and NSID data sets, and any other array, with dimension scales or none. */
export const plainLayout: Hdf5Layout = {
  name: "NSID, USID, plain arrays",
  drafts: (file, { nodes }) => {
    const datasets = nodes.flatMap(({ kind, path }) => (kind === "dataset" ? [describeDataset(file, path)] : []));
    const mains = new Map(datasets.map((dataset) => [dataset.path, usidTables(file, dataset.path)]));
    const tables = new Set([...mains.values()].flatMap((paths) => paths ?? []));
    return datasets.flatMap((dataset) => {
      if (tables.has(dataset.path)) return [];
      const own = mains.get(dataset.path);
      const draft = own === undefined ? nsidDraft(file, dataset) : usidDraft(file, dataset, own);
      return draft === undefined ? [] : [draft];
    });
  },
};
