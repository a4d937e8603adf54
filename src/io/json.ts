/** Longest text that is read as JSON. */
const LONGEST = 2 ** 24;

/** The value of a JSON text; undefined where it is none, or longer than 16 MiB. */
export function parseJson(text: string): unknown {
  if (text.length > LONGEST) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined; // what stands beside the data is no reason to refuse the data
  }
}

/** The member at a path of names or indices; undefined where there is none. */
export function member(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inside, name) => {
    if (typeof inside !== "object" || inside === null || !Object.hasOwn(inside, name)) return undefined;
    const own: unknown = Reflect.get(inside, name);
    return own;
  }, value);
}

/** The members of an object or list by name; none for anything else. */
export function members(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** A text, trimmed; empty for anything else. */
export function jsonText(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

/** A finite number, also where it is written as a text; undefined for anything else. */
export function jsonNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
