import { type Hdf5Writer, type WritableAttribute, writeHdf5 } from "../hdf5/write";
import { toHyperspy } from "../instrument";
import { provenanceTexts } from "./provenance";
import { linkName, type SavedArray, type SavedAxis } from "./saved-array";

/** How a file is written. */
export interface WriteOptions {
  readonly gzip?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Writes a HyperSpy file: one experiment per array, in version 1.2 of the layout, which every HyperSpy since 2017 reads
 * and which says by `record_by` what later versions say by truth values, which h5wasm cannot write: "spectrum" has one
 * signal axis, the last, and "image" the last two. Our history and metadata lie in `metadata.specbook` as JSON texts.
 */
export async function writeHspy(path: string, arrays: readonly SavedArray[], options: WriteOptions): Promise<void> {
  await writeHdf5(path, async (file) => {
    file.attributes("/", { file_format: "HyperSpy", file_format_version: "1.2" });
    file.group("/Experiments");
    for (const array of arrays) {
      const group = `/Experiments/${linkName(array.name)}`;
      file.group(group, { package: "", package_version: "" }); // none that HyperSpy would have to import
      for (const [i, axis] of array.axes.entries()) file.group(`${group}/axis-${i}`, axisOf(axis));
      file.group(`${group}/metadata`);
      file.group(`${group}/metadata/General`, { title: array.name });
      file.group(`${group}/metadata/Signal`, {
        record_by: recordBy(array.axes),
        signal_type: signalType(array),
        quantity: array.quantity,
      });
      writeInstrument(file, `${group}/metadata/Acquisition_instrument`, array);
      file.group(`${group}/metadata/specbook`, provenanceTexts(array));
      for (const name of ["original_metadata", "learning_results", "attributes"]) file.group(`${group}/${name}`);
      const shape = array.axes.map(({ size }) => size);
      await file.dataset(`${group}/data`, array.data, shape, options);
    }
  });
}

function recordBy(axes: readonly SavedAxis[]): "spectrum" | "image" {
  return axes.length === 1 || axes[axes.length - 1].role === "spectral" ? "spectrum" : "image";
}

function axisOf({ name, size, units, offset, scale }: SavedAxis): Record<string, WritableAttribute> {
  return {
    name,
    units: units === "px" && offset === 0 && scale === 1 ? "_None_" : units, // as HyperSpy writes an axis without units
    size: BigInt(size),
    offset,
    scale,
  };
}

/** What HyperSpy chooses its class by: an energy axis is EELS unless the data came as something else. */
function signalType({ axes, metadata }: SavedArray): string {
  if (typeof metadata.signalType === "string" && metadata.signalType !== "") return metadata.signalType;
  return axes.some(({ role, units }) => role === "spectral" && units === "eV") ? "EELS" : "";
}

/** The measurement in HyperSpy's words, so that it finds beam energy and angles where it looks for them. */
function writeInstrument(file: Hdf5Writer, group: string, { metadata }: SavedArray): void {
  const groups = toHyperspy(metadata.instrument);
  if (groups.size === 0) return;
  file.group(group);
  const made = new Set([`${group}/TEM`]);
  file.group(`${group}/TEM`, groups.get(""));
  for (const [below, words] of groups) {
    let path = `${group}/TEM`;
    const parts = below === "" ? [] : below.split("/");
    for (const [i, part] of parts.entries()) {
      path = `${path}/${part}`;
      if (!made.has(path)) file.group(path, i === parts.length - 1 ? words : {});
      made.add(path);
    }
  }
}
