import type { DraftAxis } from "../drafts";
import { attribute, text } from "../hdf5/attributes";
import { describeDataset } from "../hdf5/dataset";
import { datasetDraft } from "./dataset-draft";
import type { Hdf5Layout } from "./layout";

const NUMERIC = /^(double|single|logical|u?int(8|16|32|64))$/;

/**
 * MATLAB files of version 7.3: every variable has an attribute `MATLAB_class`. Arrays come as MATLAB shows them: it
 * stores columns first, so the axes of the data set are turned round. A struct is a group, its fields are named
 * "struct.field". Texts, cell arrays, sparse matrices and empty arrays are left out.
 */
export const matlabLayout: Hdf5Layout = {
  name: "MATLAB 7.3",
  drafts: (file, { nodes }) => {
    const variables = nodes.flatMap(({ kind, path }) => {
      if (path.startsWith("/#")) return []; // #refs# and #subsystem# hold parts of cell arrays
      const written = text(attribute(file, path, "MATLAB_class"));
      return written === "" ? [] : [{ kind, path, written }];
    });
    if (variables.length === 0) return undefined;
    return variables.flatMap(({ kind, path, written }) => {
      const isEmpty = Number(attribute(file, path, "MATLAB_empty") ?? 0) !== 0;
      if (kind !== "dataset" || isEmpty || !NUMERIC.test(written)) return [];
      const dataset = describeDataset(file, path);
      const { shape } = dataset;
      const isImage = shape.length === 2 && shape.every((size) => size > 1);
      const role: DraftAxis["role"] = isImage ? "scan" : "other";
      const last = shape.length - 1;
      const draft = datasetDraft(file, dataset, {
        name: path.slice(1).replaceAll("/", "."),
        format: "MATLAB 7.3",
        axes: shape.map((size, i) => ({ name: `axis ${last - i}`, size, units: "", role })),
        order: shape.map((_, i) => last - i),
        metadata: { matlabClass: written, matVersion: "7.3" },
      });
      if (draft === undefined) return [];
      return [written === "logical" ? { ...draft, dtype: "bool" } : draft];
    });
  },
};
