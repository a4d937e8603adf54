import { basename } from "node:path";
import type { Draft } from "./drafts";
import { readNpyFloat32, readNpyHeader } from "./npy";
import type { NpyHeader } from "./npy-header";
import { npzHeaders, readNpz } from "./npz";
import { typeName } from "./number-types";

/** The array of an .npy file. */
export async function npyDrafts(path: string): Promise<Draft[]> {
  const name = basename(path).replace(/\.npy$/i, "");
  return fromHeader(name, "NPY", await readNpyHeader(path), () => readNpyFloat32(path));
}

/** The arrays of an .npz archive. */
export async function npzDrafts(path: string): Promise<Draft[]> {
  const headers = await npzHeaders(path);
  return headers.flatMap(([name, header]) =>
    fromHeader(name, "NPZ", header, async () => {
      const { data } = (await readNpz(path, { arrays: [name] }))[name];
      return data instanceof Float32Array ? data : Float32Array.from(data);
    }),
  );
}

/** Bare arrays say nothing about their axes: two are an image, more are left to the user's options. */
function fromHeader(name: string, format: string, header: NpyHeader, read: Draft["read"]): Draft[] {
  const { shape, type } = header;
  if (shape.length === 0 || shape.includes(0)) return [];
  const role = shape.length === 2 ? "scan" : "other";
  return [
    {
      name,
      path: name,
      aliases: [],
      format,
      quantity: "",
      axes: shape.map((size, i) => ({ name: `axis ${i}`, size, units: "", role })),
      dtype: typeName(type),
      bytes: shape.reduce((a, b) => a * b, type.bytes),
      packing: [],
      metadata: {},
      read,
    },
  ];
}
