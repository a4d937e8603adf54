import { addHistory, type HistoryEntry } from "../../data/history";
import type { AttributeValue } from "../hdf5/attributes";
import type { SavedArray, SavedAxis } from "./saved-array";

/** What a file of ours says of a signal beyond its numbers and axes. */
export interface Provenance {
  readonly history: readonly HistoryEntry[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What runs along each axis; empty where the file does not say. */
  readonly roles: readonly SavedAxis["role"][];
}

/** As texts, for formats whose metadata are texts. */
export function provenanceTexts({ history, metadata, axes }: SavedArray): Readonly<Record<string, string>> {
  return {
    history: toJson(history),
    metadata: toJson(metadata),
    roles: axes.map(({ role }) => role).join(" "),
  };
}

/** JSON text of a record; what JSON cannot hold (arrays of numbers beside the data, functions, circles) is left out. */
export function toJson(value: unknown): string {
  const within: unknown[] = []; // from the record down to the object whose members are being written
  return JSON.stringify(value, function (this: unknown, _key, part: unknown) {
    if (typeof part === "bigint") return Number(part);
    if (typeof part !== "object" || part === null) return part;
    while (within.length > 0 && within[within.length - 1] !== this) within.pop();
    // Only what lies inside itself has no text: two steps that were given the same list both keep it.
    if (ArrayBuffer.isView(part) || within.includes(part)) return undefined;
    within.push(part);
    return part;
  });
}

/** The provenance in texts that `provenanceTexts` made; whatever is damaged or missing is empty. */
export function parseProvenance(texts: Readonly<Record<string, AttributeValue | undefined>>): Provenance {
  const history = parse(texts.history);
  const metadata = parse(texts.metadata);
  const roles = typeof texts.roles === "string" ? texts.roles.split(" ") : [];
  return {
    history: Array.isArray(history) ? restore(history) : [],
    metadata: isRecord(metadata) ? metadata : {},
    roles: roles.every(isRole) ? roles : [],
  };
}

/** Lines of a history that came from JSON; lines that are none are left out. */
function restore(lines: readonly unknown[]): readonly HistoryEntry[] {
  return lines.flatMap((line) => {
    if (!isRecord(line) || typeof line.operation !== "string" || !isRecord(line.options)) return [];
    const [own] = addHistory([], line.operation, line.options);
    return [typeof line.version === "string" ? Object.freeze({ ...own, version: line.version }) : own];
  });
}

function parse(text: AttributeValue | undefined): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a damaged record must not keep the numbers from being read
  }
}

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRole(text: string): text is SavedAxis["role"] {
  return text === "scan" || text === "spectral" || text === "other";
}
