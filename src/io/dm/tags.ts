import type { Tag, TagArray, TagGroup } from "./tag-tree";

/** The tag at a path of names; undefined where there is none. */
export function tagAt(group: Tag | undefined, ...names: readonly string[]): Tag | undefined {
  return names.reduce<Tag | undefined>((tag, name) => (isGroup(tag) ? tag.entries.get(name) : undefined), group);
}

/** True for a group. */
export function isGroup(tag: Tag | undefined): tag is TagGroup {
  return typeof tag === "object" && "kind" in tag && tag.kind === "group";
}

/** True for an array. */
export function isArray(tag: Tag | undefined): tag is TagArray {
  return typeof tag === "object" && "kind" in tag && tag.kind === "array";
}

/** The entries of a group in the order of the file; none where it is no group. */
export function entriesOf(tag: Tag | undefined): Tag[] {
  return isGroup(tag) ? [...tag.entries.values()] : [];
}

/** A text: DigitalMicrograph writes texts as arrays of 16-bit letters. Empty where there is none. */
export function textOf(tag: Tag | undefined): string {
  if (typeof tag === "string") return tag.trim();
  if (!isArray(tag) || !isLetters(tag) || tag.values === undefined) return "";
  return String.fromCharCode(...tag.values.slice(0, 2 ** 15))
    .replace(/\0+$/, "")
    .trim();
}

/** A finite number; undefined where there is none. */
export function numberOf(tag: Tag | undefined): number | undefined {
  return typeof tag === "number" && Number.isFinite(tag) ? tag : undefined;
}

function isLetters({ of }: TagArray): boolean {
  return of.kind === "number" && of.type.kind === "uint" && of.type.bytes === 2;
}

/** The tags as plain values, for the metadata; long arrays as a word that says what was there. */
export function plainTags(tag: Tag): unknown {
  if (isGroup(tag)) return Object.fromEntries([...tag.entries].map(([name, entry]) => [name, plainTags(entry)]));
  if (!isArray(tag)) return tag;
  if (tag.count === 0) return "";
  if (tag.values === undefined) return `[${tag.count} values]`;
  return isLetters(tag) ? textOf(tag) : tag.values;
}
