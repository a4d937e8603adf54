import { SpecbookError } from "../../core/errors";
import type { Hdf5Dataset } from "./dataset";
import type { Hdf5File } from "./file";
import { filterName, isPluginFilter } from "./filters";

/** Data packed with filters that are not there. */
export function noFilter(
  file: Hdf5File,
  { path }: Hdf5Dataset,
  missing: readonly number[],
  cause: unknown,
): SpecbookError {
  const isInstallable = missing.every(isPluginFilter);
  return new SpecbookError("FormatError", `${path} in "${file.path}" cannot be read`, {
    got: `data packed with ${missing.map(filterName).join(" and ")}`,
    needed: isInstallable
      ? "the filters of the package h5wasm-plugins"
      : "data packed with a filter that is known here",
    remedy: isInstallable
      ? "npm install h5wasm-plugins"
      : `repack the file: h5repack -f GZIP=4 "${file.path}" repacked.h5`,
    cause,
  });
}

/** A part of the data that HDF5 cannot read. */
export function damagedPart(file: Hdf5File, { path }: Hdf5Dataset, said: string, cause: unknown): SpecbookError {
  return new SpecbookError("FormatError", `${path} in "${file.path}" cannot be read`, {
    got: `a damaged part of the data: ${said}`,
    needed: "undamaged chunks",
    remedy: "copy or download the file again, and compare its check sum with the original",
    cause,
  });
}

/** A data set of texts, records, or of numbers in other files. */
export function notNumbers(file: Hdf5File, dataset: Hdf5Dataset): SpecbookError {
  return new SpecbookError("FormatError", `${dataset.path} in "${file.path}" cannot be read`, {
    got: dataset.isVirtual ? "a virtual data set, whose numbers lie in other files" : "elements that are not numbers",
    needed: "numbers in this file",
    remedy: dataset.isVirtual
      ? `repack the file where the others lie: h5repack "${file.path}" repacked.h5`
      : "write the parts (e.g. the columns of a table) as data sets of their own",
  });
}

/** A stop request between two parts of the data. */
export function stopped(path: string, done: number, size: number, cause: unknown): SpecbookError {
  return new SpecbookError("CancelledError", `reading ${path} was stopped`, {
    got: `a stop request after ${done} of ${size} numbers`,
    needed: "all of them",
    remedy: "run it again: nothing has been changed",
    cause,
  });
}

/** The library's memory is full. */
export function noHeap(path: string, bytes: number): SpecbookError {
  return new SpecbookError("MemoryError", `there is no memory for a part of ${path}`, {
    got: `a request for ${bytes} bytes beside what HDF5 holds already`,
    needed: "less than 2 GiB in all",
    remedy: "restart the kernel, or repack the file with smaller chunks: h5repack -l CHUNK=16x16x256",
  });
}
