import type { Draft } from "./drafts";
import { begins, type FileFormat } from "./format";
import { type Hdf5File, walk, withHdf5 } from "./hdf5/file";
import { emdLayout } from "./layouts/emd";
import { hspyLayout } from "./layouts/hspy";
import type { Hdf5Layout } from "./layouts/layout";
import { matlabLayout } from "./layouts/matlab";
import { nexusLayout } from "./layouts/nexus";
import { nionLayout } from "./layouts/nion";
import { plainLayout } from "./layouts/plain";
import { veloxLayout } from "./layouts/velox";
import { readExactly, withFile } from "./open-file";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Every way of laying out signals that is known. The first that knows a file reads it; the last takes any array. */
const LAYOUTS: readonly Hdf5Layout[] = [
  hspyLayout,
  veloxLayout,
  emdLayout,
  nionLayout,
  nexusLayout,
  matlabLayout,
  plainLayout,
];

/** HDF5 files: every layout that is known, and plain arrays with or without dimension scales. */
export const hdf5Format: FileFormat = {
  name: `HDF5 (${LAYOUTS.map(({ name }) => name).join(", ")})`,
  extensions: [".h5", ".hdf5", ".hspy", ".emd", ".nxs", ".nx", ".nhdf", ".mat"],
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
  withDrafts: (path, work) => withHdf5(path, async (file) => work(await hdf5Drafts(file))),
};

/** The signals of an open HDF5 file, by the first layout that knows it. */
export async function hdf5Drafts(file: Hdf5File): Promise<Draft[]> {
  const tree = walk(file);
  for (const layout of LAYOUTS) {
    const drafts = await layout.drafts(file, tree);
    if (drafts !== undefined) return drafts;
  }
  return [];
}
