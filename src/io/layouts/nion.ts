import { attributes, text } from "../hdf5/attributes";
import { describeDataset } from "../hdf5/dataset";
import { parseJson } from "../json";
import { nionWords } from "../nion-properties";
import { datasetDraft } from "./dataset-draft";
import type { Hdf5Layout } from "./layout";

/**
 * Nion Swift: `/data` of a library's .h5 files, or `/data/<n>` of exported .nhdf files, with everything known about the
 * array as JSON in the attribute `properties`.
 */
export const nionLayout: Hdf5Layout = {
  name: "Nion Swift",
  drafts: (file, { nodes }) => {
    const items = nodes.flatMap(({ kind, path }) => {
      if (kind !== "dataset" || !/^\/data(\/[^/]+)?$/.test(path)) return [];
      const properties = parseJson(text(attributes(file, path).properties));
      return typeof properties === "object" && properties !== null ? [{ path, properties }] : [];
    });
    if (items.length === 0) return undefined;
    return items.flatMap(({ path, properties }) => {
      const dataset = describeDataset(file, path);
      return datasetDraft(file, dataset, nionWords(properties, dataset.shape, path.slice(1))) ?? [];
    });
  },
};
