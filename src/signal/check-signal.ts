import { SpecbookError } from "../core/errors";

const NAMES: Readonly<Record<string, string>> = { image: "an image", "spectrum-image": "a spectrum image" };

/** Throws unless a value is one of the kinds of data that a step takes; JavaScript cells have no types to say so. */
export function checkSignal(
  call: string,
  value: unknown,
  kinds: readonly ("image" | "spectrum-image")[] = ["image", "spectrum-image"],
): void {
  const kind = kindOf(value);
  if (kinds.some((known) => known === kind)) return;
  throw new SpecbookError("OptionError", `${call} cannot use this value`, {
    got: NAMES[kind] ?? kind,
    needed: kinds.map((known) => NAMES[known]).join(" or "),
    remedy: `give the data first: ${call}(${kinds.includes("spectrum-image") ? "spectra" : "image"}, { ... })`,
  });
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return "a promise (await is missing)";
  if (typeof value === "object" && value !== null && "kind" in value) return String(value.kind);
  if (Array.isArray(value)) return "a list";
  return value === null ? "null" : ArrayBuffer.isView(value) ? "a bare array without axes" : typeof value;
}
