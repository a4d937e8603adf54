import { pluginFolder } from "./plugins";

/** Filters that HDF5 itself brings (H5Zpublic.h). */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: "gzip",
  2: "shuffle",
  3: "fletcher32",
  5: "nbit",
  6: "scale-offset",
};

/** Registered filters (the HDF Group's list) that the package h5wasm-plugins brings. */
const PLUGINS: Readonly<Record<number, string>> = {
  307: "bzip2",
  32000: "lzf",
  32001: "blosc",
  32004: "lz4",
  32008: "bitshuffle",
  32013: "zfp",
  32015: "zstandard",
  32019: "jpeg",
  32022: "bitgroom",
  32023: "bitround",
  32026: "blosc2",
};

/** Registered filters that cannot be read. */
const OTHERS: Readonly<Record<number, string>> = { 4: "szip", 305: "lzo", 32017: "sz", 32024: "sz3" };

/** A name for a filter, e.g. "gzip" or "filter 40000". */
export function filterName(id: number): string {
  return BUILT_IN[id] ?? PLUGINS[id] ?? OTHERS[id] ?? `filter ${id}`;
}

/** True for a filter that is read as the library is installed. */
export function isReadable(id: number): boolean {
  return id in BUILT_IN || (id in PLUGINS && pluginFolder !== undefined);
}

/** True for a filter that the package h5wasm-plugins brings, installed or not. */
export function isPluginFilter(id: number): boolean {
  return id in PLUGINS;
}
