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
  drafts: (file, { nodes }) =>
    nodes.flatMap(({ kind, path }) => {
      if (kind !== "dataset" || !/^\/data(\/[^/]+)?$/.test(path)) return [];
      const properties = parseJson(text(attributes(file, path).properties));
      if (typeof properties !== "object" || properties === null) return [];
      const dataset = describeDataset(file, path);
      const words = nionWords(properties, dataset.shape, path.slice(1));
      const draft = words === undefined ? undefined : datasetDraft(file, dataset, words);
      return draft === undefined ? [] : [draft];
    }),
};
