import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import type { Hdf5Library } from "./library";

/** The folder of the filters that do not come with HDF5 itself (lzf, blosc, lz4, ...); undefined where they are not installed. */
export const pluginFolder: string | undefined = findFolder();

function findFolder(): string | undefined {
  try {
    const manifest = createRequire(__filename).resolve("h5wasm-plugins/package.json");
    return join(dirname(manifest), "plugins");
  } catch {
    return undefined; // the message about a missing filter says what to do
  }
}

/** Makes HDF5 look for filters in our folder and nowhere else: `HDF5_PLUGIN_PATH` may name those of another HDF5. */
export function usePlugins(library: Hdf5Library): void {
  while (library.get_plugin_search_paths().length > 0) library.remove_plugin_search_path(0);
  if (pluginFolder !== undefined) library.insert_plugin_search_path(pluginFolder, 0);
}

/** True for the folder of the filters and what lies in it. */
export function isPlugin(path: string): boolean {
  return pluginFolder !== undefined && `${resolve(path)}${sep}`.startsWith(`${resolve(pluginFolder)}${sep}`);
}
