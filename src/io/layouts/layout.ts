import type { Draft } from "../drafts";
import type { Hdf5File, Hdf5Tree } from "../hdf5/file";

/** One way of laying out signals in an HDF5 file. */
export interface Hdf5Layout {
  readonly name: string;
  /** The signals of the file; undefined where it is laid out in another way. */
  drafts(file: Hdf5File, tree: Hdf5Tree): Draft[] | undefined | Promise<Draft[] | undefined>;
}
