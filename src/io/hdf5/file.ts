import { resolve } from "node:path";
import { SpecbookError } from "../../core/errors";
import { guarded } from "./guard";
import { checked, type Hdf5Library, hdf5Library } from "./library";

/** An open HDF5 file: valid inside `withHdf5` only. */
export interface Hdf5File {
  readonly library: Hdf5Library;
  readonly id: bigint;
  readonly path: string;
}

/** A group or data set that can be reached by hard links alone. */
export interface Hdf5Node {
  readonly kind: "group" | "dataset";
  readonly path: string;
}

/** All objects of a file, parents before children, and the links that were not followed. */
export interface Hdf5Tree {
  readonly nodes: readonly Hdf5Node[];
  /** The nodes by path. */
  readonly kinds: ReadonlyMap<string, Hdf5Node["kind"]>;
  /** The names in each group of nodes that are data sets, by the path of the group. */
  readonly datasetsIn: ReadonlyMap<string, readonly string[]>;
  readonly links: ReadonlySet<string>;
}

const MOST_OBJECTS = 20_000;
const DEEPEST = 64;

/** Opens an HDF5 file for reading, hands it to `work` and closes it, also when the work fails. */
export async function withHdf5<T>(path: string, work: (file: Hdf5File) => T | Promise<T>): Promise<T> {
  const library = await hdf5Library();
  const id = checked(library, path, "its superblock", () => library.open(resolve(path), 0, false, -1, -1));
  try {
    return await work({ library, id, path });
  } finally {
    guarded(library.FS, path, () => library.close_file(id)); // a failing close must not hide the error that led here
  }
}

/** Makes a checked call on an open file. */
export function call<T>(file: Hdf5File, what: string, work: (library: Hdf5Library, id: bigint) => T): T {
  return checked(file.library, file.path, what, () => work(file.library, file.id));
}

/** Lists a file. Soft and external links are not followed: what they name in this file is listed where it lies. */
export function walk(file: Hdf5File): Hdf5Tree {
  const nodes: Hdf5Node[] = [];
  const links = new Set<string>();
  const datasetsIn = new Map<string, string[]>();
  const visit = (group: string, depth: number) => {
    if (depth > DEEPEST) throw tooMuch(file.path, `groups inside each other ${depth} times`, `at most ${DEEPEST}`);
    for (const name of call(file, `the names in ${group}`, (h5, id) => h5.get_names(id, group, false))) {
      const path = group === "/" ? `/${name}` : `${group}/${name}`;
      if (isLink(file, path)) {
        links.add(path);
        continue;
      }
      const type = call(file, path, (h5, id) => h5.get_type(id, path));
      if (nodes.length >= MOST_OBJECTS) throw tooMuch(file.path, `more than ${MOST_OBJECTS} objects`, "fewer");
      if (type === file.library.H5G_GROUP) {
        nodes.push({ kind: "group", path });
        visit(path, depth + 1);
      } else if (type === file.library.H5G_DATASET) {
        nodes.push({ kind: "dataset", path });
        const beside = datasetsIn.get(group) ?? [];
        beside.push(name);
        datasetsIn.set(group, beside);
      }
    }
  };
  visit("/", 0);
  return { nodes, kinds: new Map(nodes.map(({ path, kind }) => [path, kind])), datasetsIn, links };
}

function isLink(file: Hdf5File, path: string): boolean {
  return (
    call(file, path, (h5, id) => h5.get_symbolic_link(id, path)) !== null ||
    call(file, path, (h5, id) => h5.get_external_link(id, path)).filename !== undefined
  );
}

function tooMuch(path: string, got: string, needed: string): SpecbookError {
  return new SpecbookError("FormatError", `"${path}" is too deep or too wide to list`, {
    got,
    needed,
    remedy: "copy the data sets you need into a file of their own, e.g. with h5copy",
  });
}
