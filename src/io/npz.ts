import { SpecbookError } from "../core/errors";
import { type NumericArray, parseNpy } from "./npy";
import { nearNames, withFile } from "./open-file";
import { readZipEntry, zipEntries } from "./zip";

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

function unknownArray(path: string, name: string, names: readonly string[]): SpecbookError {
  const near = nearNames(name, names);
  return new SpecbookError("OptionError", `"${path}" has no array "${name}"`, {
    got: `the arrays ${names.slice(0, 20).join(", ")}${names.length > 20 ? " ..." : ""}`,
    needed: "one of these names",
    remedy: near.length > 0 ? `did you mean "${near[0]}"?` : `write { arrays: ["${names[0]}"] }`,
  });
}
