import type { Group } from "h5wasm/node" with { "resolution-mode": "import" };

const loaded = import("h5wasm/node").then(async (h5) => ({ File: h5.File, Module: await h5.ready }));
let low: Awaited<typeof loaded>["Module"];

/** Writes an HDF5 file with h5wasm: `fill` gets its root group. `modern` writes the checksummed metadata of HDF5 1.10. */
export async function writeHdf5(
  path: string,
  fill: (root: Group) => void,
  options: { modern?: boolean } = {},
): Promise<string> {
  const { File, Module } = await loaded;
  low = Module;
  const file = new File(path, "w", options.modern ? { libver: ["v110", "latest"] } : {});
  try {
    fill(file);
  } finally {
    file.close();
  }
  return path;
}

/** One dimension of an NSID data set. */
export interface NsidDimension {
  readonly name: string;
  readonly values: ArrayLike<number>;
  readonly units: string;
  readonly type: "SPATIAL" | "SPECTRAL";
  readonly quantity?: string;
}

/** What to write as one channel in the layout of pyNSID. */
export interface NsidChannel {
  readonly channel: string;
  readonly data: Float32Array | Float64Array | Int32Array | Uint16Array;
  readonly dimensions: readonly NsidDimension[];
  readonly dataType: string;
  readonly quantity: string;
  readonly units?: string;
  readonly name?: string;
  /** "gzip", or the id of another filter. */
  readonly compression?: "gzip" | number;
  readonly chunks?: number[];
}

/** Adds `<channel>/<name>/<name>` with its dimension scales, attributes and references as pyNSID 0.0.7 writes them. */
export function addNsid(root: Group, content: NsidChannel): string {
  const {
    channel,
    data,
    dimensions,
    dataType,
    quantity,
    units = "a.u.",
    name = "generic",
    compression,
    chunks,
  } = content;
  const parent = root.create_group(channel);
  const group = parent.create_group(name);
  const path = `/${channel}/${name}/${name}`;
  const shape = dimensions.map(({ values }) => values.length);
  const packing = compression === undefined ? {} : { compression, compression_opts: compression === "gzip" ? [4] : [] };
  const main = group.create_dataset({ name, data, shape, ...(chunks ? { chunks } : {}), ...packing });
  const attributes = {
    quantity,
    units,
    data_type: dataType,
    modality: "generic",
    source: "generic",
    main_data_name: name,
  };
  for (const [key, value] of Object.entries(attributes)) main.create_attribute(key, value);
  dimensions.forEach((dimension, index) => {
    const scale = group.create_dataset({ name: dimension.name, data: Float64Array.from(dimension.values) });
    scale.create_attribute("name", dimension.name);
    scale.create_attribute("units", dimension.units);
    scale.create_attribute("quantity", dimension.quantity ?? dimension.name);
    scale.create_attribute("dimension_type", dimension.type);
    const scalePath = `/${channel}/${name}/${dimension.name}`;
    low.set_scale(main.file_id, scalePath, dimension.name);
    low.attach_scale(main.file_id, path, scalePath, index);
    low.set_dimension_label(main.file_id, path, index, dimension.name);
  });
  return path;
}

/** Values `offset + scale * i`. */
export function steps(size: number, scale: number, offset = 0): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => offset + scale * i);
}
