import { basename } from "node:path";
import { fromValues, rolesByEnergy } from "../calibration";
import { COMPLEX_AXIS, type Draft, type DraftAxis } from "../drafts";
import type { FileFormat } from "../format";
import type { AttributeValue } from "../hdf5/attributes";
import { describeHspy } from "../hspy-layout";
import { typeName } from "../number-types";
import { type Attributes, damaged, describeV2, describeV3, record, type ZarrArray } from "./metadata";
import { createZarrReader } from "./read-zarr";
import { DEEPEST, withZarrStore, type ZarrStore } from "./store";

/** Zarr of versions 2 and 3 in a folder or a zip archive, and HyperSpy's .zspy, which is the layout of .hspy in it. */
export const zarrFormat: FileFormat = {
  name: "Zarr and HyperSpy .zspy",
  extensions: [".zarr", ".zspy", ".zarr.zip"],
  recognises: ({ names }) => names.some((name) => METADATA.some((own) => name === own || name.endsWith(`/${own}`))),
  withDrafts: (path, work) => withZarrStore(path, async (store) => work(await draftsOf(store))),
};

const METADATA = [".zgroup", ".zarray", "zarr.json"];
const LARGEST_METADATA = 2 ** 24;
const MOST_NODES = 20_000;
const LONGEST_AXIS = 2 ** 20;

/** What a hierarchy holds. */
interface Hierarchy {
  readonly arrays: ZarrArray[];
  /** Attributes of groups and arrays by their path. */
  readonly attributes: Map<string, Attributes>;
}

async function draftsOf(store: ZarrStore): Promise<Draft[]> {
  const hierarchy: Hierarchy = { arrays: [], attributes: new Map() };
  await walk(store, "", 0, hierarchy);
  const experiments = hierarchy.arrays.filter(({ path }) => /^Experiments\/[^/]+\/data$/.test(path));
  const drafts: Draft[] = [];
  for (const array of experiments.length > 0 ? experiments : hierarchy.arrays) {
    if (array.shape.length === 0 || array.shape.includes(0)) continue;
    const words =
      experiments.length > 0 ? await hspyWords(store, hierarchy, array) : await plainWords(store, hierarchy, array);
    if (words !== undefined) drafts.push(draftOf(store, array, words));
  }
  return drafts;
}

/** Collects arrays and groups. What lies in an array is its chunks, which may be millions, and is not looked at. */
async function walk(store: ZarrStore, path: string, depth: number, found: Hierarchy): Promise<void> {
  const where = `${store.path}: ${path}`;
  const within = (name: string) => (path === "" ? name : `${path}/${name}`);
  if (depth > DEEPEST || found.attributes.size > MOST_NODES)
    throw damaged(where, "more groups, or deeper ones, than any program writes");
  const v3 = await json(store, within("zarr.json"));
  const v2 = v3 === undefined ? await json(store, within(".zarray")) : undefined;
  const attributes = v3 === undefined ? ((await json(store, within(".zattrs"))) ?? {}) : record(v3.attributes);
  found.attributes.set(path, attributes);
  if (v2 !== undefined || v3?.node_type === "array") {
    const array = v3 === undefined ? describeV2(path, v2 ?? {}, attributes, where) : describeV3(path, v3, where);
    if (array !== undefined) found.arrays.push(array);
    return;
  }
  for (const name of (await store.list(path)).sort()) {
    // A folder without metadata of its own holds no part of the hierarchy.
    if (name.startsWith(".") || name === "zarr.json") continue;
    const sizes = await Promise.all(METADATA.map((file) => store.size(within(`${name}/${file}`))));
    if (sizes.some((size) => size !== undefined)) await walk(store, within(name), depth + 1, found);
  }
}

async function json(store: ZarrStore, key: string): Promise<Attributes | undefined> {
  const size = await store.size(key);
  if (size === undefined) return undefined;
  if (size > LARGEST_METADATA) throw damaged(`${store.path}: ${key}`, `metadata of ${size} bytes`);
  const bytes = (await store.get(key)) ?? new Uint8Array(0);
  try {
    // Python writes NaN and infinite values as words that are no JSON.
    const text = Buffer.from(bytes)
      .toString("utf8")
      .replace(/([:[,]\s*)(NaN|-?Infinity)(?=\s*[,}\]])/g, '$1"$2"');
    return record(JSON.parse(text));
  } catch (cause) {
    throw damaged(`${store.path}: ${key}`, "metadata that are no JSON", cause);
  }
}

