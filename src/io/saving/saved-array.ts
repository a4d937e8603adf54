import { SpecbookError } from "../../core/errors";
import { type Axis, axis } from "../../data/axis";
import type { HistoryEntry } from "../../data/history";
import type { FloatArray } from "../../data/pairs";
import type { DraftAxis } from "../drafts";
import type { Signal } from "../signals";

/** An axis to be written. */
export interface SavedAxis extends Axis {
  readonly role: DraftAxis["role"];
}

/** One array to be written, row-major, with all that is known of it. */
export interface SavedArray {
  readonly name: string;
  readonly data: Float32Array | Float64Array;
  /** Slowest first. */
  readonly axes: readonly SavedAxis[];
  readonly quantity: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryEntry[];
}

/** What a decomposition or another analysis returns: arrays over the scan, the energy or the components. */
export interface SavedResult {
  readonly kind: string;
  readonly axes: { readonly y: Axis; readonly x: Axis; readonly energy: Axis };
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly history?: readonly HistoryEntry[];
}

/** What `save` takes: one signal, a result, several of them in a list, or by name. */
export type Savable = Signal | SavedResult | readonly Signal[] | Readonly<Record<string, Signal>>;

/** The arrays in a value. */
export function savedArrays(value: Savable): SavedArray[] {
  if (Array.isArray(value)) return unique(value.map((one: Signal) => fromSignal(one, undefined)));
  if (isSignal(value)) return [fromSignal(value, undefined)];
  if (isResult(value)) return fromResult(value);
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length > 0 && entries.every(([, one]) => isSignal(one))) {
    return unique(entries.map(([name, one]) => fromSignal(one, name)));
  }
  throw new SpecbookError("OptionError", "this value cannot be saved", {
    got: describe(value),
    needed: "an image, a spectrum image, an array of read(), a result such as nmf(...), or several: { image, spectra }",
    remedy: 'await save({ image, spectra }, "scan.hspy")',
  });
}

function isSignal(value: unknown): value is Signal {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("data" in value)) return false;
  return ["image", "spectrum-image", "array"].includes(String(value.kind));
}

function isResult(value: unknown): value is SavedResult {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("axes" in value)) return false;
  const { axes } = value as { axes: unknown };
  return typeof axes === "object" && axes !== null && "y" in axes && "x" in axes && "energy" in axes;
}

function fromSignal(signal: Signal, name: string | undefined): SavedArray {
  const { metadata, history, data } = signal;
  const own = typeof metadata.name === "string" && metadata.name !== "" ? metadata.name : undefined;
  const standard = signal.kind === "image" ? "image" : signal.kind === "spectrum-image" ? "spectra" : "array";
  const axes = Object.values(signal.axes).map((one: Axis, i) => ({ ...one, role: roleOf(signal, i) }));
  const quantity = typeof metadata.quantity === "string" ? metadata.quantity : "";
  return { name: name ?? own ?? standard, data, axes, quantity, metadata, history };
}

function roleOf({ kind }: Signal, place: number): SavedAxis["role"] {
  if (kind === "array") return "other";
  return place < 2 ? "scan" : "spectral";
}

type Along = "component" | "y" | "x" | "energy" | "step";

/** What runs along the arrays of results, by the names of their fields. */
const FIELDS: Readonly<Record<string, readonly Along[]>> = {
  maps: ["component", "y", "x"],
  endmembers: ["component", "energy"],
  components: ["component", "energy"],
  sources: ["component", "energy"],
  mean: ["energy"],
  explainedVariance: ["component"],
  explainedVarianceRatio: ["component"],
  trace: ["step"],
};

function fromResult(result: SavedResult): SavedArray[] {
  const { kind, metadata = {}, history = [] } = result;
  const scalars = Object.entries(result).filter(([, one]) => ["number", "boolean", "string"].includes(typeof one));
  const options = "options" in result ? { options: result.options } : {};
  const own = { ...metadata, ...options, ...Object.fromEntries(scalars), result: kind };
  const arrays = Object.entries(result).flatMap(([name, value]) => {
    const found = numbersOf(value);
    if (found === undefined) return [];
    const axes = found.shape.map((size, i) => resultAxis(result, FIELDS[name]?.[i], size, i));
    return [{ name, data: found.data, axes, quantity: `${name} of the ${kind}`, metadata: own, history }];
  });
  if (arrays.length === 0) throw noArrays(result);
  return arrays;
}

function resultAxis({ axes }: SavedResult, along: Along | undefined, size: number, place: number): SavedAxis {
  if (along === "component" || along === "step") return { ...axis(along, size), offset: 1, role: "other" };
  if (along === undefined || axes[along].size !== size) return { ...axis(`axis ${place}`, size), role: "other" };
  return { ...axes[along], role: along === "energy" ? "spectral" : "scan" };
}

/** The numbers in a field of a result: an array with its shape, or a plain list. */
function numbersOf(value: unknown): { data: Float32Array | Float64Array; shape: readonly number[] } | undefined {
  if (value instanceof Float32Array || value instanceof Float64Array) {
    return value.length > 0 ? { data: value, shape: [value.length] } : undefined;
  }
  if (Array.isArray(value)) {
    const isList = value.length > 0 && value.every((one) => typeof one === "number");
    return isList ? { data: Float64Array.from(value), shape: [value.length] } : undefined;
  }
  if (typeof value !== "object" || value === null || !("shape" in value) || !("data" in value)) return undefined;
  const { data, shape } = value as FloatArray; // checked on the next line
  const isWhole =
    data instanceof Float32Array && Array.isArray(shape) && shape.reduce((a, b) => a * b, 1) === data.length;
  return isWhole && data.length > 0 ? { data, shape } : undefined;
}

function noArrays({ kind }: SavedResult): SpecbookError {
  return new SpecbookError("OptionError", "this result cannot be saved", {
    got: `a result of kind "${kind}" without arrays of numbers`,
    needed: "a result with maps or spectra, e.g. of nmf or pca",
    remedy: "save its arrays one by one: await save(image(data, [rows, columns]), path)",
  });
}

/** Arrays with names that tell them apart, also as they are written: "O/Ti" and "O_Ti" would lie over each other. */
function unique(arrays: SavedArray[]): SavedArray[] {
  const links = apart(arrays.map(({ name }) => linkName(name)));
  return arrays.map((array, i) => (links[i] === linkName(array.name) ? array : { ...array, name: links[i] }));
}

/** Names for the scales of the axes, beside an array of the given name. */
export function scaleNames(axes: readonly SavedAxis[], name: string): string[] {
  return apart([linkName(name), ...axes.map((one) => linkName(one.name))]).slice(1);
}

/** A second "HAADF" becomes "HAADF 2". */
function apart(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((wanted) => {
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted} ${n}`;
    taken.add(name);
    return name;
  });
}

/** A name that can be a link of HDF5 or a file of an archive: no slash, and not "." or "..". */
export function linkName(name: string): string {
  const plain = name.replaceAll("/", "_").replaceAll("\0", "");
  return /^\.*$/.test(plain) ? `_${plain}` : plain;
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("kind" in value) return `an object of kind ${JSON.stringify(value.kind)}`;
  return `an object with the keys ${Object.keys(value).slice(0, 8).join(", ") || "(none)"}`;
}
