const TYPED_ARRAYS: readonly [name: string, item: string][] = [
  ...["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32", "Float32", "Float64"].map(
    (kind): [string, string] => [`${kind}Array`, "number"],
  ),
  ["BigInt64Array", "bigint"],
  ["BigUint64Array", "bigint"],
];

/** A method of the language's library, and the declaration it needs. */
interface Feature {
  /** False on a version of node without it. */
  readonly isThere: boolean;
  readonly declaration: string;
}

const has = (owner: object, name: string) => name in owner;

function features(): readonly Feature[] {
  const copying = `interface ReadonlyArray<T> {
  /** A sorted copy. */
  toSorted(compare?: (a: T, b: T) => number): T[];
  /** A reversed copy. */
  toReversed(): T[];
  /** A copy in which \`removed\` items from \`start\` on are replaced by \`items\`. */
  toSpliced(start: number, removed?: number, ...items: T[]): T[];
  /** A copy with another value at \`index\`. */
  with(index: number, value: T): T[];
}`;
  const typed = TYPED_ARRAYS.map(
    ([name, item]) => `interface ${name} {
  /** A sorted copy. */
  toSorted(compare?: (a: ${item}, b: ${item}) => number): ${name};
  /** A reversed copy. */
  toReversed(): ${name};
  /** A copy with another value at \`index\`. */
  with(index: number, value: ${item}): ${name};
}`,
  ).join("\n");
  return [
    {
      isThere: has(Array.prototype, "toSorted"),
      declaration: `${copying}\n${copying.replace("ReadonlyArray", "Array")}\n${typed}`,
    },
    {
      isThere: has(Object, "groupBy"),
      declaration: `interface ObjectConstructor {
  /** The items in groups, by the key that \`key\` gives each of them. */
  groupBy<K extends PropertyKey, T>(items: Iterable<T>, key: (item: T, index: number) => K): Partial<Record<K, T[]>>;
}
interface MapConstructor {
  /** The items in groups, by the key that \`key\` gives each of them; keys may be of any type. */
  groupBy<K, T>(items: Iterable<T>, key: (item: T, index: number) => K): Map<K, T[]>;
}`,
    },
    {
      isThere: has(Array, "fromAsync"),
      declaration: `interface ArrayConstructor {
  /** An array of what an iterable gives, each item awaited. */
  fromAsync<T>(items: AsyncIterable<T> | Iterable<T | PromiseLike<T>> | ArrayLike<T | PromiseLike<T>>): Promise<T[]>;
}`,
    },
    {
      isThere: has(Promise, "withResolvers"),
      declaration: `interface PromiseConstructor {
  /** A promise and the two functions that settle it. */
  withResolvers<T>(): { promise: Promise<T>; resolve: (value: T | PromiseLike<T>) => void; reject: (reason?: any) => void };
}`,
    },
    {
      isThere: has(Set.prototype, "union"),
      declaration: `interface Set<T> {
  /** What is in this set, in the other, or in both. */
  union<U>(other: ReadonlySet<U>): Set<T | U>;
  /** What is in both sets. */
  intersection<U>(other: ReadonlySet<U>): Set<T & U>;
  /** What is in this set and not in the other. */
  difference<U>(other: ReadonlySet<U>): Set<T>;
  /** What is in one of the two sets, but not in both. */
  symmetricDifference<U>(other: ReadonlySet<U>): Set<T | U>;
  isSubsetOf(other: ReadonlySet<unknown>): boolean;
  isSupersetOf(other: ReadonlySet<unknown>): boolean;
  isDisjointFrom(other: ReadonlySet<unknown>): boolean;
}`,
    },
  ];
}

/**
 * Declarations that the cells' TypeScript 5.0 lacks, for what this version of node has: without them `list.toSorted()`
 * would be a type error though it works.
 */
export function newerLibrary(): string {
  const meta = "interface ImportMeta { readonly url: string; readonly dirname: string; readonly filename: string }";
  const there = features().filter(({ isThere }) => isThere);
  return [meta, ...there.map(({ declaration }) => declaration)].join("\n");
}
