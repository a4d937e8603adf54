import { isSpecbookError, SpecbookError } from "../core/errors";
import { type NumericArray, parseNpy } from "./npy";
import { LONGEST_HEADER, type NpyHeader, parseNpyHeader } from "./npy-header";
import { nearNames, withFile } from "./open-file";
import { peekZipEntry, readZipEntry, zipEntries } from "./zip";

/**
 * Reads the arrays of a NumPy archive (.npz, stored or compressed) by name. `arrays` names the wanted ones; by default
 * all are read, and one that holds no plain numbers is an error.
 *
 * @example const { weights } = await readNpz("model.npz", { arrays: ["weights"] });
 */
export async function readNpz(
  path: string,
  options: { arrays?: readonly string[] } = {},
): Promise<Readonly<Record<string, NumericArray>>> {
  return withFile(path, async (file, size) => {
    const entries = new Map((await zipEntries(file, size, path)).map((e) => [e.name.replace(/\.npy$/, ""), e]));
    const arrays: [string, NumericArray][] = [];
    for (const name of options.arrays ?? entries.keys()) {
      const entry = entries.get(name);
      if (entry === undefined) throw unknownArray(path, name, [...entries.keys()]);
      arrays.push([name, parseNpy(await readZipEntry(file, size, entry, path), `${path}: ${name}`)]);
    }
    return Object.freeze(Object.fromEntries(arrays));
  });
}

/** The header of every array of plain numbers in an archive; nothing else of them is unpacked. */
export async function npzHeaders(path: string): Promise<[string, NpyHeader][]> {
  return withFile(path, async (file, size) => {
    const headers: [string, NpyHeader][] = [];
    for (const entry of await zipEntries(file, size, path)) {
      const start = await peekZipEntry(file, size, entry, path, LONGEST_HEADER);
      const name = entry.name.replace(/\.npy$/, "");
      const header = plainHeader(start.subarray(0, LONGEST_HEADER), entry.size, `${path}: ${name}`);
      if (header !== undefined) headers.push([name, header]);
      // What seems to be no array of numbers may be one whose header is damaged: then the check sum throws.
      else if (name !== entry.name) await readZipEntry(file, size, entry, path);
    }
    return headers;
  });
}

function plainHeader(start: Uint8Array, size: number, name: string): NpyHeader | undefined {
  try {
    return parseNpyHeader(start, size, name);
  } catch (error) {
    if (isSpecbookError(error, "FormatError")) return undefined; // texts and records are no signals
    throw error;
  }
}

function unknownArray(path: string, name: string, names: readonly string[]): SpecbookError {
  const near = nearNames(name, names);
  return new SpecbookError("OptionError", `"${path}" has no array "${name}"`, {
    got: `the arrays ${names.slice(0, 20).join(", ")}${names.length > 20 ? " ..." : ""}`,
    needed: "one of these names",
    remedy: near.length > 0 ? `did you mean "${near[0]}"?` : `write { arrays: ["${names[0]}"] }`,
  });
}
