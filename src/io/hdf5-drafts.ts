import type { Draft } from "./drafts";
import { begins, type FileFormat } from "./format";
import { describeDataset } from "./hdf5/dataset";
import { type Hdf5File, walk, withHdf5 } from "./hdf5/file";
import { hspyDrafts } from "./hspy";
import { nsidDraft } from "./nsid";
import { readExactly, withFile } from "./open-file";
import { usidDraft, usidTables } from "./usid";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** HDF5 files: NSID, USID, HyperSpy, and plain arrays with or without dimension scales. */
export const hdf5Format: FileFormat = {
  name: "HDF5 (NSID, USID, HyperSpy)",
  extensions: [".h5", ".hdf5", ".hspy"],
  recognises: ({ path, size, isFolder, start }) => {
    if (isFolder || begins(start, SIGNATURE)) return !isFolder;
    return withFile(path, async (file) => {
      const signature = new Uint8Array(SIGNATURE.length);
      // HDF5 may stand behind a user block of 512, 1024, 2048, ... bytes.
      for (let at = 512; at + SIGNATURE.length <= size && at <= 2 ** 24; at *= 2) {
        await readExactly(file, signature, at, path);
        if (begins(signature, SIGNATURE)) return true;
      }
      return false;
    });
  },
  withDrafts: (path, work) => withHdf5(path, async (file) => work(hdf5Drafts(file))),
};

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
