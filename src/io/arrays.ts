import { basename } from "node:path";
import { cutBlock } from "./block";
import { COMPLEX_AXIS, type Draft, type DraftAxis, type ReadRequest } from "./drafts";
import { begins, type FileFormat } from "./format";
import { readNpyFloat32, readNpyHeader } from "./npy";
import { elementName, type NpyHeader } from "./npy-header";
import { npzHeaders, readNpz } from "./npz";
import { npzInfos } from "./npz-info";

/** One NumPy array. */
export const npyFormat: FileFormat = {
  name: "NPY",
  extensions: [".npy"],
  recognises: ({ start }) => begins(start, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]),
  withDrafts: async (path, work) => work(await npyDrafts(path)),
};

/** A NumPy archive: a zip archive of arrays. */
export const npzFormat: FileFormat = {
  name: "NPZ",
  extensions: [".npz"],
  recognises: ({ names }) => names.some((name) => name.endsWith(".npy")),
  withDrafts: async (path, work) => work(await npzDrafts(path)),
};

/** The array of an .npy file. */
async function npyDrafts(path: string): Promise<Draft[]> {
  const name = basename(path).replace(/\.npy$/i, "");
  return fromHeader(name, "NPY", await readNpyHeader(path), (request) => readNpyFloat32(path, request));
}

/** The arrays of an .npz archive; those that `save` wrote come with their axes. */
async function npzDrafts(path: string): Promise<Draft[]> {
  const headers = await npzHeaders(path);
  const infos = await npzInfos(path, headers);
  const beside = new Set(infos.flatMap(({ beside }) => beside));
  const drafts = headers.flatMap(([name, header]) => (beside.has(name) ? [] : npzDraft(path, name, header)));
  return drafts.map((draft) => ({ ...draft, ...infos.find(({ name }) => name === draft.name)?.words }));
}

function npzDraft(path: string, name: string, header: NpyHeader): Draft[] {
  return fromHeader(name, "NPZ", header, async ({ block }: ReadRequest = {}) => {
    const { data, shape } = (await readNpz(path, { arrays: [name] }))[name];
    const floats = data instanceof Float32Array ? data : Float32Array.from(data);
    return block === undefined ? floats : cutBlock(floats, shape, block);
  }).map((draft) => ({ ...draft, isSeekable: false }));
}

/** Bare arrays say nothing about their axes: two are an image, more are left to the user's options. */
function fromHeader(name: string, format: string, header: NpyHeader, read: Draft["read"]): Draft[] {
  const { shape, type, isComplex, isColour } = header;
  const values = isComplex || isColour ? shape.slice(0, -1) : shape;
  if (values.length === 0 || values.includes(0)) return [];
  const role = values.length === 2 ? "scan" : "other";
  const axes = values.map((size, i): DraftAxis => ({ name: `axis ${i}`, size, units: "", role }));
  const colour: DraftAxis[] = isColour
    ? [{ name: "colour", size: shape[shape.length - 1], units: "", role: "other" }]
    : [];
  return [
    {
      name,
      path: name,
      aliases: [],
      format,
      quantity: "",
      axes: isComplex ? [...axes, COMPLEX_AXIS] : [...axes, ...colour],
      dtype: elementName(header),
      bytes: shape.reduce((a, b) => a * b, type.bytes),
      packing: [],
      metadata: {},
      read,
    },
  ];
}