type Words = Omit<Draft, "path" | "dtype" | "bytes" | "packing" | "read">;

function draftOf(store: ZarrStore, array: ZarrArray, words: Words): Draft {
  const { type, isComplex } = array;
  return {
    ...words,
    path: `/${array.path}`,
    axes: isComplex ? [...words.axes, COMPLEX_AXIS] : words.axes,
    dtype: isComplex ? `complex${type.bytes * 16}` : typeName(type),
    bytes: array.shape.reduce((a, b) => a * b, type.bytes * (isComplex ? 2 : 1)),
    packing: array.packing,
    chunks: isComplex ? [...array.chunks, COMPLEX_AXIS.size] : array.chunks,
    read: createZarrReader(store, array),
  };
}

async function hspyWords(store: ZarrStore, { arrays, attributes }: Hierarchy, array: ZarrArray): Promise<Words> {
  const group = array.path.replace(/\/data$/, "");
  const tables = new Map<string, ArrayLike<number>>();
  for (const own of arrays.filter(({ path }) => path.startsWith(`${group}/axis-`))) {
    tables.set(own.path, await listOf(store, own));
  }
  return describeHspy({
    name: group.slice("Experiments/".length),
    shape: array.shape,
    attributes: (...names) => {
      const found = names.map((name) => attributes.get(`${group}/${name}`)).find((own) => own !== undefined);
      return found === undefined ? undefined : plainValues(found);
    },
    values: (name) => tables.get(`${group}/${name}`),
  });
}

/** The attributes that are words, numbers and truth values, as HDF5 has them. */
function plainValues(attributes: Attributes): Readonly<Record<string, AttributeValue>> {
  const isPlain = (value: unknown): value is string | number | boolean =>
    ["string", "number", "boolean"].includes(typeof value);
  const entries = Object.entries(attributes).flatMap(([key, value]) =>
    isPlain(value) || (Array.isArray(value) && value.every(isPlain)) ? [[key, value as AttributeValue] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** The numbers of a list; empty where it is something else. */
async function listOf(store: ZarrStore, array: ZarrArray): Promise<ArrayLike<number>> {
  return array.shape.length === 1 && array.shape[0] <= LONGEST_AXIS && !array.isComplex
    ? createZarrReader(store, array)()
    : [];
}

/** Other hierarchies: named dimensions take their values from the list of that name beside them, as xarray writes. */
async function plainWords(
  store: ZarrStore,
  { arrays, attributes }: Hierarchy,
  array: ZarrArray,
): Promise<Words | undefined> {
  const folder = array.path.replace(/[^/]*$/, "");
  const own = array.path.slice(folder.length);
  const isAxis = array.shape.length === 1 && array.names[0] === own && arrays.length > 1;
  if (isAxis) return undefined; // the values of an axis are no signal
  const isImage = array.shape.length === 2;
  const axes: DraftAxis[] = [];
  for (const [i, size] of array.shape.entries()) {
    const name = array.names[i];
    const list = name === null ? undefined : arrays.find(({ path }) => path === folder + name);
    const table = list === undefined ? [] : await listOf(store, list);
    const units = list === undefined ? "" : list.attributes.units;
    axes.push({
      name: name ?? `axis ${i}`,
      size,
      units: typeof units === "string" ? units : "",
      ...(table.length === size && size > 0 ? fromValues(table) : {}),
      role: isImage ? "scan" : "other",
    });
  }
  const roles = rolesByEnergy(axes);
  const { long_name: quantity } = array.attributes;
  return {
    name: own === "" ? basename(store.path).replace(/\.(zarr|zip)$/i, "") : own,
    aliases: [],
    format: "Zarr",
    quantity: typeof quantity === "string" ? quantity : "",
    axes: roles === undefined ? axes : axes.map((axis, i) => ({ ...axis, role: roles[i] })),
    metadata: { attributes: attributes.get(array.path) ?? {} },
  };
}
