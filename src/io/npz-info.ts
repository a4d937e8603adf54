import type { Draft } from "./drafts";
import type { NpyHeader } from "./npy-header";
import { readNpz } from "./npz";
import { isRecord, parseProvenance } from "./saving/provenance";
import { type SavedAxis, scaleNames } from "./saving/saved-array";

/** What an archive that `save` wrote says of one of its arrays. */
export interface NpzInfo {
  /** Name of the array. */
  readonly name: string;
  /** Names of the arrays that only explain it: its axes and the record itself. */
  readonly beside: readonly string[];
  readonly words: Pick<Draft, "quantity" | "metadata" | "history"> & { readonly axes: readonly SavedAxis[] };
}

/** Longest record that is read. */
const LONGEST = 2 ** 24;

/** The records in an archive, `<name>.info` for the array `<name>`; one that does not fit its array is left out. */
export async function npzInfos(path: string, headers: readonly [string, NpyHeader][]): Promise<NpzInfo[]> {
  const shapes = new Map(headers.map(([name, { shape }]) => [name, shape]));
  const infos: NpzInfo[] = [];
  for (const [record, { type, shape }] of headers) {
    const name = record.replace(/\.info$/, "");
    const own = shapes.get(name);
    const isRecordOf = name !== record && type.kind === "uint" && type.bytes === 1 && shape.length === 1;
    if (own === undefined || !isRecordOf || shape[0] > LONGEST) continue;
    const { data } = (await readNpz(path, { arrays: [record] }))[record];
    const words = parseInfo(new TextDecoder().decode(Uint8Array.from(data)), own);
    if (words === undefined) continue;
    const scales = scaleNames(words.axes, "info").map((scale) => `${name}.${scale}`);
    infos.push({ name, beside: [record, ...scales], words });
  }
  return infos;
}

function parseInfo(text: string, shape: readonly number[]): NpzInfo["words"] | undefined {
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(info) || !Array.isArray(info.axes) || info.axes.length !== shape.length) return undefined;
  const axes = info.axes.flatMap((one: unknown, i) => (isRecord(one) && one.size === shape[i] ? axisOf(one) : []));
  if (axes.length !== shape.length) return undefined;
  const { history, metadata } = parseProvenance({
    history: JSON.stringify(info.history),
    metadata: JSON.stringify(info.metadata),
  });
  return { axes, history, metadata, quantity: typeof info.quantity === "string" ? info.quantity : "" };
}

function axisOf({ name, size, units, offset, scale, role }: Readonly<Record<string, unknown>>): SavedAxis[] {
  if (typeof name !== "string" || typeof size !== "number" || typeof units !== "string") return [];
  if (typeof offset !== "number" || typeof scale !== "number") return [];
  return role === "scan" || role === "spectral" || role === "other" ? [{ name, size, units, offset, scale, role }] : [];
}
