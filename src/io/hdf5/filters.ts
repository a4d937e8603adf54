/** Filters that HDF5 itself brings (H5Zpublic.h). */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: "gzip",
  2: "shuffle",
  3: "fletcher32",
  5: "nbit",
  6: "scale-offset",
};

/** Registered filters that need a plugin (the HDF Group's list of registered filters). */
const REGISTERED: Readonly<Record<number, string>> = {
  4: "szip",
  305: "lzo",
  307: "bzip2",
  32000: "lzf",
  32001: "blosc",
  32004: "lz4",
  32008: "bitshuffle",
  32013: "zfp",
  32015: "zstandard",
  32017: "sz",
  32019: "jpeg",
  32022: "bitgroom",
  32024: "sz3",
  32026: "blosc2",
};

/** A name for a filter, e.g. "gzip" or "filter 40000". */
export function filterName(id: number): string {
  return BUILT_IN[id] ?? REGISTERED[id] ?? `filter ${id}`;
}

/** True for a filter that is read without a plugin. */
export function isBuiltIn(id: number): boolean {
  return id in BUILT_IN;
}
