import { axisValues } from "../../data/axis";
import { writeHdf5 } from "../hdf5/write";
import type { WriteOptions } from "./hspy";
import { provenanceTexts } from "./provenance";
import { linkName, type SavedArray, type SavedAxis, scaleNames } from "./saved-array";

const DIMENSION_TYPES = { scan: "SPATIAL", spectral: "SPECTRAL", other: "UNKNOWN" } as const;

/** Words where NSID asks for one and the data tell none. */
export const NSID_FILLERS = { quantity: "intensity", units: "a.u." } as const;

/**
 * Writes an NSID file as pyNSID lays it out (https://pycroscopy.github.io/pyNSID): array n is
 * `/Measurement_000/Channel_00n/<name>/<name>` with its dimension scales beside it. Our history and metadata are JSON
 * texts in attributes that begin with `specbook_`.
 */
export async function writeNsid(path: string, arrays: readonly SavedArray[], options: WriteOptions): Promise<void> {
  await writeHdf5(path, async (file) => {
    file.group("/Measurement_000");
    for (const [n, array] of arrays.entries()) {
      const channel = `/Measurement_000/Channel_${String(n).padStart(3, "0")}`;
      const name = linkName(array.name);
      const group = `${channel}/${name}`;
      file.group(channel);
      file.group(group);
      const main = `${group}/${name}`;
      const shape = array.axes.map(({ size }) => size);
      await file.dataset(main, array.data, shape, options);
      file.attributes(main, {
        title: array.name,
        main_data_name: name,
        data_type: dataType(array.axes),
        quantity: array.quantity || NSID_FILLERS.quantity,
        units: unitsOf(array),
        modality: "STEM",
        source: "specbook",
        pyNSID_version: "0.0.7",
      });
      for (const [key, text] of Object.entries(provenanceTexts(array))) {
        file.attributes(main, { [`specbook_${key}`]: text });
      }
      const names = scaleNames(array.axes, array.name);
      for (const [i, axis] of array.axes.entries()) {
        const scale = `${group}/${names[i]}`;
        await file.dataset(scale, axisValues(axis), [axis.size]);
        file.scale(main, i, scale, names[i]); // pyNSID finds the scale by the label
        const { units, role } = axis;
        file.attributes(scale, { name: axis.name, units, quantity: axis.name, dimension_type: DIMENSION_TYPES[role] });
        // The values along an axis tell its step, unless there is one alone.
        if (axis.size === 1) file.attributes(scale, { specbook_step: axis.scale });
      }
    }
  });
}

/** pyNSID's word for what the dimensions make together. */
function dataType(axes: readonly SavedAxis[]): string {
  const count = (role: SavedAxis["role"]) => axes.filter((axis) => axis.role === role).length;
  if (count("other") > 0) return "UNKNOWN";
  if (count("spectral") === 1) return count("scan") === 0 ? "SPECTRUM" : "SPECTRAL_IMAGE";
  return count("scan") === 2 ? "IMAGE" : "UNKNOWN";
}

function unitsOf({ metadata }: SavedArray): string {
  return typeof metadata.units === "string" && metadata.units !== "" ? metadata.units : NSID_FILLERS.units;
}
