import { SpecbookError } from "../../core/errors";
import { guarded, type RuntimeFiles } from "./guard";
import { usePlugins } from "./plugins";

/** How h5wasm describes a data set or attribute. */
export interface Hdf5Metadata {
  readonly shape: readonly number[] | null;
  /** HDF5's type class: see `CLASS`. */
  readonly type: number;
  /** Bytes of one element. */
  readonly size: number;
  readonly total_size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  readonly vlen: boolean;
  readonly strpad?: number;
  readonly chunks: readonly number[] | null;
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  readonly compound_type?: { readonly members: readonly Hdf5Member[] };
  readonly virtual_sources?: readonly unknown[];
}

/** One member of a compound type. */
export interface Hdf5Member extends Hdf5Metadata {
  readonly name: string;
  /** Bytes before it in the compound. */
  readonly offset: number;
}

/** The part of h5wasm's low-level module that is used: plain calls into the HDF5 C library with return codes. */
export interface Hdf5Library {
  readonly HEAPU8: Uint8Array;
  readonly FS: RuntimeFiles;
  readonly H5G_GROUP: number;
  readonly H5G_DATASET: number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  UTF8ToString(pointer: number): string;
  open(path: string, mode: number, trackOrder: boolean, lowVersion: number, highVersion: number): bigint;
  close_file(file: bigint): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_type(file: bigint, path: string): number;
  get_symbolic_link(file: bigint, path: string): string | null;
  get_external_link(file: bigint, path: string): { filename?: string };
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Hdf5Metadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  reclaim_vlen_memory(file: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: bigint, path: string): Hdf5Metadata;
  get_dataset_filters(file: bigint, path: string): { id: number; name: string; cd_values?: readonly number[] }[];
  get_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    pointer: bigint,
  ): number;
  get_attached_scales(file: bigint, path: string, dimension: number): string[];
  get_referenced_name(file: bigint, reference: Uint8Array, isObject: boolean): string;
  get_plugin_search_paths(): readonly string[];
  insert_plugin_search_path(path: string, place: number): number;
  remove_plugin_search_path(place: number): number;
}

/** HDF5's type classes (H5Tpublic.h) that are read. */
export const CLASS = { integer: 0, float: 1, string: 3, compound: 6, reference: 7, enumeration: 8, list: 9 } as const;

let loading: Promise<Hdf5Library> | undefined;

/** The HDF5 library, started on first use (about 0.1 s). */
export function hdf5Library(): Promise<Hdf5Library> {
  loading ??= import("h5wasm/node").then(async ({ default: h5wasm }) => {
    const module: unknown = await h5wasm.ready;
    const library = module as Hdf5Library; // h5wasm's own type is wider in places and stricter in others
    usePlugins(library);
    return library;
  });
  return loading;
}

/**
 * Makes one call into the library and throws a FormatError if HDF5 reported any failure, also where the call itself
 * returns as if nothing had happened: by default h5wasm then hands out whatever lay in memory.
 *
 * HDF5 prints its failures; they are caught on their way to stderr. The library's own throwing handler would do, but
 * it leaves a file descriptor and open HDF5 handles behind with every failure.
 */
export function checked<T>(library: Hdf5Library, path: string, what: string, work: () => T): T {
  const { result, report, thrown } = guarded(library.FS, path, work);
  if (report === "" && thrown === undefined) return result as T; // set whenever nothing was thrown
  throw damaged(path, what, report, thrown);
}

/** The innermost line of HDF5's report, without file and line number. */
export function innermost(report: string): string {
  const lines = [...report.matchAll(/#\d+: .*? in (\w+)\(\): (.*)/g)];
  return lines.length === 0 ? report.trim().slice(0, 200) : lines[lines.length - 1][2].replace(/: time = .*/, "");
}

function damaged(path: string, what: string, report: string, thrown: unknown): SpecbookError {
  const cut = /truncated file: eof = (\d+).*?stored_eof = (\d+)/.exec(report);
  const said = report === "" ? String(thrown) : innermost(report);
  return new SpecbookError("FormatError", `"${path}" is damaged`, {
    got: cut ? `${cut[1]} bytes` : `a failure while reading ${what}: ${said}`,
    needed: cut ? `${cut[2]} bytes, as the file itself says` : "a complete HDF5 file",
    remedy: "copy or download the file again, and compare its size or check sum with the original",
    cause: thrown ?? new Error(report),
  });
}
